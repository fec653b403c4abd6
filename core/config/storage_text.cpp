#include "config/storage_text.hpp"

#include "config/plugin_config.hpp"

namespace treasurer {
namespace {

YamlNode node_of(std::string_view settings, const Position& at, Problems& problems) {
    YamlNode out;
    out.kind = YamlNode::Kind::map;
    out.at = at;
    while (!settings.empty()) {
        const std::string_view pair = settings.substr(0, settings.find(','));
        settings.remove_prefix(std::min(pair.size() + 1, settings.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            problems.push_back({at, "its settings are key=value,key=value"});
            continue;
        }
        YamlNode value;
        value.kind = YamlNode::Kind::scalar;
        value.at = at;
        value.text = pair.substr(equals + 1);
        out.entries.push_back({std::string(pair.substr(0, equals)), at, std::move(value)});
    }
    return out;
}

}  // namespace

bool is_storage_text(const std::string& text) {
    const auto colon = text.find(':');
    return colon != std::string::npos && colon > 0 && text.find('=', colon) != std::string::npos;
}

PluginSlot storage_from_text(const std::string& text, const SchemaLookup& schemas, const std::string& plugins_dir,
                             Problems& problems) {
    const auto colon = text.find(':');
    PluginSlot out;
    out.use = text.substr(0, colon);
    const Position at{out.use, 0, 0};  // the rest may hold a password
    const auto schema_text = schemas("storage", out, plugins_dir);
    if (!schema_text) {
        problems.push_back({at, schema_text.error().message});
        return out;
    }
    const auto schema = nlohmann::json::parse(*schema_text, nullptr, false);
    const PluginConfigJson config = to_json(node_of(std::string_view(text).substr(colon + 1), at, problems), schema);
    check_plugin_config(config, schema, "its settings", problems);
    out.config_json = config.value.dump();
    return out;
}

}  // namespace treasurer
