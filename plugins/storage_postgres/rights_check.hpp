/// Whether the role may still read and write every table of the schema; a commit would find out too late.
#pragma once

#include <atr/result.hpp>
#include <string>

#include "session.hpp"

namespace storage_postgres {

/// Errors: retry, ATR_E_PERMISSION, naming a table. Throws SqlError when it cannot be asked.
atr::Result<> check_rights(Session& session, const std::string& schema, Deadline deadline);

}  // namespace storage_postgres
