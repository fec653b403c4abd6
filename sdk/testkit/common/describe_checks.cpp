// Stage describe: the settings a component declares.
#include <nlohmann/json.hpp>
#include <set>

#include "base/instance.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace {

using Json = nlohmann::json;

Json schema_of(Context& t) {
    const std::string text = atr::copy(load_component(t).config_schema_json);
    return Json::parse(text, nullptr, false);
}

void schema_is_json(Context& t) {
    const Json schema = schema_of(t);
    expect(schema.is_object(), "config_schema_json is a JSON object",
           atr::copy(load_component(t).config_schema_json).substr(0, 200));
    expect(schema.value("type", Json()) == "object", "\"type\": \"object\" at its top",
           schema.value("type", Json()).dump());
    const Json properties = schema.value("properties", Json::object());
    expect(properties.is_object(), "\"properties\" is an object", properties.dump().substr(0, 200));
    for (const auto& [name, property] : properties.items())
        expect(property.is_object(), "property '" + name + "' is a schema", property.dump().substr(0, 200));
}

bool fits(const Json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return value.is_null();
}

void schema_types(Context& t) {
    static const std::set<std::string> known = {"string", "integer", "number", "boolean", "array", "object", "null"};
    const Json schema = schema_of(t);
    if (!schema.is_object()) return;  // another check says so
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, property] : properties.items()) {
        if (!property.is_object() || !property.contains("type")) continue;
        std::vector<std::string> types;
        for (const Json& type : property["type"].is_array() ? property["type"] : Json::array({property["type"]})) {
            expect(type.is_string() && known.contains(type), "property '" + name + "' has a type of JSON Schema",
                   type.dump());
            types.push_back(type);
        }
        if (!property.contains("default")) continue;
        bool any = false;
        for (const auto& type : types) any = any || fits(property["default"], type);
        expect(any, "the default of '" + name + "' has its type", property["default"].dump());
    }
    const Json required = schema.value("required", Json::array());
    for (const Json& name : required)
        expect(name.is_string() && properties.contains(name.get<std::string>()), "every required setting is a property",
               name.dump());
}

}  // namespace

Checks describe_checks() {
    return {
        {.code = "ATR-DESCRIBE-001",
         .rule = "config_schema_json is a JSON Schema of an object.",
         .why = "The operator's YAML is checked against it, with line and column, before the plugin sees any of it.",
         .pitfall = "An escaped quote too few in a literal, or an array or null where the object should be.",
         .advice = "Let atr::Config write it, or begin with {\"type\":\"object\",\"properties\":{}}.",
         .run = schema_is_json,
         .stage = Stage::describe},
        {.code = "ATR-DESCRIBE-002",
         .rule = "Settings have the types of JSON Schema, and defaults that fit them.",
         .why = "A wrong type refuses the right setting, and a default that does not fit fails where nothing was set.",
         .pitfall = "\"int\" for \"integer\", or a number as default of a text.",
         .advice = "The host checks the operator's YAML against it before create().",
         .run = schema_types,
         .stage = Stage::describe},
    };
}

}  // namespace atr::testkit
