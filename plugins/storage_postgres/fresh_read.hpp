/// Reading what must show a commit that the caller knows of.
#pragma once

#include <atr/result.hpp>
#include <vector>

#include "session.hpp"

namespace storage_postgres {

/// The store's newest commit. In one read with other statements: put it first, so that they show that commit at least.
Statement newest_commit();

/// Errors: retry: `newest`, the answer to newest_commit(), is before `min_seq`. Such a commit was made to another
/// store, or is lost to a failover or a restore.
atr::Result<> check_reached(const Rows& newest, std::uint64_t min_seq);

/// Statements that only read, as of one moment, at which commit `min_seq` is there. Errors: as check_reached().
atr::Result<std::vector<Rows>> read_at_least(Session& session, std::vector<Statement> statements, std::uint64_t min_seq,
                                             Deadline deadline);

}  // namespace storage_postgres
