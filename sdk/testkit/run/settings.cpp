#include <atr/testkit.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace atr::testkit {

namespace {

using Json = nlohmann::json;

Json typed(const std::string& text, const Json& schema) {
    const Json type = schema.is_object() ? schema.value("type", Json()) : Json();
    if (type == "string") return text;
    const Json read = Json::parse(text, nullptr, false);
    return read.is_discarded() ? Json(text) : read;
}

}  // namespace

std::string with_settings(const std::string& config_json, const std::vector<std::string>& settings,
                          const std::string& schema_json) {
    Json config = Json::parse(config_json, nullptr, false);
    if (!config.is_object()) throw std::invalid_argument("the plugin's configuration is not a JSON object");
    const Json schema = Json::parse(schema_json.empty() ? "{}" : schema_json, nullptr, false);
    for (const auto& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos || equals == 0)
            throw std::invalid_argument("--config " + setting + ": not KEY=VALUE");
        Json* at = &config;
        Json below = schema;
        std::string path = setting.substr(0, equals);
        for (std::size_t dot; (dot = path.find('.')) != std::string::npos; path = path.substr(dot + 1)) {
            at = &(*at)[path.substr(0, dot)];
            below = below.is_object() ? below.value("properties", Json::object()).value(path.substr(0, dot), Json())
                                      : Json();
        }
        below = below.is_object() ? below.value("properties", Json::object()).value(path, Json()) : Json();
        (*at)[path] = typed(setting.substr(equals + 1), below);
    }
    return config.dump();
}

}  // namespace atr::testkit
