/// The moment by which something must be over, on the clock that no one turns back.
#pragma once

#include <algorithm>
#include <atr/plugin.hpp>
#include <chrono>

namespace cache_redis {

class Deadline {
public:
    using Clock = std::chrono::steady_clock;
    using Millis = std::chrono::milliseconds;

    static Deadline after(Millis time) { return Deadline(Clock::now() + std::min(time, longest)); }
    /// What is left of the call's time, counted from now.
    static Deadline of(const atr::Call& call) {
        if (call.deadline_unix_ms() <= call.now_unix_ms()) return after(Millis(0));
        const auto left =
            static_cast<std::uint64_t>(call.deadline_unix_ms()) - static_cast<std::uint64_t>(call.now_unix_ms());
        return after(Millis(static_cast<std::int64_t>(std::min<std::uint64_t>(left, longest.count()))));
    }
    Deadline within(Millis time) const { return Deadline(std::min(at_, Clock::now() + time)); }

    bool passed() const { return Clock::now() >= at_; }
    Clock::time_point at() const { return at_; }
    /// For poll(2): rounded up, so that it does not spin through the last millisecond; 0 when it has passed.
    int poll_ms() const {
        const auto left = std::chrono::ceil<Millis>(at_ - Clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest.count()));
    }
    auto operator<=>(const Deadline&) const = default;

private:
    static constexpr Millis longest{3'600'000};
    explicit Deadline(Clock::time_point at) : at_(at) {}
    Clock::time_point at_;
};

}  // namespace cache_redis
