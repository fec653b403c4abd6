/// Opens the database file, or makes it, and explains why it cannot.
#pragma once

#include <atr/result.hpp>
#include <memory>
#include <string>

#include "connection.hpp"

namespace storage_sqlite {

/// The connection that writes, with the write-ahead log switched on.
/// Errors: rejected: ATR_E_CONFIG, ATR_E_PERMISSION, ATR_E_CORRUPT, ATR_E_LIMIT (disk full), each naming the file and
/// what to do.
atr::Result<std::unique_ptr<Connection>> open_database(const std::string& instance, const Connection::Options& options);

}  // namespace storage_sqlite
