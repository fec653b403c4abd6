/// The figures of GET /metrics as JSON, as the clients of the original service read them. They can be set back; the
/// Prometheus counters beside them never are.
#pragma once

#include <array>
#include <atr/money.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "observe/last_minute.hpp"
#include "observe/metrics.hpp"
#include "observe/route_times.hpp"

namespace treasurer::observe {

struct CacheAsked {
    std::uint64_t hits = 0, misses = 0;
};

/// Where the figures come from that others count. The counts only grow; a function that gives nullopt, and one that is
/// not given, is null in the JSON.
struct KpiSources {
    std::function<std::uint64_t()> database_queries = {};
    std::function<CacheAsked()> cache = {};
    std::function<std::optional<std::int64_t>()> cache_memory_bytes = {};
    std::function<std::optional<std::int64_t>()> database_connections = {};
};

/// Threads: any, but for reads_from(): before all else. `metrics`, `clock` and the sources must outlive it.
class Kpis {
public:
    /// Amounts of `asset` are summed; those of others are only counted.
    Kpis(Metrics& metrics, const Clock& clock, std::string asset);

    void reads_from(KpiSources sources);

    void invoice_processed() { count(invoices); }
    void transaction_approved(const atr::Money& amount);
    void transaction_rejected() { count(rejected); }
    void request_answered(int status);
    /// How long they took.
    RouteTimes& times() { return times_; }

    /// What the last minute is measured by: to be called every few seconds.
    void look();
    std::string json() const;
    void reset();

private:
    enum Tally { invoices, approved, rejected, requests, errors, tally_count };
    /// What is measured by the difference to what it was.
    struct Then {
        explicit Then(UnixMillis now_ms) : times(now_ms, {}), errors(now_ms, 0), queries(now_ms, 0), start_ms(now_ms) {}
        LastMinute<LatencyHistogram> times;
        LastMinute<double> errors, queries;
        UnixMillis start_ms;
        std::array<double, tally_count> at_reset{};
        CacheAsked cache_at_reset;
        atr::Decimal amount;
    };
    void count(Tally tally) { totals_[tally]->add(); }
    double queries() const { return sources_.database_queries ? static_cast<double>(sources_.database_queries()) : 0; }
    CacheAsked cache() const { return sources_.cache ? sources_.cache() : CacheAsked{}; }
    void begin_anew();

    const Clock& clock_;
    const std::string asset_;
    std::array<Counter*, tally_count> totals_{};
    RouteTimes times_;
    KpiSources sources_;
    mutable std::mutex mutex_;
    Then then_;
};

}  // namespace treasurer::observe
