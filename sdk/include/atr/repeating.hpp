/// Work of a plugin's own that goes on beside its calls, such as telling the host what a gauge is now.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace atr {
inline namespace v1 {

/// Runs `work` on a thread of its own, one `pause` after the other, the first before the first run. What it throws is
/// dropped. Lifetime: make it last and end it first; its end waits for the run that is under way.
class Repeating {
public:
    Repeating(std::chrono::milliseconds pause, std::function<void()> work)
        : pause_(pause), work_(std::move(work)), thread_([this] { loop(); }) {}
    Repeating(const Repeating&) = delete;
    Repeating& operator=(const Repeating&) = delete;
    ~Repeating() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        stopped_.notify_all();
        thread_.join();
    }

private:
    void loop() noexcept {
        std::unique_lock lock(mutex_);
        while (!stopped_.wait_for(lock, pause_, [this] { return stop_; })) {
            lock.unlock();
            try {
                work_();
            } catch (...) {  // the next time may do better
            }
            lock.lock();
        }
    }

    const std::chrono::milliseconds pause_;
    const std::function<void()> work_;
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace v1
}  // namespace atr
