/// Queries that may lag, answered by a replica as long as it lags little enough.
///
/// The bound holds without trusting the replica's clock or its link: the primary is asked now and then which commit is
/// its newest, and a replica that does not show the commit that was newest `max_lag` ago is not used.
/// Threads: every method may be called concurrently.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "session_pool.hpp"

namespace storage_postgres {

class Replica {
public:
    /// `newest`: asks the primary for its newest commit; throws when it does not answer.
    Replica(SessionPool::Options pool, SessionPool::Target target, std::chrono::milliseconds max_lag,
            std::function<std::uint64_t(Deadline)> newest)
        : pool_(pool, std::move(target)), max_lag_(max_lag), newest_(std::move(newest)) {}

    /// The rows of `statement` as the replica has them, or nothing when it is unreachable or too far behind: then the
    /// primary has to answer. Throws SqlError when the primary does not say what its newest commit is.
    std::optional<Rows> read(const Statement& statement, std::uint64_t min_seq, Deadline deadline);
    /// Errors: rejected when what stands in replica_url will never do. One that cannot be reached is no error.
    atr::Result<> check(Deadline deadline);
    SessionPool::Usage usage() const { return pool_.usage(); }

private:
    struct Seen {
        std::chrono::steady_clock::time_point at{};
        std::uint64_t seq = 0;
    };
    std::uint64_t required(Deadline deadline);

    SessionPool pool_;
    const std::chrono::milliseconds max_lag_;
    const std::function<std::uint64_t(Deadline)> newest_;
    std::mutex mutex_;
    Seen older_, newer_;
    std::chrono::steady_clock::time_point not_before_{};  ///< an unreachable replica is left alone for a while
};

}  // namespace storage_postgres
