#include "circuit.hpp"

#include <algorithm>
#include <utility>

namespace cache_redis {

std::optional<atr::Error> Circuit::refusal(Clock::time_point now) {
    if (failures_ == 0) return std::nullopt;
    if (now >= closed_until_) {
        trying_ = true;
        closed_until_ = now + longest_;  // unless the one that tries now says otherwise before
        return std::nullopt;
    }
    atr::Error out = why_;
    out.outcome = atr::Outcome::retry;
    out.retry_after_ms = static_cast<std::int32_t>(std::chrono::ceil<Millis>(closed_until_ - now).count());
    return out;
}

bool Circuit::succeeded() {
    trying_ = false;
    return std::exchange(failures_, 0) > 0;
}

bool Circuit::failed(Clock::time_point now, atr::Error why) {
    if (failures_ > 0 && now < closed_until_ && !trying_) return false;  // one of those that failed together
    why_ = std::move(why);
    trying_ = false;
    ++failures_;
    closed_until_ = now + pause();
    return failures_ == 1;
}

/// Between a half and the whole of what has doubled with each failure.
Millis Circuit::pause() {
    const Millis whole = std::min(longest_, shortest_ * (1 << std::min(failures_ - 1, 16U)));
    std::uniform_int_distribution<std::int64_t> jitter(whole.count() / 2, whole.count());
    return Millis(std::max<std::int64_t>(1, jitter(random_)));
}

}  // namespace cache_redis
