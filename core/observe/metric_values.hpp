/// Counters, gauges and histograms: cheap enough for every request. Each is spread over a few cache lines, so that
/// threads do not wait for each other.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace treasurer::observe {

inline constexpr std::size_t metric_shards = 4;

/// A small number that stays the same for one thread.
std::size_t shard_of_this_thread();

/// Only ever grows. Threads: any.
class Counter {
public:
    void add(double amount = 1) { cells_[shard_of_this_thread()].value.fetch_add(amount, std::memory_order_relaxed); }
    double value() const;

private:
    struct alignas(64) Cell {
        std::atomic<double> value{0};
    };
    std::array<Cell, metric_shards> cells_;
};

/// Goes up and down. Threads: any.
class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

/// Counts observations by upper bounds. Threads: any.
class Histogram {
public:
    struct Snapshot {
        std::vector<std::uint64_t> counts;  ///< one a bound, then those above all; not cumulative
        double sum = 0;
        std::uint64_t count = 0;
    };

    /// `bounds` rise; an observation equal to a bound belongs to it.
    explicit Histogram(std::vector<double> bounds);

    void observe(double value);
    const std::vector<double>& bounds() const { return bounds_; }
    Snapshot snapshot() const;

private:
    struct alignas(64) Cell {
        std::vector<std::atomic<std::uint64_t>> counts;
        std::atomic<double> sum{0};
    };
    const std::vector<double> bounds_;
    std::vector<Cell> cells_;
};

/// Bounds in seconds that suit request times, 1 ms to 10 s.
const std::vector<double>& request_seconds_bounds();

}  // namespace treasurer::observe
