#include "simulation/event_loop.hpp"

#include <algorithm>

namespace treasurer::simulation {

Actor EventLoop::new_actor() {
    actors_.emplace_back();
    return static_cast<Actor>(actors_.size() - 1);
}

void EventLoop::after(Millis delay, Actor who, Event event) {
    push({now_ + std::max<std::int64_t>(delay.count(), 0), order_.next(), who, std::move(event)});
}

void EventLoop::stall(Actor who, Millis time) {
    actors_.at(who).stalled_until = now_ + time.count();
}

bool EventLoop::run_one(UnixMillis end) {
    for (;;) {
        if (heap_.empty() || heap_.front().at > end) {
            now_ = std::max(now_, end);
            return false;
        }
        Entry next = pop();
        const State& state = actors_[next.who];
        if (state.ended) continue;
        if (state.stalled_until > next.at) {
            next.at = state.stalled_until;
            next.order = order_.next();
            push(std::move(next));
            continue;
        }
        now_ = next.at;
        if (next.who != the_world && ask_ && !ask_(next.who)) return true;
        ++events_;
        next.event();
        return true;
    }
}

void EventLoop::push(Entry entry) {
    heap_.push_back(std::move(entry));
    std::push_heap(heap_.begin(), heap_.end(), later);
}

EventLoop::Entry EventLoop::pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Entry out = std::move(heap_.back());
    heap_.pop_back();
    return out;
}

}  // namespace treasurer::simulation
