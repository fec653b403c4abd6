#include "observe/kpis.hpp"

#include <array>
#include <charconv>

#include "observe/json_text.hpp"
#include "observe/timestamp.hpp"

namespace treasurer::observe {
namespace {

std::string number(double value) {
    std::array<char, 64> digits;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 3).ptr;
    return {digits.data(), end};
}
std::string number(const std::optional<double>& value) {
    return value ? number(*value) : "null";
}

/// One JSON object; values are JSON texts.
class Object {
public:
    Object& add(const char* name, const std::string& json) {
        text_ += text_.empty() ? "{\"" : ",\"";
        text_ += name;
        text_ += "\":" + json;
        return *this;
    }
    std::string end() const { return text_ + '}'; }

private:
    std::string text_;
};

std::string ask(const std::function<std::optional<std::int64_t>()>& source) {
    const auto value = source ? source() : std::nullopt;
    return value ? std::to_string(*value) : "null";
}

}  // namespace

Kpis::Kpis(Metrics& metrics, const Clock& clock, std::string asset)
    : clock_(clock),
      asset_(std::move(asset)),
      queries_total_(metrics.counter("treasurer_database_queries_total", "Calls to the storage plugin")),
      start_ms_(clock.unix_ms()) {
    tallies_[invoices].total = &metrics.counter("treasurer_invoices_processed_total", "Invoices judged");
    tallies_[approved].total = &metrics.counter("treasurer_transactions_approved_total", "Payments approved");
    tallies_[rejected].total = &metrics.counter("treasurer_transactions_rejected_total", "Payments refused");
    tallies_[requests].total = &metrics.counter("treasurer_api_requests_total", "Requests answered");
    tallies_[errors].total =
        &metrics.counter("treasurer_api_errors_total", "Requests answered with a status of 500 or more");
    tallies_[cache_hits].total = &metrics.counter("treasurer_cache_hits_total", "Cache look-ups that found something");
    tallies_[cache_misses].total =
        &metrics.counter("treasurer_cache_misses_total", "Cache look-ups that found nothing");
}

void Kpis::count(Tally tally) {
    tallies_[tally].since_reset.fetch_add(1, std::memory_order_relaxed);
    tallies_[tally].total->add();
}

void Kpis::invoice_processed() {
    count(invoices);
}

void Kpis::transaction_approved(const atr::Money& amount) {
    count(approved);
    if (amount.asset != asset_) return;
    const std::lock_guard lock(amount_mutex_);
    amount_ = amount_.plus(amount.amount).value_or(amount_);
}

void Kpis::transaction_rejected() {
    count(rejected);
}

void Kpis::request_answered(int status, std::int64_t micros) {
    const auto now = clock_.unix_ms();
    count(requests);
    times_.observe(now, micros);
    if (status < 500) return;
    count(errors);
    recent_errors_.count(now);
}

void Kpis::cache_asked(bool hit) {
    count(hit ? cache_hits : cache_misses);
}

void Kpis::database_queried() {
    queries_total_.add();
    queries_.count(clock_.unix_ms());
}

std::string Kpis::json() const {
    const auto now = clock_.unix_ms();
    const auto start = start_ms_.load(std::memory_order_relaxed);
    const auto hits = since_reset(cache_hits), asked = hits + since_reset(cache_misses);
    std::string amount, start_time;
    {
        const std::lock_guard lock(amount_mutex_);
        amount = amount_.to_fixed(1);
    }
    append_json_string(start_time, timestamp(start));
    std::optional<double> hit_rate;
    if (asked > 0) hit_rate = static_cast<double>(hits) / static_cast<double>(asked);
    return Object()
        .add("invoices_processed", std::to_string(since_reset(invoices)))
        .add("transactions_approved", std::to_string(since_reset(approved)))
        .add("transactions_rejected", std::to_string(since_reset(rejected)))
        .add("total_amount_processed", amount)
        .add("api_requests", std::to_string(since_reset(requests)))
        .add("errors", std::to_string(since_reset(errors)))
        .add("start_time", start_time)
        .add("response_time_p50", number(times_.percentile_ms(now, 0.50)))
        .add("response_time_p95", number(times_.percentile_ms(now, 0.95)))
        .add("response_time_p99", number(times_.percentile_ms(now, 0.99)))
        .add("cache_hit_rate", number(hit_rate))
        .add("database_queries_per_sec", number(queries_.per_second(now, start)))
        .add("errors_per_sec", number(recent_errors_.per_second(now, start)))
        .add("redis_memory_usage", ask(redis_memory_))
        .add("postgres_connections", ask(postgres_connections_))
        .end();
}

void Kpis::reset() {
    for (auto& tally : tallies_) tally.since_reset.store(0, std::memory_order_relaxed);
    times_.reset();
    recent_errors_.reset();
    queries_.reset();
    start_ms_.store(clock_.unix_ms(), std::memory_order_relaxed);
    const std::lock_guard lock(amount_mutex_);
    amount_ = {};
}

}  // namespace treasurer::observe
