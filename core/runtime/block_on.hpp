/// Runs a Task and blocks the calling thread for its result: for start-up and the command line, never for a request.
#pragma once

#include "runtime/task_scope.hpp"

#include <future>

namespace treasurer {

namespace detail {

template <class T>
Task<> deliver(Task<T> task, std::promise<T>& promise) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await task;
            promise.set_value();
        } else {
            T value = co_await task;
            promise.set_value(std::move(value));
        }
    } catch (...) {
        promise.set_exception(std::current_exception());
    }
}

}  // namespace detail

/// Threads: not an executor thread. Errors: what the task throws.
template <class T>
T block_on(Executor& executor, Task<T> task) {
    std::promise<T> promise;
    auto result = promise.get_future();
    TaskScope scope(executor);
    scope.spawn(detail::deliver(std::move(task), promise));
    scope.wait_idle(std::chrono::hours(24 * 365));
    return result.get();
}

}  // namespace treasurer
