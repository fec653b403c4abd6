/// The plugins section: which plugin each slot uses, its threads and queue, and its own settings.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <atr/result.hpp>
#include "config/settings_reader.hpp"
#include "plugin/plugin_settings.hpp"

namespace treasurer {

/// Upper bounds of a slot's own keys.
inline constexpr std::int64_t max_plugin_threads = 1024, max_plugin_queue = 1 << 20;
inline constexpr std::int64_t most_breaker_failures = 1'000'000, longest_breaker_open_ms = 600'000;

/// The JSON Schema of the plugin that a slot uses: rejected with a clear line when there is none.
/// `kind` is "storage", "cache", "rail" or "parser"; `dir` is plugins.dir.
using SchemaLookup =
    std::function<atr::Result<std::string>(std::string_view kind, const PluginSlot& slot, const std::string& dir)>;

/// Reads plugins.storage, .cache, .rails.* and .parsers.* into `settings`, whose dir is already set.
void read_plugin_slots(const SchemaLookup& schemas, SettingsReader& reader, PluginSettings& settings,
                       Problems& problems);

}  // namespace treasurer
