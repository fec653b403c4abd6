/// The words that every command of the kit understands: KEY=VALUE settings into JSON, depths and formats.
#pragma once

#include <atr/testkit.hpp>
#include <string>
#include <vector>

namespace atr::testkit {

/// Adds "key=value" settings to the JSON object `config_json`, each with the type that `schema_json` gives it, else as it
/// reads: true, 5, [..], {..}, text. "a.b=1" sets b within a. Throws std::invalid_argument.
std::string with_settings(const std::string& config_json, const std::vector<std::string>& settings,
                          const std::string& schema_json);

}  // namespace atr::testkit
