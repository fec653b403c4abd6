/// Records written as they stand, versions and times included: how a copy is filled.
#pragma once

#include <atr/storage_copy.hpp>

#include "write_transaction.hpp"

namespace storage_sqlite {

/// Inside a write transaction. Sequences become at least those of the import, and the change feed begins behind them.
/// Errors: rejected  unknown collection, a counter that is no integer, a job or key whose body cannot be read
///         conflict  another record holds the same value in a unique index
/// Then nothing of it is applied.
atr::Result<> import_records(WriteTransaction& transaction, const atr::Import& import);

}  // namespace storage_sqlite
