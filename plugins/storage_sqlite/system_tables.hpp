/// The plugin's own tables, beside one table for each collection:
///   atr_state        one row: the last commit sequence and lease token, schema version, catalog generation
///   atr_collections, atr_columns, atr_indexes   the description that Catalog reads
///   atr_jobs, atr_keys, atr_blobs               jobs, idempotency keys, documents
///   atr_changes      the change feed, one row a commit
#pragma once

#include "connection.hpp"

namespace storage_sqlite {

/// Marks a database file as ours ("atrS"), so that another program's is never touched.
inline constexpr std::int64_t application_id = 0x61747253;

/// Inside a write transaction. Safe to repeat; adds what a database of an older program lacks. True: something changed.
bool create_system_tables(Connection& connection);

}  // namespace storage_sqlite
