#include "plugin/operation_counters.hpp"

#include <algorithm>
#include <bit>

namespace treasurer {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

void count(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, relaxed);
}

std::size_t slot(atr::Outcome outcome) {
    return static_cast<std::size_t>(outcome);
}

}  // namespace

void LatencyHistogram::add(std::chrono::microseconds time) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    count(counts_[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(us)), buckets - 1)]);
    sum_us_.fetch_add(us, relaxed);
}

LatencySnapshot LatencyHistogram::snapshot() const {
    std::array<std::uint64_t, buckets> counts{};
    LatencySnapshot out;
    for (std::size_t i = 0; i < buckets; ++i) out.count += counts[i] = counts_[i].load(relaxed);
    out.sum_us = sum_us_.load(relaxed);
    const auto percentile = [&](std::uint64_t percent) -> std::uint64_t {
        const std::uint64_t rank = (out.count * percent + 99) / 100;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets; ++i)
            if ((seen += counts[i]) >= rank && rank > 0) return std::uint64_t{1} << i;
        return 0;
    };
    out.p50_us = percentile(50);
    out.p95_us = percentile(95);
    out.p99_us = percentile(99);
    return out;
}

OperationCounters::Cell& OperationCounters::cell(const Operation& operation) {
    Cell& out = cells_[operation.index % max_operations];
    if (out.name.load(relaxed) == nullptr) out.name.store(operation.name.data(), relaxed);
    return out;
}

void OperationCounters::finished(const Operation& operation, atr::Outcome outcome, std::chrono::microseconds time) {
    Cell& into = cell(operation);
    count(into.by_outcome[slot(outcome)]);
    into.latency.add(time);
}

void OperationCounters::abandoned(const Operation& operation) {
    Cell& into = cell(operation);
    count(into.abandoned);
    count(into.by_outcome[slot(operation.on_timeout)]);
}

void OperationCounters::expired(const Operation& operation) {
    Cell& into = cell(operation);
    count(into.expired);
    count(into.by_outcome[slot(atr::Outcome::retry)]);
}

void OperationCounters::overloaded(const Operation& operation) {
    Cell& into = cell(operation);
    count(into.overloaded);
    count(into.by_outcome[slot(atr::Outcome::retry)]);
}

void OperationCounters::late(const Operation& operation) {
    count(cell(operation).late);
}

std::vector<OperationSnapshot> OperationCounters::snapshot() const {
    std::vector<OperationSnapshot> out;
    for (const Cell& from : cells_) {
        const char* name = from.name.load(relaxed);
        if (name == nullptr) continue;
        OperationSnapshot into;
        into.name = name;
        for (std::size_t i = 0; i < into.by_outcome.size(); ++i) into.by_outcome[i] = from.by_outcome[i].load(relaxed);
        into.abandoned = from.abandoned.load(relaxed);
        into.expired = from.expired.load(relaxed);
        into.overloaded = from.overloaded.load(relaxed);
        into.late = from.late.load(relaxed);
        into.latency = from.latency.snapshot();
        out.push_back(std::move(into));
    }
    return out;
}

}  // namespace treasurer
