#include "plugin/worker_pool.hpp"

#include <system_error>
#include <utility>

#include "plugin/plugin_call.hpp"

namespace treasurer {

struct WorkerPool::State {
    State(unsigned max_threads_, std::size_t max_queue_, Work work_, Work finish_)
        : max_threads(max_threads_), max_queue(max_queue_), work(std::move(work_)), finish(std::move(finish_)) {}
    const unsigned max_threads;
    const std::size_t max_queue;
    const Work work, finish;
    std::mutex mutex;
    std::condition_variable ready, ended;
    std::deque<Item> queue;
    unsigned idle = 0, finishing = 0, running = 0, busy = 0;
    bool waking = false;  ///< a thread was called and has not come yet: it calls the next one, if there is more to do
    bool closed = false;

    /// Under the mutex: true when a thread has to be called, by the caller, who then lets go of it.
    bool begin_waking() { return !queue.empty() && idle > 0 && !std::exchange(waking, true); }
};

WorkerPool::WorkerPool(unsigned max_threads, std::size_t max_queue, Work work, Work finish)
    : state_(std::make_shared<State>(max_threads, max_queue, std::move(work), std::move(finish))) {}

WorkerPool::~WorkerPool() {
    close();
    join(Millis(0));
}

WorkerPool::Submitted WorkerPool::submit(Item item) {
    State& state = *state_;
    bool wake = false;
    {
        const std::lock_guard lock(state.mutex);
        if (state.closed) return Submitted::stopped;
        const bool thread_free = state.idle + state.finishing > state.queue.size();
        if (!thread_free && state.running < state.max_threads) {
            try {
                threads_.emplace_back(&WorkerPool::run, state_);
                ++state.running;
            } catch (const std::system_error&) {
                if (state.running == 0) return Submitted::full;
            }
        } else if (!thread_free && state.queue.size() >= state.max_queue && !item->is_urgent()) {
            return Submitted::full;
        }
        if (item->is_urgent())
            state.queue.push_front(std::move(item));
        else
            state.queue.push_back(std::move(item));
        wake = state.begin_waking();
    }
    if (wake) state.ready.notify_one();
    return Submitted::yes;
}

std::deque<WorkerPool::Item> WorkerPool::close() {
    std::deque<Item> left;
    {
        const std::lock_guard lock(state_->mutex);
        state_->closed = true;
        left.swap(state_->queue);
    }
    state_->ready.notify_all();
    return left;
}

bool WorkerPool::join(Millis limit) {
    bool all_ended = false;
    {
        std::unique_lock lock(state_->mutex);
        all_ended = state_->ended.wait_for(lock, limit, [this] { return state_->running == 0; });
    }
    for (auto& thread : threads_) all_ended ? thread.join() : thread.detach();
    threads_.clear();
    return all_ended;
}

WorkerPool::Counts WorkerPool::counts() const {
    const std::lock_guard lock(state_->mutex);
    return {state_->running, state_->busy, state_->queue.size()};
}

void WorkerPool::run(std::shared_ptr<State> state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        ++state->idle;
        while (!state->closed && state->queue.empty()) {
            state->ready.wait(lock);
            state->waking = false;
        }
        --state->idle;
        if (state->queue.empty()) break;
        Item item = std::move(state->queue.front());
        state->queue.pop_front();
        ++state->busy;
        const bool wake = state->begin_waking();
        lock.unlock();
        if (wake) state->ready.notify_one();
        state->work(*item);
        lock.lock();
        --state->busy;
        ++state->finishing;
        lock.unlock();
        state->finish(*item);
        item = nullptr;
        lock.lock();
        --state->finishing;
    }
    --state->running;
    state->ended.notify_all();
}

}  // namespace treasurer
