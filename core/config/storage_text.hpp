/// A storage named on the command line: PLUGIN:key=value,key=value, as in "NAME:path=/var/lib/treasurer.db".
#pragma once

#include <optional>
#include <string>

#include "config/plugin_slots.hpp"

namespace treasurer {

/// True when the text has that form; otherwise it names a settings file.
bool is_storage_text(const std::string& text);

/// The slot it names, checked against the plugin's own schema. A value runs to the next comma; one that has a comma
/// needs a settings file. Problems are added to `problems`, and the slot is then not to be used.
PluginSlot storage_from_text(const std::string& text, const SchemaLookup& schemas, const std::string& plugins_dir,
                             Problems& problems);

}  // namespace treasurer
