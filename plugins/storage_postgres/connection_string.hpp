/// From what the operator wrote to what libpq connects with.
#pragma once

#include <atr/plugin.hpp>
#include <string>

#include "session.hpp"
#include "settings.hpp"

namespace storage_postgres {

/// What can be said of the settings without a network. Errors: rejected, ATR_E_CONFIG, naming the setting.
atr::Result<> check_settings(const Settings& settings);

/// libpq's "name='value' ..." for `url`. `writes`: of several hosts the one that accepts writes.
/// Errors: rejected, ATR_E_CONFIG.
atr::Result<std::string> connection_string(const Settings& settings, const std::string& url, bool writes,
                                           const std::string& password);

/// What every transaction of the store is run with.
std::vector<std::string> session_settings(const Settings& settings);

}  // namespace storage_postgres
