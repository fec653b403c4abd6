/// Completion<T>: a value that somebody else will give, once. Bridges callbacks, pools and deadlines to coroutines: the
/// first set() wins and resumes the one waiter on the executor; later ones are dropped and told so.
/// Threads: set() from any thread; one coroutine may await. Lifetime: shared; copies refer to the same completion.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/executor.hpp"

namespace treasurer {

template <class T>
class Completion {
public:
    explicit Completion(Executor& executor) : state_(std::make_shared<State>(executor)) {}

    /// False: another value was first, this one is dropped.
    bool set(T value) const {
        std::coroutine_handle<> waiter;
        {
            const std::lock_guard lock(state_->mutex);
            if (state_->done) return false;
            state_->done = true;
            state_->value.emplace(std::move(value));
            waiter = std::exchange(state_->waiter, nullptr);
        }
        if (waiter) state_->executor.post([waiter] { waiter.resume(); });
        return true;
    }

    bool is_set() const {
        const std::lock_guard lock(state_->mutex);
        return state_->done;
    }

    auto operator co_await() const {
        struct Awaiter {
            std::shared_ptr<State> state;
            bool await_ready() const noexcept { return false; }
            bool await_suspend(std::coroutine_handle<> waiting) const {
                const std::lock_guard lock(state->mutex);
                if (state->done) return false;
                state->waiter = waiting;
                return true;
            }
            T await_resume() const {
                const std::lock_guard lock(state->mutex);
                return std::move(*state->value);
            }
        };
        return Awaiter{state_};
    }

private:
    struct State {
        explicit State(Executor& executor_) : executor(executor_) {}
        Executor& executor;
        std::mutex mutex;
        bool done = false;
        std::optional<T> value;
        std::coroutine_handle<> waiter;
    };
    std::shared_ptr<State> state_;
};

}  // namespace treasurer
