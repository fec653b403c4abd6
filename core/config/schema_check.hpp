/// Checks a JSON value against a JSON Schema, in the subset that means the same in draft 7 and 2020-12: type, enum,
/// const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern, required, properties,
/// additionalProperties, items (one schema for all), minItems, maxItems. Other keywords are taken as annotations; the
/// plugin checks for itself too. Time is linear in the value; what text_pattern.hpp leaves to the plugin counts as
/// right.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer {

struct SchemaProblem {
    std::string pointer;  ///< JSON pointer of the value
    std::string what;
    bool about_name = false;  ///< the name itself is wrong, not its value
};

/// A plugin's schema; nullopt: no JSON object, or nested more than 64 deep, which no stack need bear.
std::optional<nlohmann::json> read_schema(std::string_view text);

std::vector<SchemaProblem> check_schema(const nlohmann::json& value, const nlohmann::json& schema);

/// `key` as a reference token of a JSON pointer.
std::string pointer_token(const std::string& key);

}  // namespace treasurer
