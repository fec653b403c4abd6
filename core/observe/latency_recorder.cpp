#include "observe/latency_recorder.hpp"

namespace treasurer::observe {

LatencyRecorder::~LatencyRecorder() {
    for (auto& shard : shards_) delete shard.load(std::memory_order_relaxed);
}

/// Of two threads that come first, one has its counts kept.
LatencyRecorder::Counts& LatencyRecorder::begin(Shard& shard) {
    auto made = std::make_unique<Counts>();
    Counts* there = nullptr;
    if (!shard.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) return *there;
    return *made.release();
}

LatencyHistogram LatencyRecorder::since_start() const {
    LatencyHistogram out;
    for (const auto& shard : shards_) {
        const Counts* counts = shard.load(std::memory_order_acquire);
        if (!counts) continue;
        for (std::size_t i = 0; i < counts->size(); ++i) out.add(i, (*counts)[i].load(std::memory_order_relaxed));
    }
    return out;
}

}  // namespace treasurer::observe
