#include "cache/change_follower.hpp"

#include "records/store.hpp"
#include "records/store_records.hpp"

#include <algorithm>
#include <map>

namespace treasurer::cache {

Task<> ChangeFollower::run() {
    bool begun = has_begun_;
    while (!stopping_) {
        if (!begun) {
            Task<bool> beginning = begin();
            begun = co_await beginning;
        } else {
            Task<Step> following = follow();
            const Step next = co_await following;
            if (next == Step::more) continue;
        }
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(settings_.poll);
        co_await waiting;
    }
}

/// Limit 0 asks for the newest sequence alone. A store that answers with records instead is followed from there, which
/// makes some keys stale once more.
Task<bool> ChangeFollower::begin() {
    CallOptions options;
    options.timeout = settings_.timeout;
    Task<atr::Result<atr::Changes>> asking = storage_.changes(position_, 0, options);
    const atr::Result<atr::Changes> newest = co_await asking;
    if (!newest) co_return false;
    Task<bool> hearing = hear_of_store();
    const bool is_known = co_await hearing;
    if (!is_known) co_return false;
    if (newest->last_seq < position_)
        cache_.went_back(position_, newest->last_seq);
    else
        cache_.invalidate_all(newest->last_seq);
    cache_.advance(newest->last_seq);
    move_to(newest->last_seq, [&](ChangeListener& listener) { listener.lost_track(newest->last_seq); });
    co_return true;
}

/// False: storage does not say.
Task<bool> ChangeFollower::hear_of_store() {
    CallOptions options;
    options.timeout = settings_.timeout;
    std::vector<atr::Key> keys;
    keys.push_back({StoreIdentity::collection, StoreIdentity::key});
    keys.push_back({Quarantine::collection, Quarantine::key});
    Task<atr::Result<std::vector<atr::Record>>> reading = storage_.get(std::move(keys), options);
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return false;
    std::string id, life;
    for (const auto& record : *found) {
        if (record.key == StoreIdentity::key) {
            if (const auto identity = decode<StoreIdentity>(record)) id = identity->store_id;
        } else if (const auto quarantine = decode<Quarantine>(record)) {
            life = quarantine->life;
        }
    }
    cache_.belongs_to(life.empty() ? id : id + '.' + life);
    co_return true;
}

Task<ChangeFollower::Step> ChangeFollower::follow() {
    CallOptions options;
    options.timeout = settings_.timeout;
    const std::uint64_t lineage = newest_ ? newest_->known().lineage : 0;
    const Moment began = cache_.begins();
    Task<atr::Result<atr::Changes>> asking = storage_.changes(position_, settings_.page, options);
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::not_found) {
        ++gaps_;
        Task<bool> beginning = begin();
        co_await beginning;
        co_return Step::wait;
    }
    if (!changes) co_return Step::wait;
    if (changes->last_seq < position_) {  // said at once: the next look may find as many commits again
        ++gaps_;
        hears_of_store_ = false;
        cache_.went_back(position_, changes->last_seq);
        move_to(changes->last_seq, [&](ChangeListener& listener) { listener.lost_track(changes->last_seq); });
        co_return Step::wait;
    }
    const bool is_of_store = std::any_of(changes->records.begin(), changes->records.end(),
                                         [](const auto& record) { return record.collection == store_collection; });
    if (is_of_store || !hears_of_store_) {
        Task<bool> hearing = hear_of_store();
        hears_of_store_ = co_await hearing;
        if (!hears_of_store_) co_return Step::wait;
    }
    if (newest_) newest_->heard(changes->last_seq, lineage);
    std::map<std::string, std::uint64_t> stale;
    for (const auto& record : changes->records) {
        if (record.collection == store_collection) cache_.invalidate_all(record.version);  // see went_back()
        for (const auto& rule : stale_rules)
            if (rule.collection == record.collection) {
                auto& seq = stale[std::string(rule.key.name)];
                seq = std::max(seq, record.version);
            }
    }
    for (const auto& [key, seq] : stale) {
        const std::vector<std::string> keys = {key};
        cache_.invalidate(keys, seq, look_began_);  // it ended after the last look that saw all there was
    }
    const std::uint64_t after = position_;
    const bool moved = changes->last_seq > after;
    move_to(changes->last_seq,
            [&](ChangeListener& listener) { listener.changed(after, changes->records, changes->last_seq); });
    cache_.advance(changes->last_seq);
    if (changes->records.size() < settings_.page) {
        look_began_ = began;
        cache_.looked(changes->last_seq);
    }
    co_return changes->records.size() >= settings_.page&& moved ? Step::more : Step::wait;
}

}  // namespace treasurer::cache
