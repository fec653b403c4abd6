/// A whole store as of one moment, collection by collection, in the order of the keys: what a copy is read from.
#pragma once

#include <atr/storage_copy.hpp>
#include <string>
#include <vector>

#include "catalog.hpp"

namespace storage_sqlite {

/// Sequences and collections of the moment that `connection`'s read transaction sees; a store that was never migrated
/// has none.
atr::OpenSnapshot describe_store(Connection& connection);

/// Records behind `after_key`: up to `limit`, or fewer once they are large together. Inside a read transaction.
/// Errors: rejected  unknown collection, or limit out of bounds
atr::Result<std::vector<atr::Record>> read_records_after(Connection& connection, const Catalog& catalog,
                                                         const std::string& collection, const std::string& after_key,
                                                         std::uint32_t limit);

}  // namespace storage_sqlite
