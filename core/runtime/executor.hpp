/// Where work runs and how it waits. The core never names a thread or a sleep: it posts to an Executor, or awaits
/// delay().
#pragma once

#include <chrono>
#include <coroutine>
#include <functional>

#include "runtime/task.hpp"

namespace treasurer {

using Millis = std::chrono::milliseconds;

/// Threads: both methods may be called from any thread. Work runs on the executor's own threads, never inside the call.
class Executor {
public:
    virtual ~Executor() = default;
    virtual void post(std::function<void()> work) = 0;
    virtual void post_after(Millis delay, std::function<void()> work) = 0;
};

/// co_await delay(executor, 200ms): goes on, on the executor, no earlier than after that time.
inline auto delay(Executor& executor, Millis time) {
    struct Awaiter {
        Executor& executor;
        Millis time;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiting) const {
            executor.post_after(time, [waiting] { waiting.resume(); });
        }
        void await_resume() const noexcept {}
    };
    return Awaiter{executor, time};
}

/// co_await resume_on(executor): goes on, on one of the executor's threads.
inline auto resume_on(Executor& executor) {
    struct Awaiter {
        Executor& executor;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiting) const {
            executor.post([waiting] { waiting.resume(); });
        }
        void await_resume() const noexcept {}
    };
    return Awaiter{executor};
}

}  // namespace treasurer
