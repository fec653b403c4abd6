/// Removing records whose time has come.
#pragma once

#include "records/store.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace treasurer {

/// Removes up to a few hundred records of `collection` whose index "by_expiry" says that they expired before
/// `now_ms`, and tells how many; none left: 0. A record that was renewed in between stays. Errors: those of storage.
/// `store` outlives the task.
Task<atr::Result<std::size_t>> remove_expired(Store& store, std::string collection, UnixMillis now_ms);

/// Does so again and again; every host may. Threads: any. Lifetime: must outlive the scope's tasks.
class ExpirySweep {
public:
    ExpirySweep(Store& store, Executor& executor, const Clock& clock, std::vector<std::string> collections,
                Millis interval = Millis{60'000})
        : store_(store), clock_(clock), collections_(std::move(collections)), interval_(interval), pause_(executor) {}

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

private:
    Task<> loop();

    Store& store_;
    const Clock& clock_;
    const std::vector<std::string> collections_;
    const Millis interval_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
};

}  // namespace treasurer
