#include "config/plugin_config.hpp"

#include <algorithm>
#include <charconv>

#include "config/schema_check.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

bool expects(const Json& schema, const char* type) {
    const auto found = schema.is_object() ? schema.find("type") : schema.end();
    if (!schema.is_object() || found == schema.end()) return false;
    if (found->is_string()) return *found == type;
    return found->is_array() && std::find(found->begin(), found->end(), type) != found->end();
}

const Json& below(const Json& schema, const char* keyword) {
    static const Json none;
    if (!schema.is_object()) return none;
    const auto found = schema.find(keyword);
    return found == schema.end() ? none : *found;
}

/// YAML's core schema for plain scalars, without its octal and hexadecimal forms, infinities and NaN: those stay texts.
Json core_schema(const std::string& text) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(begin, end, whole); error == std::errc() && stop == end)
        return whole;
    const bool looks_numeric = text.find_first_not_of("0123456789+-.eE") == std::string::npos &&
                               text.find_first_of("0123456789") != std::string::npos;
    double real = 0;
    if (const auto [stop, error] = std::from_chars(begin, end, real);
        looks_numeric && error == std::errc() && stop == end)
        return real;
    return text;
}

Json scalar(const YamlNode& node, const Json& schema) {
    if (!node.plain || expects(schema, "string")) return node.text;
    return core_schema(node.text);
}

Json convert(const YamlNode& node, const Json& schema, const std::string& pointer, PluginConfigJson& out) {
    out.values.emplace(pointer, node.at);
    switch (node.kind) {
        case YamlNode::Kind::null:
            return pointer.empty() ? Json::object() : Json();
        case YamlNode::Kind::scalar:
            return scalar(node, schema);
        case YamlNode::Kind::list: {
            Json list = Json::array();
            for (const auto& item : node.items)
                list.push_back(convert(item, below(schema, "items"), pointer + '/' + std::to_string(list.size()), out));
            return list;
        }
        case YamlNode::Kind::map:
            break;
    }
    Json map = Json::object();
    for (const auto& entry : node.entries) {
        const std::string at = pointer + '/' + pointer_token(entry.key);
        out.names.emplace(at, entry.at);
        const Json& property = below(below(schema, "properties"), entry.key.c_str());
        map[entry.key] =
            convert(entry.value, property.is_null() ? below(schema, "additionalProperties") : property, at, out);
    }
    return map;
}

}  // namespace

PluginConfigJson to_json(const YamlNode& node, const Json& schema) {
    PluginConfigJson out;
    out.value = convert(node, schema, "", out);
    return out;
}

void check_plugin_config(const PluginConfigJson& config, const Json& schema, const std::string& path,
                         Problems& problems) {
    for (const auto& found : check_schema(config.value, schema)) {
        const auto& places = found.about_name ? config.names : config.values;
        const auto at = places.find(found.pointer);
        std::string name = path + found.pointer;
        std::replace(name.begin() + static_cast<std::ptrdiff_t>(path.size()), name.end(), '/', '.');
        problems.push_back({at != places.end() ? at->second : config.values.at(""), name + ": " + found.what});
    }
}

}  // namespace treasurer
