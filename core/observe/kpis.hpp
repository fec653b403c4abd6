/// The figures of GET /metrics as JSON, as the clients of the original service read them. They can be set back; the
/// Prometheus counters beside them never are.
#pragma once

#include <array>
#include <atomic>
#include <atr/money.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "observe/metrics.hpp"
#include "observe/sliding_window.hpp"

namespace treasurer::observe {

/// Threads: any. `metrics` and `clock` must outlive it.
class Kpis {
public:
    /// Amounts of `asset` are summed; those of others are only counted.
    Kpis(Metrics& metrics, const Clock& clock, std::string asset);

    void invoice_processed();
    void transaction_approved(const atr::Money& amount);
    void transaction_rejected();
    void request_answered(int status, std::int64_t micros);
    void cache_asked(bool hit);
    void database_queried();

    /// Where the figures of a cache or database server come from; nullopt (and no source) is null in the JSON.
    void redis_memory_from(std::function<std::optional<std::int64_t>()> read) { redis_memory_ = std::move(read); }
    void postgres_connections_from(std::function<std::optional<std::int64_t>()> read) {
        postgres_connections_ = std::move(read);
    }

    std::string json() const;
    void reset();

private:
    enum Tally { invoices, approved, rejected, requests, errors, cache_hits, cache_misses, tally_count };
    struct Kept {
        std::atomic<std::uint64_t> since_reset{0};
        Counter* total = nullptr;
    };
    void count(Tally tally);
    std::uint64_t since_reset(Tally tally) const { return tallies_[tally].since_reset.load(std::memory_order_relaxed); }

    const Clock& clock_;
    const std::string asset_;
    std::array<Kept, tally_count> tallies_;
    Counter& queries_total_;
    std::atomic<UnixMillis> start_ms_;
    SlidingWindow times_, recent_errors_, queries_;
    mutable std::mutex amount_mutex_;
    atr::Decimal amount_;
    std::function<std::optional<std::int64_t>()> redis_memory_, postgres_connections_;
};

}  // namespace treasurer::observe
