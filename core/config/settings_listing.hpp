/// Every setting with its value and where that comes from, and the JSON Schema of a settings file.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "config/loader.hpp"

namespace treasurer {

struct ListedSetting {
    std::string path;
    std::string value;  ///< the one in effect; passwords, and variables whose names speak of secrets, are "(hidden)"
    std::string where;  ///< "treasurer.yaml:12:3", "--set server.port" or "default", then ", from ${NAME}"
};

/// In the order of the file config/embedded.yaml, plugins last. Problems: those of load_settings().
std::variant<std::vector<ListedSetting>, Problems> list_settings(const LoadOptions& options);

/// As a file would have them: "[{above: 10000, approvals: 2}]".
std::string shown_tiers(const std::vector<TierSettings>& tiers);

/// What the keys of a plugin's slot (`plugins.storage` and the like) are where the file does not give them, as JSON of
/// the slot's own shape; `use` and `config` have no default.
nlohmann::json slot_defaults();

/// What is known of one plugin: what `use` would name it, its kind and the schema of its settings.
struct KnownPlugin {
    std::string use, kind;
    nlohmann::json schema;
};

/// A JSON Schema (2020-12) of the whole file, with the settings of each known plugin where it is used.
nlohmann::json settings_schema(const std::vector<KnownPlugin>& plugins);

}  // namespace treasurer
