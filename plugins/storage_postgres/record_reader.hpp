/// Rows as records. All collections show the same four things; the two system collections compose a JSON body:
///   atr.jobs  {"queue", "run_at_unix_ms", "attempt", "worker", "lease_token", "lease_until_unix_ms", "body"}
///             worker, token and until are null in a free job; a body that is not UTF-8 stands in "body_base64"
///   atr.keys  {"fingerprint", "commit_seq", "versions", "expires_unix_ms"}
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "catalog.hpp"

namespace storage_postgres {

/// The columns a SELECT must begin with so that read_record() understands its rows.
std::string record_columns(const Collection& collection);
/// How many these are.
int record_column_count(const Collection& collection);
atr::Record read_record(const Collection& collection, const Rows& rows, int row);

/// The records of `keys` that exist, in that order, all as of one moment, at which commit `min_seq` is there.
/// Errors: rejected  unknown collection
///         retry     the store has not reached that commit
atr::Result<std::vector<atr::Record>> read_records(Session& session, const Catalog& catalog,
                                                   const std::vector<atr::Key>& keys, std::uint64_t min_seq,
                                                   Deadline deadline);

atr::Error unknown_collection(const std::string& name);

}  // namespace storage_postgres
