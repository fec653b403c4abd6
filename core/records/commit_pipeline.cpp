#include "records/commit_pipeline.hpp"

#include <algorithm>

namespace treasurer {

Task<Committed> CommitPipeline::commit(UnitOfWork unit) {
    Millis pause{5}, waited{0};
    atr::Commit result;
    bool perhaps_applied = false;
    budget_.first_attempt();
    for (;;) {
        atr::Batch batch = unit.batch();
        std::string request_id = unit.request_id();
        Task<atr::Commit> attempt = once(std::move(batch), std::move(request_id));
        result = co_await attempt;
        const bool unsettled = result.outcome == atr::Outcome::unknown || result.outcome == atr::Outcome::retry;
        if (!unsettled) break;
        if (result.outcome == atr::Outcome::unknown) perhaps_applied = true;
        if (waited >= (perhaps_applied ? settings_.resolve_for : settings_.retry_for)) break;
        if (result.error.code == ATR_E_OVERLOADED && !perhaps_applied) break;  // shed load, do not add to it
        if (!perhaps_applied && !budget_.retry()) break;
        co_await delay(executor_, pause);
        waited += pause + (result.outcome == atr::Outcome::unknown ? settings_.timeout : Millis{0});
        pause = std::min(pause * 2, Millis{500});
    }
    Committed out;
    out.outcome = result.outcome == atr::Outcome::retry && perhaps_applied ? atr::Outcome::unknown : result.outcome;
    out.seq = result.commit_seq;
    out.versions = std::move(result.versions);
    out.error = std::move(result.error);
    if (out.outcome == atr::Outcome::conflict)
        out.lost = result.conflict_op < unit.size() ? unit.label(result.conflict_op) : "record";
    if (out.ok() && listener_) listener_(unit.batch(), out.seq);
    co_return out;
}

Task<atr::Commit> CommitPipeline::once(atr::Batch batch, std::string request_id) {
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
        waiting_.push_back({std::move(batch), std::move(request_id), done});
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
        std::vector<atr::Batch> batches;
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
                if (options.request_id.empty()) options.request_id = std::move(waiting_.front().request_id);
                batches.push_back(std::move(waiting_.front().batch));
                answers.push_back(waiting_.front().done);
                waiting_.pop_front();
            }
        }
        Task<std::vector<atr::Commit>> call = storage_.commit(std::move(batches), options);
        std::vector<atr::Commit> results = co_await call;
        for (std::size_t i = 0; i < answers.size(); ++i)
            answers[i].set(i < results.size() ? std::move(results[i]) : atr::Commit{});
    }
}

}  // namespace treasurer
