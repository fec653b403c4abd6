/// Task<T>: a coroutine that starts when awaited and gives its result to the one who awaits it. All waiting in the core
/// is done by awaiting Tasks, so that one seeded executor can run the whole core, and no thread waits for a plugin.
/// Threads: a Task is resumed by whichever executor thread completes what it waits for; one at a time.
/// Lifetime: the awaiting coroutine owns the Task; parameters passed by reference must outlive it.
///
/// A Task runs inside the co_await that starts it. When it ends there, the awaiting coroutine goes on without having
/// been suspended; so a loop over Tasks that end at once needs no more stack than one of them, however it is compiled.
/// (A hand-over from coroutine to coroutine needs a compiler that makes it a jump, which none does when it
/// instruments.)
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace treasurer {

template <class T>
class Task;

namespace detail {

struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> done) const noexcept {
        const std::coroutine_handle<> continuation = done.promise().continuation;
        if (done.promise().other_side_was_first()) continuation.resume();  // may destroy `done`, and with it *this
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> continuation;
    std::atomic<bool> met{false};

    /// Task and awaiter each ask once, when the one has ended and the other is about to be suspended; the second goes
    /// on with the awaiter. For the first, this promise may be gone as soon as it has asked.
    bool other_side_was_first() noexcept { return met.exchange(true, std::memory_order_acq_rel); }
    std::exception_ptr failure;

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() { failure = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    void return_void() const {}
    void take() const {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> continuation) noexcept {
        handle_.promise().continuation = continuation;
        handle_.resume();
        const bool has_ended = handle_.promise().other_side_was_first();
        return !has_ended;
    }
    T await_resume() { return handle_.promise().take(); }

private:
    std::coroutine_handle<promise_type> handle_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace treasurer
