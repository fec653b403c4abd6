/// How often something happened lately.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace treasurer::http {

/// Counts what happened in the last `span`, to a tenth of it. Times may not go back by more than that.
/// Threads: one at a time.
class RecentCount {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit RecentCount(std::chrono::milliseconds span)
        : part_(std::max<std::chrono::nanoseconds>(span / kParts, std::chrono::milliseconds(1))) {}

    /// Gives what take_back() needs to undo it.
    std::int64_t add(TimePoint now) {
        roll(now);
        ++parts_[place_of(newest_)];
        ++total_;
        return newest_;
    }
    /// Changes nothing when that was so long ago that it is not counted any more.
    void take_back(std::int64_t mark, TimePoint now) {
        roll(now);
        auto& part = parts_[place_of(mark)];
        if (mark <= newest_ - kParts || part == 0) return;
        --part;
        --total_;
    }
    std::size_t within(TimePoint now) {
        roll(now);
        return total_;
    }

private:
    static constexpr std::int64_t kParts = 10;

    static std::size_t place_of(std::int64_t part) { return static_cast<std::size_t>(part % kParts); }
    void roll(TimePoint now) {
        const std::int64_t present = now.time_since_epoch() / part_;
        if (present <= newest_) return;
        const auto from = std::max(newest_ + 1, present - kParts + 1);
        for (auto part = from; part <= present; ++part) total_ -= std::exchange(parts_[place_of(part)], 0);
        newest_ = present;
    }

    const std::chrono::nanoseconds part_;
    std::array<std::size_t, kParts> parts_{};
    std::size_t total_ = 0;
    std::int64_t newest_ = 0;
};

}  // namespace treasurer::http
