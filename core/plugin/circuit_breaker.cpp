#include "plugin/circuit_breaker.hpp"

#include <algorithm>

namespace treasurer {

std::string_view to_string(BreakerState state) {
    switch (state) {
        case BreakerState::closed:
            return "closed";
        case BreakerState::open:
            return "open";
        case BreakerState::half_open:
            return "half_open";
    }
    return "closed";
}

bool CircuitBreaker::allows(Time now) {
    if (state_.load(std::memory_order_acquire) == BreakerState::closed) return true;
    const std::lock_guard lock(mutex_);
    if (state_ == BreakerState::closed) return true;
    if (now < probe_at_) {
        ++refused_;
        return false;
    }
    state_ = BreakerState::half_open;
    probe_at_ = now + open_for_;  // were the probe's end never told, another goes out then
    return true;
}

void CircuitBreaker::succeeded() {
    if (failures_.load(std::memory_order_relaxed) != 0) failures_ = 0;
    if (state_.load(std::memory_order_acquire) == BreakerState::closed) return;
    const std::lock_guard lock(mutex_);
    open_for_ = std::chrono::milliseconds{0};
    state_ = BreakerState::closed;
}

void CircuitBreaker::failed(Time now) {
    if (settings_.failures == 0) return;
    const unsigned in_a_row = ++failures_;
    if (state_.load(std::memory_order_acquire) == BreakerState::closed && in_a_row < settings_.failures) return;
    const std::lock_guard lock(mutex_);
    if (state_ != BreakerState::open) open(now);  // failures of calls that began before it opened change nothing
}

void CircuitBreaker::open(Time now) {
    open_for_ = open_for_.count() == 0 ? settings_.open : std::min(open_for_ * 2, settings_.open_max);
    probe_at_ = now + open_for_;
    state_ = BreakerState::open;
    ++opened_;
}

BreakerSnapshot CircuitBreaker::snapshot() const {
    return {state_, opened_, refused_};
}

}  // namespace treasurer
