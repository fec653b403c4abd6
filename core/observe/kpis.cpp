#include "observe/kpis.hpp"

#include <array>
#include <charconv>

#include "observe/timestamp.hpp"
#include "runtime/json_string.hpp"

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

/// A hit may be taken back, so that what only grows can be a little less than it was.
std::uint64_t more(std::uint64_t now, std::uint64_t then) {
    return now > then ? now - then : 0;
}

std::string ask(const std::function<std::optional<std::int64_t>()>& source) {
    const auto value = source ? source() : std::nullopt;
    return value ? std::to_string(*value) : "null";
}

}  // namespace

Kpis::Kpis(Metrics& metrics, const Clock& clock, std::string asset)
    : clock_(clock), asset_(std::move(asset)), times_(metrics, clock), then_(clock.unix_ms()) {
    totals_[invoices] = &metrics.counter("treasurer_invoices_processed_total", "Invoices judged");
    totals_[approved] = &metrics.counter("treasurer_transactions_approved_total", "Payments approved");
    totals_[rejected] = &metrics.counter("treasurer_transactions_rejected_total", "Payments refused");
    totals_[requests] = &metrics.counter("treasurer_api_requests_total", "Requests answered");
    totals_[errors] = &metrics.counter("treasurer_api_errors_total", "Requests answered with a status of 500 or more");
}

void Kpis::reads_from(KpiSources sources) {
    sources_ = std::move(sources);
    begin_anew();
}

void Kpis::transaction_approved(const atr::Money& amount) {
    count(approved);
    if (amount.asset != asset_) return;
    const std::lock_guard lock(mutex_);
    then_.amount = then_.amount.plus(amount.amount).value_or(then_.amount);
}

void Kpis::request_answered(int status) {
    count(requests);
    if (status >= 500) count(errors);
}

void Kpis::look() {
    times_.look();
    const auto now = clock_.unix_ms();
    auto times = times_.since_start();
    const std::lock_guard lock(mutex_);
    then_.times.look(now, std::move(times));
    then_.errors.look(now, totals_[errors]->value());
    then_.queries.look(now, queries());
}

std::string Kpis::json() const {
    const auto now = clock_.unix_ms();
    const std::lock_guard lock(mutex_);  // first: what is read is never older than what it is compared with
    const auto times = times_.since_start();
    const auto asked = cache();
    const auto since_reset = [&](Tally tally) {
        return std::to_string(static_cast<std::uint64_t>(totals_[tally]->value() - then_.at_reset[tally]));
    };
    const auto recent = times.since(then_.times.before(now).value);
    const auto quantile_ms = [&](double of) -> std::optional<double> {
        if (recent.total() == 0) return std::nullopt;
        return static_cast<double>(recent.quantile_us(of)) / 1000;
    };
    const auto hits = more(asked.hits, then_.cache_at_reset.hits);
    const auto all = hits + more(asked.misses, then_.cache_at_reset.misses);
    std::optional<double> hit_rate;
    if (all > 0) hit_rate = static_cast<double>(hits) / static_cast<double>(all);
    std::string start_time;
    append_json_string(start_time, timestamp(then_.start_ms));
    return Object()
        .add("invoices_processed", since_reset(invoices))
        .add("transactions_approved", since_reset(approved))
        .add("transactions_rejected", since_reset(rejected))
        .add("total_amount_processed", then_.amount.to_fixed(1))
        .add("api_requests", since_reset(requests))
        .add("errors", since_reset(errors))
        .add("start_time", start_time)
        .add("response_time_p50", number(quantile_ms(0.50)))
        .add("response_time_p95", number(quantile_ms(0.95)))
        .add("response_time_p99", number(quantile_ms(0.99)))
        .add("cache_hit_rate", number(hit_rate))
        .add("database_queries_per_sec", number(per_second(then_.queries, now, queries())))
        .add("errors_per_sec", number(per_second(then_.errors, now, totals_[errors]->value())))
        .add("redis_memory_usage", ask(sources_.cache_memory_bytes))
        .add("postgres_connections", ask(sources_.database_connections))
        .end();
}

void Kpis::reset() {
    begin_anew();
}

void Kpis::begin_anew() {
    Then now(clock_.unix_ms());
    now.times.reset(now.start_ms, times_.since_start());
    for (std::size_t i = 0; i < tally_count; ++i) now.at_reset[i] = totals_[i]->value();
    now.errors.reset(now.start_ms, now.at_reset[errors]);
    now.queries.reset(now.start_ms, queries());
    now.cache_at_reset = cache();
    const std::lock_guard lock(mutex_);
    then_ = std::move(now);
}

}  // namespace treasurer::observe
