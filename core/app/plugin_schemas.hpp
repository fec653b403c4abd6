/// The settings' schemas that plugins bring with them.
#pragma once

#include "config/settings_listing.hpp"

namespace treasurer::app {

/// The schema of the component that a slot uses, read from the plugin itself.
atr::Result<std::string> schema_of(std::string_view kind, const PluginSlot& slot, const std::string& dir);

/// Every plugin of a folder that loads. Errors: the folder cannot be read.
atr::Result<std::vector<KnownPlugin>> known_plugins(const std::string& dir);

}  // namespace treasurer::app
