/// Reads a settings file: YAML, ${ENV} in scalars, --set overrides, plugin settings checked against the plugin's own
/// schema. All problems are found in one go, each with its place.
/// Threads: call from one thread, at start; the result is plain data.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "config/environment.hpp"
#include "config/plugin_slots.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

namespace treasurer {

struct LoadOptions {
    std::string file;
    std::vector<std::string> overrides = {};  ///< "path.to.key=value", later ones win
    std::string data_dir = "./treasurer-data";
    std::string plugins_dir = {};  ///< default of plugins.dir
    EnvLookup env;
    SchemaLookup plugin_schema = {};  ///< empty: plugin settings are typed by YAML's own rules and not checked
};

/// What ${NAME} stands for in the file: TREASURER_DATA is the data folder.
EnvLookup environment_of(const LoadOptions& options);

/// Settings, or every problem found (at least one), in the order of the file.
std::variant<Settings, Problems> load_settings(const LoadOptions& options);

}  // namespace treasurer
