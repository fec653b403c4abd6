/// Records written as they stand, versions and times included: how a copy is filled.
#pragma once

#include <atr/storage_copy.hpp>

#include "catalog.hpp"

namespace storage_postgres {

/// One transaction of a few multi-row statements. Sequences become at least those of the import; where that raises the
/// commit sequence, the change feed begins behind it.
/// Errors: rejected  unknown collection, a counter that is no integer, a job or key whose body cannot be read
///         conflict  another record holds the same value in a unique index
/// Then nothing of it is applied. Throws SqlError.
atr::Result<> import_records(Session& session, const Catalog& catalog, const atr::Import& import, Deadline deadline);

}  // namespace storage_postgres
