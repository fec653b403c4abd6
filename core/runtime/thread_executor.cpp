#include "runtime/thread_executor.hpp"

#include <utility>

namespace treasurer {

ThreadExecutor::ThreadExecutor(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    timer_thread_ = std::thread([this] { run_timers(); });
}

ThreadExecutor::~ThreadExecutor() {
    stop();
}

/// Under the lock: true when a thread has to be called, by the caller, who then lets go of the lock.
bool ThreadExecutor::begin_waking() {
    return !queue_.empty() && idle_ > 0 && !std::exchange(waking_, true);
}

void ThreadExecutor::post(std::function<void()> work) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        queue_.push_back(std::move(work));
        wake = begin_waking();
    }
    if (wake) ready_.notify_one();
}

void ThreadExecutor::post_after(Millis delay, std::function<void()> work) {
    const auto due = Steady::now() + delay;
    bool first = false;
    {
        const std::lock_guard lock(timer_mutex_);
        if (timers_stopping_) return;
        // In two statements: of `emplace(...) == begin()` the compiler may call begin() first.
        const auto place = timers_.emplace(due, std::move(work));
        first = place == timers_.begin();
    }
    if (first) timer_ready_.notify_one();
}

void ThreadExecutor::stop() {
    {
        const std::lock_guard lock(timer_mutex_);
        timers_stopping_ = true;
    }
    timer_ready_.notify_all();
    if (timer_thread_.joinable()) timer_thread_.join();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    timers_.clear();
}

std::size_t ThreadExecutor::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

std::size_t ThreadExecutor::timers() const {
    const std::lock_guard lock(timer_mutex_);
    return timers_.size();
}

void ThreadExecutor::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        while (!stopping_ && queue_.empty()) {
            ready_.wait(lock);
            waking_ = false;
        }
        --idle_;
        if (queue_.empty()) return;
        auto next = std::move(queue_.front());
        queue_.pop_front();
        const bool wake = begin_waking();
        lock.unlock();
        if (wake) ready_.notify_one();
        next();
        next = nullptr;
        lock.lock();
    }
}

void ThreadExecutor::run_timers() {
    std::unique_lock lock(timer_mutex_);
    while (!timers_stopping_) {
        if (timers_.empty()) {
            timer_ready_.wait(lock);
            continue;
        }
        const auto due = timers_.begin()->first;
        if (Steady::now() < due) {
            timer_ready_.wait_until(lock, due);
            continue;
        }
        auto next = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        lock.unlock();
        post(std::move(next));
        lock.lock();
    }
}

}  // namespace treasurer
