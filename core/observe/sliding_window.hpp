/// What happened in the last minute: how often, and how long it took.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "runtime/clock.hpp"

namespace treasurer::observe {

/// Counts and durations of the last 60 seconds, in six slots of ten. Durations are kept in 16 steps for each power of
/// two of a microsecond, so a percentile is at most 6 % off, up to 19 hours.
/// Threads: any; lock-free. When a slot begins anew while others count into it, a few observations may be lost.
class SlidingWindow {
public:
    static constexpr std::int64_t length_ms = 60'000;

    /// `now_ms` here and below is the present.
    void observe(UnixMillis now_ms, std::int64_t micros);
    void count(UnixMillis now_ms) { observe(now_ms, 0); }

    std::uint64_t total(UnixMillis now_ms) const;
    /// Of the window, or of the time since `start_ms` while that is shorter (but at least a second).
    double per_second(UnixMillis now_ms, UnixMillis start_ms) const;
    /// Milliseconds below which that share of the durations lies; nullopt without any.
    std::optional<double> percentile_ms(UnixMillis now_ms, double share) const;
    void reset();

private:
    static constexpr std::int64_t slot_ms = 10'000;
    static constexpr std::size_t slot_count = length_ms / slot_ms;
    static constexpr std::size_t step_count = std::size_t{16} * 33;
    using Steps = std::array<std::atomic<std::uint32_t>, step_count>;
    struct Slot {
        std::atomic<std::int64_t> number{-1};  ///< now_ms / slot_ms of what it holds
        Steps steps{};
    };
    static std::size_t step_of(std::int64_t micros);
    static double upper_ms(std::size_t step);
    static bool is_current(const Slot& slot, std::int64_t present) {
        const auto number = slot.number.load(std::memory_order_acquire);
        return number > present - static_cast<std::int64_t>(slot_count) && number <= present;
    }
    std::array<Slot, slot_count> slots_;
};

}  // namespace treasurer::observe
