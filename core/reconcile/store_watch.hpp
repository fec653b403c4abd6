/// Notices a storage that has lost commits it had acknowledged, as a failover to a replica that lagged behind does, and
/// puts the store into quarantine: what was sent because of those commits, the books no longer know.
#pragma once

#include "reconcile/quarantine_keeper.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <cstdint>

namespace treasurer::reconcile {

/// Threads: any. Lifetime: what it is given outlives it and its tasks; it must outlive the scope's tasks.
class StoreWatch {
public:
    StoreWatch(Store& store, QuarantineKeeper& quarantine, Executor& executor, Millis interval = Millis{500})
        : store_(store), quarantine_(quarantine), interval_(interval), pause_(executor) {}

    /// A commit of this sequence was acknowledged to this host.
    void saw(std::uint64_t seq);

    /// Asks the storage for its newest commit. True: it is older than one that was acknowledged; the store is in
    /// quarantine now. Errors: those of storage: nothing was found out, or the quarantine could not be entered.
    Task<atr::Result<bool>> look();

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

private:
    Task<> loop();

    Store& store_;
    QuarantineKeeper& quarantine_;
    const Millis interval_;
    Pause pause_;
    std::atomic<std::uint64_t> newest_{0};
    std::atomic<bool> stopping_{false};
};

}  // namespace treasurer::reconcile
