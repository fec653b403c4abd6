/// The deadlines of an instance's calls. One timer of the executor is armed for the earliest of them, not one a call.
/// Threads: any. Lifetime: shared; a timer that fires after the last owner is gone does nothing.
#pragma once

#include <memory>
#include <mutex>

#include "plugin/plugin_call.hpp"
#include "runtime/executor.hpp"

namespace treasurer {

class CallDeadlines : public std::enable_shared_from_this<CallDeadlines> {
public:
    /// `expire` is told of each call whose deadline has passed.
    CallDeadlines(Executor& executor, std::function<void(PluginCall&)> expire)
        : executor_(executor), expire_(std::move(expire)) {}

    void watch(const std::shared_ptr<PluginCall>& call);
    void forget(PluginCall& call);
    /// Expires all that are watched, whatever their deadline.
    void expire_all();

private:
    using Steady = PluginCall::Steady;
    void arm(Steady::time_point due);  ///< with mutex_ held
    void sweep();

    Executor& executor_;
    const std::function<void(PluginCall&)> expire_;
    std::mutex mutex_;
    PluginCall::Deadlines calls_;
    Steady::time_point armed_ = Steady::time_point::max();
};

}  // namespace treasurer
