/// What the writer's requests share while one transaction runs: sequences taken from the database, counters held in
/// memory, the time. Used by the writer thread alone, between BEGIN IMMEDIATE and COMMIT; nothing of it outlives that,
/// because another process may write in between.
#pragma once

#include <memory>

#include "catalog.hpp"
#include "change_feed.hpp"
#include "clock.hpp"
#include "counters.hpp"

namespace storage_sqlite {

class WriteTransaction {
public:
    WriteTransaction(Connection& connection, Clock clock)
        : connection_(connection), counters_(connection), clock_(std::move(clock)) {}

    /// After BEGIN IMMEDIATE. Loads the catalog anew when another process has migrated.
    void begin();
    /// Writes counters and sequences. After it, COMMIT if changed(), else ROLLBACK.
    void finish();

    Connection& connection() { return connection_; }
    Counters& counters() { return counters_; }
    const std::shared_ptr<const Catalog>& catalog() const { return catalog_; }
    std::int64_t now_ms() const { return now_ms_; }
    /// After a change of the schema, and after a rollback that may have undone one.
    void load_catalog() { catalog_ = std::make_shared<Catalog>(Catalog::load(connection_)); }
    void forget_catalog() { catalog_ = std::make_shared<Catalog>(); }

    std::uint64_t next_lease_token();
    /// Gives a commit its sequence and its row in the change feed, and keeps its counters.
    std::uint64_t keep_commit(const ChangeList& changes);
    /// Sequences become at least these; when the commit sequence grows so, the change feed begins behind it.
    void raise_sequences(std::uint64_t commit_seq, std::uint64_t lease_token);
    void touch() { changed_ = true; }
    bool changed() const { return changed_; }

private:
    Connection& connection_;
    Counters counters_;
    Clock clock_;
    std::shared_ptr<const Catalog> catalog_ = std::make_shared<Catalog>();
    std::int64_t now_ms_ = 0;
    std::int64_t commit_seq_ = 0, lease_token_ = 0;
    bool changed_ = false, sequences_changed_ = false;
};

}  // namespace storage_sqlite
