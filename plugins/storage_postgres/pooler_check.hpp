/// Whether a pooler between host and server hands one server session to several clients. Named prepared statements then
/// silently run another client's statement: the store must not start with them.
#pragma once

#include <atr/result.hpp>

#include "session_pool.hpp"

namespace storage_postgres {

/// Errors: rejected, ATR_E_CONFIG, when sessions are shared. Throws SqlError.
atr::Result<> check_no_shared_sessions(SessionPool& pool, Deadline deadline);

}  // namespace storage_postgres
