/// Everything below a service of the core that works on records: a Store over storage in memory, on a manual executor.
/// Needs treasurer_records and treasurer_support.
#pragma once

#include <utility>

#include "records/schema.hpp"
#include "records/store.hpp"
#include "tests/support/manual_executor.hpp"
#include "tests/support/simulated.hpp"

namespace support {

/// Threads: the test's own. Declared first in a fixture, so that it outlives the services on it.
struct StoreBench {
    explicit StoreBench(std::uint64_t seed = 1) : random(seed) {}

    ManualClock clock;
    ManualExecutor executor{clock};
    MemoryStorage storage{clock, treasurer::record_schema()};
    SeededRandom random;
    treasurer::Ids ids{clock, random};
    treasurer::TaskScope scope{executor};
    treasurer::CommitPipeline pipeline{storage, executor, scope, {}};
    treasurer::Store store{storage, pipeline, ids};

    template <class T>
    T await(treasurer::Task<T> task) {
        return executor.await(std::move(task));
    }
};

}  // namespace support
