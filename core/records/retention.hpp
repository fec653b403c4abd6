/// Forgetting what only served the last days: keys of units of work, and the change feed. Records are never forgotten.
#pragma once

#include "records/store.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <cstdint>

namespace treasurer {

/// Purges, round after round, a bounded part of what is too old; every host may. Of keys only those that have expired
/// go.
/// Threads: any. Lifetime: must outlive the scope's tasks, and what it is given outlives it. Errors: a round that fails
/// is over; a storage that purges nothing is asked no more.
class RetentionSweep {
public:
    struct Settings {
        Millis keys{7LL * 24 * 3600 * 1000};  ///< a unit of work cannot be replayed any more
        Millis changes{24LL * 3600 * 1000};   ///< a follower that is further behind begins anew
        Millis interval{60'000};              ///< between two rounds
        Millis breath{1'000};                 ///< the same, when a round has left something over
        std::uint32_t at_once = 1'000;        ///< removed by one call, at most
        unsigned calls = 20;                  ///< a round, of each kind
    };

    RetentionSweep(StoragePort& storage, Executor& executor, const Clock& clock, Settings settings)
        : storage_(storage), clock_(clock), settings_(settings), pause_(executor) {}

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

    /// So many keys and commits were forgotten by this host.
    std::uint64_t removed() const { return removed_; }

private:
    enum class Round { done, left_over, refused };
    Task<> loop();
    Task<Round> purge(std::string collection, Millis kept);

    StoragePort& storage_;
    const Clock& clock_;
    const Settings settings_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> removed_{0};
};

}  // namespace treasurer
