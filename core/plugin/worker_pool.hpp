/// Threads that do nothing but sit in calls to one plugin instance, and the bounded queue before them. Threads start
/// when work finds none idle, so an idle host stays small.
/// Threads: submit() and counts from any; stop() once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/executor.hpp"

namespace treasurer {

class PluginCall;

class WorkerPool {
public:
    using Item = std::shared_ptr<PluginCall>;
    using Work = std::function<void(PluginCall&)>;
    struct Counts {
        unsigned threads = 0, busy = 0;
        std::size_t queued = 0;
    };
    enum class Submitted { yes, full, stopped };

    /// `work` makes the call; `finish` then tells its caller, while the thread already counts as free: the caller's
    /// next call does not start another thread for want of this one.
    WorkerPool(unsigned max_threads, std::size_t max_queue, Work work, Work finish);
    ~WorkerPool();

    Submitted submit(Item item);
    /// Takes no more work and gives back what had not started.
    std::deque<Item> close();
    /// After close(): waits for the threads. False: some had not returned by then, and were left to themselves.
    bool join(Millis limit);
    Counts counts() const;

private:
    struct State;
    static void run(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
    std::vector<std::thread> threads_;
};

}  // namespace treasurer
