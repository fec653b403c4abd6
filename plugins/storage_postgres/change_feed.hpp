/// The commit sequence and the change feed: one row a transaction, holding which records its commits changed.
///
/// Every transaction that commits batches takes its sequences by updating the one row of atr_state, as its last write,
/// and holds that row until it is durable. So sequences become visible in their order, whatever hosts write: no reader
/// sees 10 while 9 is in flight.
#pragma once

#include <atr/storage.hpp>
#include <string>

#include "catalog.hpp"
#include "clock.hpp"
#include "multi_row.hpp"

namespace storage_postgres {

/// The records that the commits of one transaction changed. `place`: of a commit among them, from 0.
class ChangeList {
public:
    void add(std::size_t place, std::int64_t collection, std::string_view stored_key);
    bool empty() const { return keys_.size() == 0; }

private:
    friend class FeedEntry;
    ArrayColumn places_{ArrayColumn::Type::bigint}, collections_{ArrayColumn::Type::bigint},
        keys_{ArrayColumn::Type::text};
};

/// Idempotency keys that the transaction remembers.
class KeyList {
public:
    KeyList();
    void add(std::size_t place, std::string_view stored_key, std::string_view fingerprint,
             const std::vector<std::uint64_t>& versions, std::int64_t expires_ms);

private:
    friend class FeedEntry;
    MultiRow rows_;
};

/// Gives `commits` commits their sequences, and writes feed and keys with them. Answers the last sequence.
/// Raises sqlstate::schema_moved when the schema is not of `generation`, records_moved or unique_violation when a key
/// is in use.
class FeedEntry {
public:
    /// `new_to_all`: no key was ever used, as is usual. Otherwise one whose time is over is used anew.
    enum class Keys { new_to_all, perhaps_used_before };
    static Statement statement(std::size_t commits, std::int64_t generation, const ChangeList& changes,
                               const KeyList& keys, Keys how, const Clock& clock);
};

/// Whole commits after `after_seq`, until at least `limit` records are there. With `limit` 0 no record, and last_seq is
/// the newest sequence: where a follower that has just read everything begins.
/// Errors: not_found when commits after `after_seq` are no longer kept.
atr::Result<atr::Changes> read_changes(Session& session, const Catalog& catalog, std::uint64_t after_seq,
                                       std::uint32_t limit, Deadline deadline);

/// Forgets up to `max` transactions older than `older_than_ms`, oldest first.
std::uint32_t purge_changes(Session& session, std::int64_t older_than_ms, std::uint32_t max, Deadline deadline);

}  // namespace storage_postgres
