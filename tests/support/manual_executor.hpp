/// An executor whose work runs only when the test says so, on the test's own thread, in the order it was posted; its
/// timers follow a ManualClock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "runtime/executor.hpp"
#include "runtime/task_scope.hpp"
#include "tests/support/manual_clock.hpp"

namespace support {

/// Threads: post() and post_after() from any; the others from one thread, the test's. The clock must outlive it.
/// Lifetime: work still waiting when it ends is dropped; a coroutine suspended there is then never resumed.
class ManualExecutor final : public treasurer::Executor {
public:
    explicit ManualExecutor(ManualClock& clock) : clock_(clock) {}

    void post(std::function<void()> work) override {
        {
            const std::lock_guard lock(mutex_);
            ready_.push_back(std::move(work));
        }
        posted_.notify_all();
    }
    void post_after(treasurer::Millis delay, std::function<void()> work) override {
        const std::lock_guard lock(mutex_);
        timers_.emplace(clock_.unix_ms() + delay.count(), std::move(work));
    }

    /// Runs what is ready, and what that makes ready, without moving the clock. Returns how much it ran.
    std::size_t run_until_idle() {
        std::size_t ran = 0;
        for (; run_one(); ++ran) {
        }
        return ran;
    }

    /// Moves the clock by `ms`, stopping at each timer on the way to run what it makes ready.
    void advance(treasurer::UnixMillis ms) {
        const auto end = clock_.unix_ms() + ms;
        run_until_idle();
        for (auto due = next_timer(); due && *due <= end; due = next_timer()) {
            clock_.set(std::max(*due, clock_.unix_ms()));
            fire_due();
            run_until_idle();
        }
        clock_.set(end);
    }

    /// Runs, moving the clock from timer to timer, and waiting for other threads to post when there is no timer, until
    /// `done()`. Throws when nothing happened for `patience`: the test has hung.
    template <class Done>
    void run_until(Done done, std::chrono::seconds patience = std::chrono::seconds(60)) {
        while (!done()) {
            if (run_one()) continue;
            if (const auto due = next_timer()) {
                clock_.set(std::max(*due, clock_.unix_ms()));
                fire_due();
                continue;
            }
            std::unique_lock lock(mutex_);
            if (!posted_.wait_for(lock, patience, [this] { return !ready_.empty(); }))
                throw std::runtime_error("nothing is left to run, and what the test waits for has not happened");
        }
    }

    /// Runs one Task to its end and returns its result. Timers elapse meanwhile.
    template <class T>
    T await(treasurer::Task<T> task) {
        treasurer::TaskScope scope(*this);
        std::optional<T> out;
        std::exception_ptr failure;
        scope.spawn(into(std::move(task), out, failure));
        run_until([&] { return scope.running() == 0; });
        if (failure) std::rethrow_exception(failure);
        return std::move(*out);
    }

    std::size_t timers() const {
        const std::lock_guard lock(mutex_);
        return timers_.size();
    }

private:
    template <class T>
    static treasurer::Task<> into(treasurer::Task<T> task, std::optional<T>& out, std::exception_ptr& failure) {
        try {
            T value = co_await task;
            out.emplace(std::move(value));
        } catch (...) {
            failure = std::current_exception();
        }
    }
    bool run_one() {
        std::function<void()> next;
        {
            const std::lock_guard lock(mutex_);
            if (ready_.empty()) return false;
            next = std::move(ready_.front());
            ready_.pop_front();
        }
        next();
        return true;
    }
    std::optional<treasurer::UnixMillis> next_timer() const {
        const std::lock_guard lock(mutex_);
        if (timers_.empty()) return std::nullopt;
        return timers_.begin()->first;
    }
    void fire_due() {
        const std::lock_guard lock(mutex_);
        while (!timers_.empty() && timers_.begin()->first <= clock_.unix_ms()) {
            ready_.push_back(std::move(timers_.begin()->second));
            timers_.erase(timers_.begin());
        }
    }

    ManualClock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable posted_;
    std::deque<std::function<void()>> ready_;
    std::multimap<treasurer::UnixMillis, std::function<void()>> timers_;
};

}  // namespace support
