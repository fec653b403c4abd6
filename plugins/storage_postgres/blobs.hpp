/// Documents under a key, each written once. Read in ranges, without loading the rest.
#pragma once

#include <atr/storage.hpp>

#include "clock.hpp"
#include "session.hpp"

namespace storage_postgres {

/// Ok also when the same bytes are there. Errors: conflict when others are.
atr::Result<> put_blob(Session& session, const Clock& clock, const std::string& key, std::string_view bytes,
                       Deadline deadline);

/// Up to `length` bytes from `offset`; none behind the end. Errors: not_found.
atr::Result<atr::Blob> get_blob(Session& session, const std::string& key, std::uint64_t offset, std::uint64_t length,
                                Deadline deadline);

}  // namespace storage_postgres
