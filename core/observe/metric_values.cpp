#include "observe/metric_values.hpp"

#include <algorithm>

namespace treasurer::observe {

std::size_t shard_of_this_thread() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t shard = next.fetch_add(1, std::memory_order_relaxed) % metric_shards;
    return shard;
}

double Counter::value() const {
    double out = 0;
    for (const auto& cell : cells_) out += cell.value.load(std::memory_order_relaxed);
    return out;
}

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), cells_(metric_shards) {
    for (auto& cell : cells_) cell.counts = std::vector<std::atomic<std::uint64_t>>(bounds_.size() + 1);
}

void Histogram::observe(double value) {
    const auto bucket =
        static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
    auto& cell = cells_[shard_of_this_thread()];
    cell.counts[bucket].fetch_add(1, std::memory_order_relaxed);
    cell.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
    Snapshot out;
    out.counts.resize(bounds_.size() + 1);
    for (const auto& cell : cells_) {
        out.sum += cell.sum.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < out.counts.size(); ++i)
            out.counts[i] += cell.counts[i].load(std::memory_order_relaxed);
    }
    for (const auto count : out.counts) out.count += count;
    return out;
}

const std::vector<double>& request_seconds_bounds() {
    static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    return bounds;
}

}  // namespace treasurer::observe
