/// Times in buckets that grow with them (as HDR histograms do): right within one part in 32, from a microsecond to over
/// an hour, in a few kilobytes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace treasurer::observe {

/// Below 32 us every microsecond has a bucket of its own; from there each doubling has 32.
struct LatencyBuckets {
    static constexpr std::size_t parts = 32, doublings = 27, count = parts * (doublings + 1);

    static constexpr std::size_t of(std::int64_t micros) {
        const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
        if (us < parts) return us;
        const auto shift = static_cast<std::size_t>(std::bit_width(us)) - std::bit_width(parts);
        return std::min(shift * parts + (us >> shift), count - 1);
    }
    static constexpr std::uint64_t upper_us(std::size_t bucket) {
        if (bucket < parts) return bucket;
        const auto shift = bucket / parts - 1;
        return ((bucket % parts + parts + 1) << shift) - 1;
    }
};

/// Threads: one at a time.
class LatencyHistogram {
public:
    void record(std::chrono::nanoseconds taken) {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
        ++counts_[LatencyBuckets::of(us)];
        ++total_;
        max_us_ = std::max(max_us_, static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0)));
    }
    void add(std::size_t bucket, std::uint64_t count) {
        counts_[bucket] += count;
        total_ += count;
        if (count > 0) max_us_ = std::max(max_us_, LatencyBuckets::upper_us(bucket));
    }
    void add(const LatencyHistogram& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
        total_ += other.total_;
        max_us_ = std::max(max_us_, other.max_us_);
    }
    /// What was counted since `earlier`, which is this histogram as it once was.
    LatencyHistogram since(const LatencyHistogram& earlier) const {
        LatencyHistogram out;
        for (std::size_t i = 0; i < counts_.size(); ++i) out.add(i, counts_[i] - earlier.counts_[i]);
        return out;
    }

    std::uint64_t total() const { return total_; }
    std::uint64_t max_us() const { return max_us_; }
    /// The time that the share `of` of all does not exceed: the upper end of its bucket. 0 when there are none.
    std::uint64_t quantile_us(double of) const {
        const double rank = std::ceil(of * static_cast<double>(total_));
        const auto wanted =
            std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, std::max<std::uint64_t>(total_, 1));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen >= wanted) return std::min(LatencyBuckets::upper_us(i), max_us_);
        }
        return max_us_;
    }

private:
    std::array<std::uint64_t, LatencyBuckets::count> counts_{};
    std::uint64_t total_ = 0, max_us_ = 0;
};

}  // namespace treasurer::observe
