/// Lease tokens for jobs born leased, taken from the database's sequence some hundred at a time, so that a commit need
/// not ask for them. A lease taken later always has a larger token than any handed out before.
/// Threads: every method may be called concurrently.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "session.hpp"

namespace storage_postgres {

class LeaseTokens {
public:
    /// At least `count` of them, for one attempt at a commit; those it does not use are lost, which does no harm.
    std::vector<std::uint64_t> take(Session& session, std::size_t count, Deadline deadline);
    /// Those at hand are given no more: the sequence was raised beyond them.
    void forget();

private:
    std::mutex mutex_;
    std::vector<std::uint64_t> left_;
};

}  // namespace storage_postgres
