/// Commits a group of batches in one transaction: judge in memory on assumptions, write the net effect, prove the
/// assumptions and commit, all in one round trip. Only when an assumption fails is everything read first, with locks in
/// sorted order, and judged again.
/// Threads: commit() may be called concurrently; each call uses a session of its own.
#pragma once

#include <atomic>
#include <atr/storage.hpp>
#include <span>

#include "clock.hpp"
#include "group_state.hpp"
#include "lease_tokens.hpp"
#include "schema_cache.hpp"
#include "session_pool.hpp"

namespace storage_postgres {

class GroupCommit {
public:
    GroupCommit(SessionPool& pool, SchemaCache& schema, Clock clock)
        : pool_(pool), schema_(schema), clock_(std::move(clock)) {}

    /// Errors: retry    nothing was applied
    ///         unknown  the connection, or the deadline, was lost while COMMIT was under way
    /// Otherwise each result tells its own.
    atr::Result<> commit(std::span<const atr::Batch> batches, std::span<atr::Commit> results, Deadline deadline);
    /// After an import, which may have raised the sequence of lease tokens.
    void forget_tokens() { tokens_.forget(); }

private:
    struct Certainty {
        bool records = false, counters = false;  ///< read, rather than assumed
    };
    using Results = std::vector<atr::Commit>;
    void commit_alone(std::span<const atr::Batch> batches, std::span<atr::Commit> results, Deadline deadline);
    atr::Result<> attempt_alone(std::span<const atr::Batch> batch, std::span<atr::Commit> result, Deadline deadline);
    atr::Result<> attempt(std::span<const atr::Batch> batches, std::span<atr::Commit> results, Deadline deadline);
    Results run(Session& session, const Catalog& catalog, const std::vector<PreparedBatch>& batches,
                Certainty certainty, Deadline deadline);
    Certainty expected() const;
    void learn(const SqlError& error, Certainty& certainty);
    static atr::Result<> gave_up(const SqlError& error, std::span<atr::Commit> results);

    SessionPool& pool_;
    SchemaCache& schema_;
    const Clock clock_;
    LeaseTokens tokens_;
    /// Losing batches come in crowds: after one, so many groups are read first without trying.
    std::atomic<int> careful_records_{0}, careful_counters_{0};
};

}  // namespace storage_postgres
