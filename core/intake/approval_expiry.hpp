/// Closes approvals that nobody decided in time, so that their invoices may be submitted again. Every host may do it:
/// an approval is closed by whoever comes first.
#pragma once

#include "intake/approval_desk.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>

namespace treasurer::intake {

/// Threads: any. Lifetime: must outlive the scope's tasks.
class ApprovalExpiry {
public:
    ApprovalExpiry(Store& store, ApprovalDesk& desk, Executor& executor, const Clock& clock,
                   Millis interval = Millis{60'000})
        : store_(store), desk_(desk), clock_(clock), interval_(interval), pause_(executor) {}

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

    /// Closes what is due now and tells how many it closed.
    Task<atr::Result<std::size_t>> run();

private:
    Task<> loop();

    Store& store_;
    ApprovalDesk& desk_;
    const Clock& clock_;
    const Millis interval_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
};

}  // namespace treasurer::intake
