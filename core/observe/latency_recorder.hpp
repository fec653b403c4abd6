/// Times counted by many threads at once, from the beginning on.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "observe/latency_histogram.hpp"
#include "observe/metric_values.hpp"

namespace treasurer::observe {

/// Recording is one addition to a number that few other threads touch; nothing is ever set back, so nothing is lost.
/// Threads: any. Memory: none until the first time is recorded, then 7 KB for each shard that is used.
class LatencyRecorder {
public:
    LatencyRecorder() = default;
    LatencyRecorder(const LatencyRecorder&) = delete;
    LatencyRecorder& operator=(const LatencyRecorder&) = delete;
    ~LatencyRecorder();

    void record(std::int64_t micros) {
        auto& shard = shards_[shard_of_this_thread()];
        Counts* counts = shard.load(std::memory_order_acquire);
        if (!counts) counts = &begin(shard);
        (*counts)[LatencyBuckets::of(micros)].fetch_add(1, std::memory_order_relaxed);
    }
    LatencyHistogram since_start() const;

private:
    using Counts = std::array<std::atomic<std::uint64_t>, LatencyBuckets::count>;
    using Shard = std::atomic<Counts*>;
    static Counts& begin(Shard& shard);

    std::array<Shard, metric_shards> shards_{};
};

}  // namespace treasurer::observe
