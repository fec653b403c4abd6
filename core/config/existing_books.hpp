/// Opening a storage only where its books are there already.
#pragma once

#include "config/plugin_slots.hpp"

namespace treasurer {

/// A storage plugin that makes its own files says so by a boolean setting `create`: this sets it to false, so that a
/// wrong path makes no new, empty books. Other plugins' settings stay as they are.
void forbid_new_books(PluginSlot& slot, const SchemaLookup& schemas, const std::string& plugins_dir);

}  // namespace treasurer
