/// A wait of a loop that can be cut short, so that stopping does not take as long as the loop's interval.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "runtime/completion.hpp"

namespace treasurer {

/// Threads: wake() from any; one coroutine waits at a time. Lifetime: outlives its waiter; the executor outlives both.
class Pause {
public:
    explicit Pause(Executor& executor) : executor_(executor) {}

    /// Goes on after `time`, or when woken. After wake() every wait ends at once.
    Task<> wait(Millis time) {
        Completion<bool> over(executor_);
        {
            const std::lock_guard lock(mutex_);
            if (woken_ || std::exchange(nudged_, false)) co_return;
            current_ = over;
        }
        executor_.post_after(time, [over] { over.set(true); });
        co_await over;
        const std::lock_guard lock(mutex_);
        current_.reset();
        nudged_ = false;
    }

    /// Ends the wait there is, or else the next one.
    void nudge() {
        std::optional<Completion<bool>> waiting;
        {
            const std::lock_guard lock(mutex_);
            nudged_ = true;
            waiting = current_;
        }
        if (waiting) waiting->set(true);
    }

    void wake() {
        std::optional<Completion<bool>> waiting;
        {
            const std::lock_guard lock(mutex_);
            woken_ = true;
            waiting = current_;
        }
        if (waiting) waiting->set(true);
    }

private:
    Executor& executor_;
    std::mutex mutex_;
    bool woken_ = false, nudged_ = false;
    std::optional<Completion<bool>> current_;
};

}  // namespace treasurer
