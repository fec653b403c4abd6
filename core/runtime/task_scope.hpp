/// TaskScope: runs Tasks that nobody awaits, and knows when the last of them has ended, so that a host can drain.
/// Threads: any. Lifetime: must outlive its tasks; wait for idle() before destroying it.
/// Errors: a task that throws has broken an invariant of the core, and ends the process.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "runtime/executor.hpp"

namespace treasurer {

class TaskScope {
public:
    explicit TaskScope(Executor& executor) : executor_(executor) {}
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;

    /// Starts `task` on the executor.
    void spawn(Task<> task) {
        {
            const std::lock_guard lock(mutex_);
            ++running_;
        }
        run(std::move(task));
    }

    std::size_t running() const {
        const std::lock_guard lock(mutex_);
        return running_;
    }

    /// Blocks the calling thread (never an executor thread) until all tasks have ended or `limit` has passed.
    bool wait_idle(Millis limit) {
        std::unique_lock lock(mutex_);
        return idle_.wait_for(lock, limit, [this] { return running_ == 0; });
    }

private:
    struct Detached {
        struct promise_type {
            Detached get_return_object() const noexcept { return {}; }
            std::suspend_never initial_suspend() const noexcept { return {}; }
            std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
            [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
        };
    };

    Detached run(Task<> task) {
        co_await resume_on(executor_);
        {
            Task<> owned = std::move(task);
            co_await owned;
        }
        const std::lock_guard lock(mutex_);
        if (--running_ == 0) idle_.notify_all();
    }

    Executor& executor_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t running_ = 0;
};

}  // namespace treasurer
