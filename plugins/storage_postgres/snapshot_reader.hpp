/// A whole store as of one moment, collection by collection, in the order of the keys: what a copy is read from.
#pragma once

#include <atr/storage_copy.hpp>
#include <string>

#include "catalog.hpp"

namespace storage_postgres {

/// What a snapshot's first read tells.
struct StoreMoment {
    std::shared_ptr<const Catalog> catalog;  ///< as of the moment; empty when the store was never migrated
    atr::OpenSnapshot description;           ///< its id is not set
};

/// Inside a transaction that sees one moment.
StoreMoment describe_store(Session& session, const std::string& schema, Deadline deadline);

/// Records behind `after_key`: up to `limit`, or fewer once they are large together. Inside a transaction.
/// Errors: rejected  unknown collection, or limit out of bounds
atr::Result<std::vector<atr::Record>> read_records_after(Session& session, const Catalog& catalog,
                                                         const std::string& collection, const std::string& after_key,
                                                         std::uint32_t limit, Deadline deadline);

}  // namespace storage_postgres
