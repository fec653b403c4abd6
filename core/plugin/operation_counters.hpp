/// What happened to the calls of one plugin instance: counts by operation and outcome, and how long they took.
/// Threads: any; counters are relaxed atomics, so a snapshot taken under load may be a few calls apart from itself.
#pragma once

#include <array>
#include <atomic>
#include <atr/result.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer {

/// One function of a plugin's interface. `on_timeout` is what a passed deadline or an exception means: unknown for a
/// call with an effect, retry for one without.
struct Operation {
    unsigned index;  ///< unique within the kind, below OperationCounters::max_operations
    std::string_view name;
    atr::Outcome on_timeout;
    bool passes_breaker = false;  ///< asked even while the circuit breaker is open, and nothing that it judges by
    bool urgent = false;          ///< goes before all calls that wait, also when no more may wait; for few, short ones
};

struct LatencySnapshot {
    std::uint64_t count = 0;
    std::uint64_t sum_us = 0;
    std::uint64_t p50_us = 0, p95_us = 0, p99_us = 0;  ///< upper bound of the bucket: right within a factor of two
};

/// Latencies in buckets of powers of two microseconds: [0,1), [1,2), [2,4) ... up to half an hour.
class LatencyHistogram {
public:
    static constexpr std::size_t buckets = 32;
    void add(std::chrono::microseconds time);
    LatencySnapshot snapshot() const;

private:
    std::array<std::atomic<std::uint64_t>, buckets> counts_{};
    std::atomic<std::uint64_t> sum_us_{0};
};

struct OperationSnapshot {
    std::string name;
    std::array<std::uint64_t, 7> by_outcome{};  ///< what callers were told, by ATR_OK .. ATR_UNSUPPORTED
    std::uint64_t abandoned = 0;                ///< started, and still running at the deadline
    std::uint64_t expired = 0;                  ///< still queued at the deadline: never started
    std::uint64_t overloaded = 0;               ///< refused at once, the queue was full
    std::uint64_t late = 0;                     ///< abandoned ones that returned after all; their results were dropped
    LatencySnapshot latency;                    ///< of calls that returned, waiting in the queue included
};

class OperationCounters {
public:
    static constexpr std::size_t max_operations = 16;

    void finished(const Operation& operation, atr::Outcome outcome, std::chrono::microseconds time);
    void abandoned(const Operation& operation);
    void expired(const Operation& operation);
    void overloaded(const Operation& operation);
    void late(const Operation& operation);
    /// Operations that were called at least once.
    std::vector<OperationSnapshot> snapshot() const;

private:
    struct Cell {
        std::atomic<const char*> name{nullptr};
        std::array<std::atomic<std::uint64_t>, 7> by_outcome{};
        std::atomic<std::uint64_t> abandoned{0}, expired{0}, overloaded{0}, late{0};
        LatencyHistogram latency;
    };
    Cell& cell(const Operation& operation);
    std::array<Cell, max_operations> cells_;
};

}  // namespace treasurer
