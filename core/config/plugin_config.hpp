/// A plugin's part of the YAML as JSON, each value's place kept, scalars typed by what the plugin's schema expects.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "config/problem.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

struct PluginConfigJson {
    nlohmann::json value;
    std::map<std::string, Position> values, names;  ///< by JSON pointer
};

/// Where the schema wants a text, the scalar is taken as written: `opening_balance: 100000.00` keeps its zeros.
/// Elsewhere unquoted scalars follow YAML's core schema. `schema` may be null.
PluginConfigJson to_json(const YamlNode& node, const nlohmann::json& schema);

/// Checks against the schema and adds what is wrong, with its place, to `problems`; `path` names the settings above.
void check_plugin_config(const PluginConfigJson& config, const nlohmann::json& schema, const std::string& path,
                         Problems& problems);

}  // namespace treasurer
