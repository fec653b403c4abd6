/// Reads a settings file: YAML, ${ENV} in scalars, --set overrides, plugin settings checked against the plugin's own
/// schema. All problems are found in one go, each with its place.
/// Threads: call from one thread, at start; the result is plain data.
#pragma once

#include <atr/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace treasurer {

/// Where a value came from: a file's line and column, from 1, or "--set path" (line 0).
struct Position {
    std::string source;
    int line = 0;
    int column = 0;
    std::string to_string() const;  ///< "treasurer.yaml:12:3" or "--set server.port"
};

struct Problem {
    Position at;
    std::string what;
    std::string to_string() const;  ///< "treasurer.yaml:12:3: unknown setting 'prot' (did you mean 'port'?)"
};

/// The value of an environment variable, or nullopt. Injected: nothing below app/ reads the environment.
using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// The JSON Schema of the plugin that `use` names: rejected with a clear line when there is none.
/// `kind` is "storage", "cache", "rail" or "parser"; `dir` is plugins.dir.
using SchemaLookup =
    std::function<atr::Result<std::string>(std::string_view kind, const std::string& use, const std::string& dir)>;

struct LoadOptions {
    std::string file;
    std::vector<std::string> overrides = {};  ///< "path.to.key=value", later ones win
    std::string data_dir = "./treasurer-data";
    std::string plugins_dir = {};  ///< default of plugins.dir
    EnvLookup env;
    SchemaLookup plugin_schema = {};  ///< empty: plugin settings are typed by YAML's own rules and not checked
};

using Problems = std::vector<Problem>;

/// Settings, or every problem found (at least one), in the order of the file.
std::variant<Settings, Problems> load_settings(const LoadOptions& options);

}  // namespace treasurer
