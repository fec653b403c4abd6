/// Notices a storage that has lost commits it had acknowledged, as a failover to a replica that lagged behind does, and
/// puts the store into quarantine: what was sent because of those commits, the books no longer know.
///
/// The first line is the commit pipeline, which calls rewound() before it answers a commit whose number shows the loss.
/// The second looks every so often, for a host that commits nothing, or whose lost numbers others have used up since.
#pragma once

#include "reconcile/quarantine_keeper.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace treasurer::reconcile {

/// Threads: any. Lifetime: what it is given outlives it and its tasks; it must outlive the scope's tasks.
class StoreWatch {
public:
    StoreWatch(Store& store, QuarantineKeeper& quarantine, Executor& executor, Millis interval = Millis{500})
        : store_(store), quarantine_(quarantine), executor_(executor), interval_(interval), pause_(executor) {}

    /// Called first of all when storage has gone back. It returns at once.
    void on_rewind(std::function<void(Rewind)> listener) { listener_ = std::move(listener); }

    /// Made for CommitPipeline::on_rewind: returns when the store is in quarantine because of it, however long storage
    /// fails. False: stop() was called before.
    Task<bool> rewound(Rewind what);

    /// Asks the storage for its newest commit, and for this host's own since the last time. True: one that was
    /// acknowledged is gone; the store is in quarantine now. Errors: those of storage: nothing was found out.
    Task<atr::Result<bool>> look();

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

private:
    Task<> loop();
    Task<atr::Result<bool>> has_lost(std::vector<std::string> own);

    Store& store_;
    QuarantineKeeper& quarantine_;
    Executor& executor_;
    const Millis interval_;
    Pause pause_;
    std::function<void(Rewind)> listener_;
    std::atomic<bool> stopping_{false};
};

}  // namespace treasurer::reconcile
