/// Whether a pooler between host and server hands one server session to several clients. Named prepared statements then
/// silently run another client's statement: nothing may be asked through them.
#pragma once

#include <atr/result.hpp>
#include <functional>
#include <memory>

#include "session.hpp"

namespace storage_postgres {

/// Compares `first` with what `another` opens beside it, which is asked only where a pooler is seen.
/// Errors: rejected, ATR_E_CONFIG, when sessions are shared; those of `another`. Throws SqlError.
atr::Result<> check_not_shared(Session& first, const std::function<atr::Result<std::unique_ptr<Session>>()>& another,
                               Deadline deadline);

}  // namespace storage_postgres
