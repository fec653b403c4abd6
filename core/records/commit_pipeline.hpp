/// The commit pipeline: units of work that arrive while a flush is under way share the next one (group commit), and an
/// unknown outcome is resolved by replaying the same unit under its own key. A commit whose sequence shows that storage
/// has lost others is not answered before that was dealt with.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/storage_port.hpp"
#include "records/newest_commit.hpp"
#include "records/retry_budget.hpp"
#include "records/unit_of_work.hpp"
#include "runtime/completion.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer {

struct PipelineSettings {
    std::size_t max_group = 128;     ///< units a flush
    std::size_t max_waiting = 4096;  ///< beyond this a unit is refused at once with `retry`
    unsigned flushes_in_flight = 1;  ///< storage with one writer gains nothing from more
    Millis timeout{5000};            ///< of one flush
    Millis retry_for{2000};          ///< of tries that were not applied, after which `retry` is the answer
    Millis resolve_for{20000};       ///< of replays, after which `unknown` is the answer
    RetryBudget::Settings retries;   ///< of all units together, of tries that were not applied
};

/// What became of a unit. `lost` names the step whose precondition failed when the outcome is `conflict`.
struct Committed {
    atr::Outcome outcome = atr::Outcome::unknown;
    std::string lost = {};
    std::uint64_t seq = 0;
    std::vector<std::uint64_t> versions = {};
    atr::Error error = {};

    bool ok() const { return outcome == atr::Outcome::ok; }
    /// Why it is not ok, under the outcome of the unit as a whole.
    atr::Error failure() const {
        atr::Error out = error;
        out.outcome = outcome;
        return out;
    }
};

/// Threads: any. Errors: in Committed. The pipeline must outlive its tasks.
class CommitPipeline {
public:
    CommitPipeline(StoragePort& storage, Executor& executor, TaskScope& scope, PipelineSettings settings)
        : storage_(storage), executor_(executor), scope_(scope), settings_(settings), budget_(settings.retries) {}

    /// Called after every successful commit, before who asked for it is told, with what was committed, its sequence,
    /// and what `begins` gave before storage was asked to commit it: from then on others can read it there. Both return
    /// at once.
    using Listener = std::function<void(const atr::Batch&, std::uint64_t seq, std::uint64_t begun)>;
    void on_committed(
        Listener listener, std::function<std::uint64_t()> begins = [] { return std::uint64_t{0}; }) {
        listener_ = std::move(listener);
        begins_ = std::move(begins);
    }

    /// What is done when storage has gone back. It ends when nothing more can be sent because of what was lost; its own
    /// units are committed with Answer::at_once. False: it could not see to that.
    void on_rewind(std::function<Task<bool>(Rewind)> handler) { handler_ = std::move(handler); }

    /// While a rewind is being dealt with nothing is answered `ok` but what is to be answered at once. When that cannot
    /// be done the answer is `unknown`.
    enum class Answer { when_sure, at_once };
    Task<Committed> commit(std::shared_ptr<const UnitOfWork> unit, Answer answer = Answer::when_sure);
    Task<Committed> commit(UnitOfWork unit, Answer answer = Answer::when_sure) {
        return commit(std::make_shared<const UnitOfWork>(std::move(unit)), answer);
    }

    /// What storage has acknowledged; whoever else hears of commits says so there.
    NewestCommit& newest() { return newest_; }
    /// Storage went back, and the store is not in quarantine for it yet: nothing may be sent to a rail. Threads: any.
    bool in_doubt() const { return in_doubt_; }
    /// Storage went back, seen from `lineage`: it is dealt with before anything else is answered. True when that was
    /// done. At once when it was known already.
    Task<bool> went_back(Rewind what, std::uint64_t lineage);
    /// Units that wait for a flush.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }
    RetryBudget::Counts retries() const { return budget_.counts(); }

private:
    struct Waiting {
        std::shared_ptr<const UnitOfWork> unit;
        Completion<atr::Commit> done;
    };
    Task<atr::Commit> once(std::shared_ptr<const UnitOfWork> unit);
    Task<> flush();
    void compare(const std::vector<atr::Commit>& results, const std::vector<std::string>& keys,
                 const NewestCommit::Known& before);
    bool open(Rewind what, std::uint64_t lineage);
    Task<bool> settled();

    StoragePort& storage_;
    Executor& executor_;
    TaskScope& scope_;
    const PipelineSettings settings_;
    Listener listener_;
    std::function<std::uint64_t()> begins_;
    std::function<Task<bool>(Rewind)> handler_;
    NewestCommit newest_;
    mutable std::mutex mutex_;
    RetryBudget budget_;
    std::deque<Waiting> waiting_;
    unsigned flushing_ = 0;
    std::optional<Rewind> rewind_;  ///< not dealt with yet
    bool settling_ = false;
    std::atomic<bool> in_doubt_{false};  ///< storage went back, and that is not dealt with yet
    std::vector<Completion<bool>> unsettled_;
};

}  // namespace treasurer
