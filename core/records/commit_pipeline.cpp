#include "records/commit_pipeline.hpp"

#include "runtime/mutation.hpp"

#include <algorithm>

namespace treasurer {
namespace {

/// What refuses a replay may not have come as far as to look for its key: that says nothing of the try before it.
bool is_unsettled(atr::Outcome outcome, bool perhaps_applied) {
    return outcome == atr::Outcome::unknown || outcome == atr::Outcome::retry ||
           (outcome == atr::Outcome::rejected && perhaps_applied);
}

}  // namespace

Task<Committed> CommitPipeline::commit(std::shared_ptr<const UnitOfWork> unit, Answer answer) {
    Millis pause{5}, waited{0};
    atr::Commit result;
    bool perhaps_applied = false;
    budget_.first_attempt();
    for (;;) {
        Task<atr::Commit> attempt = once(unit);
        result = co_await attempt;
        if (!is_unsettled(result.outcome, perhaps_applied)) break;
        if (result.outcome == atr::Outcome::unknown) perhaps_applied = true;
        if (waited >= (perhaps_applied ? settings_.resolve_for : settings_.retry_for)) break;
        if (result.error.code == ATR_E_OVERLOADED && !perhaps_applied) break;  // shed load, do not add to it
        if (!perhaps_applied && !budget_.retry()) break;
        co_await delay(executor_, pause);
        waited += pause + (result.outcome == atr::Outcome::unknown ? settings_.timeout : Millis{0});
        pause = std::min(pause * 2, Millis{500});
    }
    Committed out;
    out.outcome =
        perhaps_applied && is_unsettled(result.outcome, perhaps_applied) ? atr::Outcome::unknown : result.outcome;
    out.seq = result.commit_seq;
    out.versions = std::move(result.versions);
    out.error = std::move(result.error);
    if (out.outcome == atr::Outcome::conflict)
        out.lost = result.conflict_op < unit->size() ? unit->label(result.conflict_op) : "record";
    if (out.ok() && in_doubt_ && answer == Answer::when_sure) {
        Task<bool> settling = settled();
        const bool sure = co_await settling;
        if (!sure) {
            out.outcome = atr::Outcome::unknown;
            out.error = atr::unknown(ATR_E_UNSPEC, "storage has lost commits that it had acknowledged");
        }
    }
    co_return out;
}

Task<atr::Commit> CommitPipeline::once(std::shared_ptr<const UnitOfWork> unit) {
    Completion<atr::Commit> done(executor_);
    bool start = false;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= settings_.max_waiting) {
            atr::Commit refused;
            refused.outcome = atr::Outcome::retry;
            refused.error = atr::retry(ATR_E_OVERLOADED, "too many commits wait for storage");
            co_return refused;
        }
        waiting_.push_back({std::move(unit), done});
        if (flushing_ < settings_.flushes_in_flight) {
            ++flushing_;
            start = true;
        }
    }
    if (start) scope_.spawn(flush());
    co_return co_await done;
}

Task<> CommitPipeline::flush() {
    for (;;) {
        Batches batches;
        std::vector<std::string> keys;
        std::vector<std::shared_ptr<const UnitOfWork>> units;
        std::vector<Completion<atr::Commit>> answers;
        CallOptions options;
        options.timeout = settings_.timeout;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) {
                --flushing_;
                co_return;
            }
            while (!waiting_.empty() && batches.size() < settings_.max_group) {
                const auto& unit = waiting_.front().unit;
                if (options.request_id.empty()) options.request_id = unit->request_id();
                keys.push_back(unit->batch().idempotency_key);
                batches.push_back({unit, &unit->batch()});
                units.push_back(unit);
                answers.push_back(waiting_.front().done);
                waiting_.pop_front();
            }
        }
        const NewestCommit::Known before = newest_.known();
        const std::uint64_t begun = listener_ ? begins_() : 0;
        Task<std::vector<atr::Commit>> call = storage_.commit(std::move(batches), options);
        std::vector<atr::Commit> results = co_await call;
        compare(results, keys, before);
        for (std::size_t i = 0; listener_ && i < units.size() && i < results.size(); ++i)
            if (results[i].outcome == atr::Outcome::ok) listener_(units[i]->batch(), results[i].commit_seq, begun);
        for (std::size_t i = 0; i < answers.size(); ++i)
            answers[i].set(i < results.size() ? std::move(results[i]) : atr::Commit{});
    }
}

/// Sequences only rise: a new commit whose number is not above one that was acknowledged before it was asked for shows
/// that the acknowledged one is gone. What is flushed with it waits as it does.
void CommitPipeline::compare(const std::vector<atr::Commit>& results, const std::vector<std::string>& keys,
                             const NewestCommit::Known& before) {
    std::uint64_t lowest = 0;
    const auto has_number = [](const atr::Commit& result) {
        return result.outcome == atr::Outcome::ok && result.commit_seq > 0;
    };
    for (const auto& result : results)
        if (has_number(result) && !result.replayed && result.commit_seq <= before.seq &&
            (lowest == 0 || result.commit_seq < lowest))
            lowest = result.commit_seq;
    std::uint64_t lineage = before.lineage;
    if (lowest > 0) {
        open({before.seq, lowest}, before.lineage);
        lineage = newest_.known().lineage;
    }
    std::optional<std::size_t> newest;
    for (std::size_t i = 0; i < results.size() && i < keys.size(); ++i)
        if (has_number(results[i]) && (!newest || results[i].commit_seq > results[*newest].commit_seq)) newest = i;
    if (newest) newest_.acknowledged(results[*newest].commit_seq, keys[*newest], lineage);
}

bool CommitPipeline::open(Rewind what, std::uint64_t lineage) {
    if (mutated(Mutation::ignore_a_rewind)) return false;
    const std::lock_guard lock(mutex_);
    if (!newest_.set_back(what.to, lineage)) return false;
    rewind_ = what;
    in_doubt_ = true;
    return true;
}

Task<bool> CommitPipeline::went_back(Rewind what, std::uint64_t lineage) {
    open(what, lineage);
    Task<bool> settling = settled();
    co_return co_await settling;
}

/// One deals with what is open, the others wait for it.
Task<bool> CommitPipeline::settled() {
    Completion<bool> done(executor_);
    std::optional<Rewind> what;
    {
        const std::lock_guard lock(mutex_);
        if (!in_doubt_) co_return true;
        if (settling_)
            unsettled_.push_back(done);
        else
            what = std::exchange(rewind_, std::nullopt);
        settling_ = true;
    }
    if (!what) co_return co_await done;
    bool sure = true;
    while (what) {
        if (handler_) {
            Task<bool> dealing = handler_(*what);
            sure = co_await dealing;
        }
        const std::lock_guard lock(mutex_);
        if (!sure && !rewind_) rewind_ = what;  // still open: whoever commits next tries again, or is not sure either
        what = sure ? std::exchange(rewind_, std::nullopt) : std::nullopt;  // storage may have gone back once more
        if (!what) settling_ = false;
        if (!what && sure) in_doubt_ = false;
    }
    std::vector<Completion<bool>> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(unsettled_);
    }
    for (const auto& waiter : waiting) waiter.set(sure);
    co_return sure;
}

}  // namespace treasurer
