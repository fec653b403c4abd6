/// What routes answer from the cache: of each key of core/cache/cache_keys.hpp, how it is read. What is cached is read
/// from the primary: a replica may show less to who asks later.
#pragma once

#include "cache/cached_value.hpp"
#include "http/routes/api_services.hpp"

namespace treasurer::http {

/// treasury::to_text() of the figures.
cache::CachedValue cached_balance(const ApiServices& services);
/// treasury::to_text() of what waits.
cache::CachedValue cached_waiting(const ApiServices& services);
/// treasury::LogsPage::to_text() of the first page without a filter.
cache::CachedValue cached_newest_logs(const ApiServices& services);
/// The policy's record.
cache::CachedValue cached_policy(const ApiServices& services);
/// What that has. Errors: those of reading it.
Task<atr::Result<Policy>> policy_of(const cache::CachedValue& cached);
/// What GET /api/settings/limits answers, and after it what /limit does, a line each.
cache::CachedValue cached_settings(const ApiServices& services);

/// {"limit","currency"} and {"auto_approval_limit","critical_runway_months","currency","paused"}, as JSON numbers.
std::string limit_json(const Policy& policy);
std::string limits_json(const Policy& policy);

}  // namespace treasurer::http
