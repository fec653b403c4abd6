/// Documents under a key, each written once. Read in ranges, without loading the rest.
#pragma once

#include <atr/storage.hpp>

#include "write_transaction.hpp"

namespace storage_sqlite {

/// Ok also when the same bytes are there. Errors: conflict when others are.
atr::Result<> put_blob(WriteTransaction& transaction, const std::string& key, const std::string& bytes);

/// Up to `length` bytes from `offset`; none behind the end. Errors: not_found.
atr::Result<atr::Blob> get_blob(Connection& connection, const std::string& key, std::uint64_t offset,
                                std::uint64_t length);

}  // namespace storage_sqlite
