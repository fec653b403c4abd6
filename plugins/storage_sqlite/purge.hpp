/// Retention, the oldest first. Keys and changes are found by an index; of the others the table is read. Forgets
/// records not updated since a time. Works for every collection, for "atr.blobs", "atr.changes" and "atr.keys" (a key
/// that has not expired yet stays), not for "atr.jobs", which end by being done.
#pragma once

#include <atr/storage.hpp>

#include "write_transaction.hpp"

namespace storage_sqlite {

/// Keys of up to `max` records that may go. Reads only, so that the search through a table does not hold the writer up.
/// Errors: rejected.
atr::Result<std::vector<std::string>> find_old(Connection& connection, const Catalog& catalog,
                                               const std::string& collection, std::int64_t older_than_ms,
                                               std::uint32_t max, std::int64_t now_ms);

/// Removes those of `keys` that are still as old, as one commit of the change feed. Returns how many.
std::uint32_t remove_old(WriteTransaction& transaction, const std::string& collection,
                         const std::vector<std::string>& keys, std::int64_t older_than_ms);

}  // namespace storage_sqlite
