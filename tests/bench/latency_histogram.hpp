/// Times in buckets that grow with them: exact to one part in 64 from a microsecond to hours, in a few kilobytes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace treasurer::bench {

/// Threads: one.
class LatencyHistogram {
public:
    void record(std::chrono::nanoseconds taken) {
        const auto us = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(taken).count()));
        ++counts_[std::min(index_of(us), counts_.size() - 1)];
        ++total_;
        max_us_ = std::max(max_us_, us);
    }

    std::uint64_t total() const { return total_; }
    std::uint64_t max_us() const { return max_us_; }
    /// The upper end of the bucket in which the share `of` of all values ends; 0 when there are none.
    std::uint64_t quantile_us(double of) const {
        const auto wanted = static_cast<std::uint64_t>(of * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return std::min(upper_end_of(i), max_us_);
        }
        return max_us_;
    }

private:
    static constexpr std::size_t kParts = 64, kDoublings = 32;

    static std::size_t index_of(std::uint64_t us) {
        if (us < kParts) return us;
        const auto shift = static_cast<std::size_t>(std::bit_width(us)) - std::bit_width(kParts);
        return (shift + 1) * kParts + (us >> shift) - kParts;
    }
    static std::uint64_t upper_end_of(std::size_t index) {
        if (index < kParts) return index;
        const auto shift = index / kParts - 1;
        return ((index % kParts + kParts + 1) << shift) - 1;
    }

    std::array<std::uint64_t, kParts * kDoublings> counts_{};
    std::uint64_t total_ = 0, max_us_ = 0;
};

}  // namespace treasurer::bench
