/// The change feed: one row a commit, holding which records it changed. A row becomes visible with its commit, and one
/// transaction at a time writes, so no reader ever sees a sequence while a lower one is still in flight.
#pragma once

#include <atr/storage.hpp>
#include <string>

#include "catalog.hpp"

namespace storage_sqlite {

/// The records one commit changed, in their compact form: (collection id, key) pairs with varint lengths.
class ChangeList {
public:
    void add(std::int64_t collection, std::string_view key);
    bool empty() const { return bytes_.empty(); }
    std::string_view bytes() const { return bytes_; }
    void clear() { bytes_.clear(); }

private:
    std::string bytes_;
};

void append_changes(Connection& connection, std::uint64_t seq, std::int64_t now_ms, const ChangeList& changes);

/// Whole commits after `after_seq`, until at least `limit` records are there. With `limit` 0 no record, and last_seq is
/// the newest sequence: where a follower that has just read everything begins.
/// Errors: not_found when commits after `after_seq` are no longer kept.
atr::Result<atr::Changes> read_changes(Connection& connection, const Catalog& catalog, std::uint64_t after_seq,
                                       std::uint32_t limit);

/// Forgets up to `max` commits older than `older_than_ms`, oldest first. Inside a write transaction.
std::uint32_t purge_changes(Connection& connection, std::int64_t older_than_ms, std::uint32_t max);

}  // namespace storage_sqlite
