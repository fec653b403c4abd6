/// The executor of a running host: a few worker threads, and one timer thread that hands over what is due.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/executor.hpp"

namespace treasurer {

/// Threads: all methods from any thread. stop() lets queued work finish, drops timers, and joins; work posted later is
/// dropped. Its memory is bounded by the number of tasks in flight, which admission control bounds.
class ThreadExecutor final : public Executor {
public:
    explicit ThreadExecutor(unsigned threads);
    ~ThreadExecutor() override;

    void post(std::function<void()> work) override;
    void post_after(Millis delay, std::function<void()> work) override;
    void stop();

    /// Work that waits for a thread, and work that waits for its time.
    std::size_t queued() const;
    std::size_t timers() const;

private:
    using Steady = std::chrono::steady_clock;
    void work();
    void run_timers();
    bool begin_waking();

    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> queue_;
    unsigned idle_ = 0;
    bool waking_ = false;  ///< a thread was called and has not come yet: it calls the next one, if there is more to do
    bool stopping_ = false;

    mutable std::mutex timer_mutex_;
    std::condition_variable timer_ready_;
    std::multimap<Steady::time_point, std::function<void()>> timers_;
    bool timers_stopping_ = false;

    std::vector<std::thread> threads_;
    std::thread timer_thread_;
};

}  // namespace treasurer
