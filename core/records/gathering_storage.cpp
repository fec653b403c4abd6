#include "records/gathering_storage.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

namespace treasurer {
namespace {

using Name = std::pair<std::string_view, std::string_view>;
using Found = std::map<Name, const atr::Record*>;

/// What each is asked for once, whoever asked how often.
std::vector<atr::Key> all_of(const std::vector<std::vector<atr::Key>*>& asked) {
    std::map<Name, const atr::Key*> once;
    for (const auto* keys : asked)
        for (const auto& key : *keys) once.emplace(Name{key.collection, key.key}, &key);
    std::vector<atr::Key> out;
    out.reserve(once.size());
    for (const auto& [name, key] : once) out.push_back(*key);
    return out;
}

std::vector<atr::Record> those_of(const std::vector<atr::Key>& keys, const Found& found) {
    std::vector<atr::Record> out;
    for (const auto& key : keys)
        if (const auto there = found.find({key.collection, key.key}); there != found.end())
            out.push_back(*there->second);
    return out;
}

/// Refused for what one of them asked, or more than one answer may hold.
bool may_do_better_alone(const atr::Error& error) {
    return error.outcome == atr::Outcome::rejected || error.code == ATR_E_CORRUPT;
}

}  // namespace

Task<GatheringStorage::Records> GatheringStorage::get(std::vector<atr::Key> keys, CallOptions options) {
    std::optional<Completion<Records>> shared;
    {
        const std::lock_guard lock(mutex_);
        if (in_flight_ < settings_.in_flight) {
            ++in_flight_;
        } else {
            shared.emplace(executor_);
            waiting_.push_back({std::move(keys), std::move(options), *shared, clock_.unix_ms()});
        }
    }
    if (shared) {
        Records answered = co_await *shared;
        co_return answered;
    }
    Task<Records> reading = read(std::move(keys), std::move(options));
    Records found = co_await reading;
    ended();
    co_return found;
}

/// Whatever happens, it ends with an answer: others wait for its place.
Task<GatheringStorage::Records> GatheringStorage::read(std::vector<atr::Key> keys, CallOptions options) {
    Records found = atr::unknown(ATR_E_INTERNAL, "the read did not end");
    try {
        Task<Records> reading = storage_.get(std::move(keys), std::move(options));
        found = co_await reading;
    } catch (const std::exception& error) {
        found = atr::retry(ATR_E_INTERNAL, error.what());
    } catch (...) {
        found = atr::retry(ATR_E_INTERNAL, "storage threw what is no exception");
    }
    co_return found;
}

/// The others are told at once that their time is over.
std::vector<GatheringStorage::Waiting> GatheringStorage::those_in_time(std::vector<Waiting> callers) const {
    std::vector<Waiting> out;
    for (auto& caller : callers) {
        if (caller.left(clock_.unix_ms()) > Millis{0})
            out.push_back(std::move(caller));
        else
            caller.done.set(atr::retry(ATR_E_TIMEOUT, "storage did not answer those before in time"));
    }
    return out;
}

/// Who waits is read for by a task of its own: whoever was first has its answer already.
void GatheringStorage::ended() {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) {
            --in_flight_;
            return;
        }
    }
    scope_.spawn(read_for_those_who_wait());
}

Task<> GatheringStorage::read_for_those_who_wait() {
    for (;;) {
        std::vector<Waiting> callers = next();
        if (callers.empty()) co_return;
        Task<> answering = answer(std::move(callers));
        co_await answering;
    }
}

/// Nobody: then the place in flight is free again.
std::vector<GatheringStorage::Waiting> GatheringStorage::next() {
    std::vector<Waiting> out;
    std::size_t keys = 0;
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && (out.empty() || keys + waiting_.front().keys.size() <= settings_.max_keys)) {
        keys += waiting_.front().keys.size();
        out.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    if (out.empty()) --in_flight_;
    return out;
}

Task<> GatheringStorage::answer(std::vector<Waiting> callers) {
    callers = those_in_time(std::move(callers));
    if (callers.empty()) co_return;
    std::vector<std::vector<atr::Key>*> asked;
    CallOptions options = callers.front().options;
    for (auto& caller : callers) {
        asked.push_back(&caller.keys);
        // Who has waited long hurries the read, but not so that a slow storage could answer nobody.
        const Millis patience = std::max(caller.left(clock_.unix_ms()), caller.options.timeout / 2);
        options.timeout = std::min(options.timeout, patience);
    }
    Task<Records> reading = read(all_of(asked), std::move(options));
    const Records records = co_await reading;
    if (!records && callers.size() > 1 && may_do_better_alone(records.error())) {
        for (auto& caller : callers) {
            Task<Records> alone = read(std::move(caller.keys), std::move(caller.options));
            Records own = co_await alone;
            caller.done.set(std::move(own));
        }
        co_return;
    }
    Found found;
    if (records)
        for (const auto& record : *records) found.emplace(Name{record.collection, record.key}, &record);
    for (const auto& caller : callers) {
        if (records)
            caller.done.set(those_of(caller.keys, found));
        else
            caller.done.set(records.error());
    }
}

}  // namespace treasurer
