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
    void spawn(Task<> task) { run(std::move(task)); }

    std::size_t running() const {
        const std::lock_guard lock(mutex_);
        return running_;
    }

    /// Blocks the calling thread (never an executor thread) until all tasks have ended or `limit` has passed.
    bool wait_idle(Millis limit) {
        std::unique_lock lock(mutex_);
        return idle_.wait_for(lock, limit, [this] { return running_ == 0; });
    }

    /// Destroys every task where it stands, as the end of a process does. For simulations: nothing may resume any of
    /// them afterwards, and whatever they refer to is still there.
    void abandon() {
        for (;;) {
            std::coroutine_handle<> task;
            {
                const std::lock_guard lock(mutex_);
                if (!first_) return;
                task = std::coroutine_handle<Promise>::from_promise(*first_);
                forget(*first_);
            }
            task.destroy();
        }
    }

private:
    struct Promise;
    struct Detached {
        using promise_type = Promise;
    };
    /// Knows its neighbours, so that the scope finds its tasks without memory of its own.
    struct Promise {
        Promise(TaskScope& scope, const Task<>&) { scope.remember(*this); }
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

        Promise* before = nullptr;
        Promise* after = nullptr;
    };

    void remember(Promise& task) {
        const std::lock_guard lock(mutex_);
        task.after = first_;
        if (first_) first_->before = &task;
        first_ = &task;
        ++running_;
    }
    /// The mutex is held.
    void forget(Promise& task) {
        (task.before ? task.before->after : first_) = task.after;
        if (task.after) task.after->before = task.before;
        --running_;
    }

    /// co_await own_promise(): the promise of the coroutine that awaits, at once.
    struct OwnPromise {
        Promise* found = nullptr;
        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<Promise> self) noexcept {
            found = &self.promise();
            return false;
        }
        Promise* await_resume() const noexcept { return found; }
    };

    Detached run(Task<> task) {
        OwnPromise asking;
        Promise* const self = co_await asking;
        co_await resume_on(executor_);
        {
            Task<> owned = std::move(task);
            co_await owned;
        }
        const std::lock_guard lock(mutex_);
        forget(*self);
        if (running_ == 0) idle_.notify_all();
    }

    Executor& executor_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    Promise* first_ = nullptr;
    std::size_t running_ = 0;
};

}  // namespace treasurer
