/// Retention, the oldest first. Keys and changes are found by an index; of the others the table is read. Forgets
/// records not updated since a time. Works for every collection, for "atr.blobs", "atr.changes" and "atr.keys" (a key
/// that has not expired yet stays), not for "atr.jobs", which end by being done.
#pragma once

#include <atr/storage.hpp>

#include "catalog.hpp"
#include "clock.hpp"

namespace storage_postgres {

/// Removes up to `max`, as one commit of the change feed; passes over records that are just being written. Returns how
/// many. Errors: rejected; retry. Throws SqlError.
atr::Result<std::uint32_t> purge_old(Session& session, const Catalog& catalog, const Clock& clock,
                                     const std::string& collection, std::int64_t older_than_ms, std::uint32_t max,
                                     Deadline deadline);

}  // namespace storage_postgres
