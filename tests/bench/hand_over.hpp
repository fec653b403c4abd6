/// A piece of work handed to another thread and its answer waited for, there and back: through a plugin's pool, and
/// through the least that one can do, a thread with a mutex and two condition variables.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "plugin/plugin_call.hpp"
#include "plugin/worker_pool.hpp"

namespace bench {

/// Where the caller waits.
class Answer {
public:
    void give() {
        {
            const std::lock_guard lock(mutex_);
            there_ = true;
        }
        arrived_.notify_one();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return there_; });
        there_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool there_ = false;
};

class EmptyCall final : public treasurer::PluginCall {
public:
    explicit EmptyCall(const treasurer::Clock& clock)
        : PluginCall({0, "empty", atr::Outcome::retry}, {.timeout = treasurer::Millis{60'000}}, clock) {}

private:
    treasurer::CallEnd invoke(const atr_call&) noexcept override { return {atr::Outcome::ok, 0, nullptr}; }
    void give() noexcept override {}
    void give(atr::Error) noexcept override {}
};

class ThroughPool {
public:
    void once() {
        if (pool_.submit(std::make_shared<EmptyCall>(clock_)) != treasurer::WorkerPool::Submitted::yes) std::abort();
        answer_.wait();
    }

private:
    treasurer::SystemClock clock_;
    Answer answer_;
    treasurer::WorkerPool pool_{1, 16, [](treasurer::PluginCall&) {},
                                [this](treasurer::PluginCall&) { answer_.give(); }};
};

class ThroughPlainThread {
public:
    ~ThroughPlainThread() {
        stop_ = true;
        question_.give();
        thread_.join();
    }
    void once() {
        question_.give();
        answer_.wait();
    }

private:
    Answer question_, answer_;
    std::atomic<bool> stop_{false};
    std::thread thread_{[this] {
        for (question_.wait(); !stop_; question_.wait()) answer_.give();
    }};
};

/// Every core has something to do while it lives.
class BusyCores {
public:
    BusyCores() {
        for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
            threads_.emplace_back([this] {
                while (!stop_) {
                }
            });
    }
    ~BusyCores() {
        stop_ = true;
        for (auto& thread : threads_) thread.join();
    }

private:
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

/// Microseconds of each of `times` round trips.
template <class Way>
std::vector<double> round_trips(Way& way, int times) {
    std::vector<double> out;
    for (int i = 0; i < times; ++i) {
        const auto began = std::chrono::steady_clock::now();
        way.once();
        out.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count());
    }
    return out;
}

}  // namespace bench
