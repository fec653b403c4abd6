#include "config/settings_keys.hpp"
#include "config/settings_listing.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

Json closed_object() {
    return {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
}

/// Puts each setting into the schema at its path; defaults are those of the values visited.
class SchemaWriter final : public SettingsVisitor {
public:
    void text(std::string_view path, std::string& value) override {
        put(path, {{"type", "string"}, {"default", value}});
    }
    void choice(std::string_view path, std::string& value, const std::vector<std::string>& allowed) override {
        put(path, {{"enum", allowed}, {"default", value}});
    }
    void texts(std::string_view path, std::vector<std::string>& value) override {
        put(path, {{"type", "array"}, {"items", {{"type", "string"}}}, {"default", value}});
    }
    void flag(std::string_view path, bool& value) override { put(path, {{"type", "boolean"}, {"default", value}}); }
    void integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) override {
        put(path, whole(value, min, max));
    }
    void decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) override {
        put(path, {{"type", {"string", "number"}},
                   {"default", value.to_string()},
                   {"description", "a decimal, " + min.to_string() + " to " + max.to_string()}});
    }
    void milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t min,
                      std::int64_t max) override {
        put(path, whole(value.count(), min, max));
    }
    void seconds(std::string_view path, std::chrono::seconds& value, std::int64_t min, std::int64_t max) override {
        put(path, whole(value.count(), min, max));
    }

    Json root = closed_object();

private:
    static Json whole(std::int64_t value, std::int64_t min, std::int64_t max) {
        return {{"type", "integer"}, {"minimum", min}, {"maximum", max}, {"default", value}};
    }
    void put(std::string_view path, Json about) {
        Json* at = &root;
        for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
            Json& next = (*at)["properties"][std::string(path.substr(0, dot))];
            if (next.is_null()) next = closed_object();
            at = &next;
            path.remove_prefix(dot + 1);
        }
        (*at)["properties"][std::string(path)] = std::move(about);
    }
};

Json slot_schema(std::string_view kind, const std::vector<KnownPlugin>& plugins) {
    Json out = closed_object();
    out["properties"] = {{"use", {{"type", "string"}}},
                         {"threads", {{"type", "integer"}, {"minimum", 0}}},
                         {"queue", {{"type", "integer"}, {"minimum", 1}}},
                         {"sha256", {{"type", "string"}, {"pattern", "^([0-9a-f]{64})?$"}}},
                         {"breaker",
                          {{"type", "object"},
                           {"properties",
                            {{"failures", {{"type", "integer"}, {"minimum", 0}}},
                             {"open_ms", {{"type", "integer"}, {"minimum", 1}}},
                             {"open_max_ms", {{"type", "integer"}, {"minimum", 1}}}}},
                           {"additionalProperties", false}}},
                         {"http_allow", {{"type", "array"}, {"items", {{"type", "string"}}}}},
                         {"config", {{"type", "object"}}}};
    out["required"] = {"use"};
    out["allOf"] = Json::array();
    for (const auto& plugin : plugins)
        if (plugin.kind == kind)
            out["allOf"].push_back({{"if", {{"properties", {{"use", {{"const", plugin.use}}}}}}},
                                    {"then", {{"properties", {{"config", plugin.schema}}}}}});
    if (out["allOf"].empty()) out.erase("allOf");
    return out;
}

}  // namespace

Json settings_schema(const std::vector<KnownPlugin>& plugins) {
    SchemaWriter writer;
    Settings defaults;
    visit_settings(defaults, writer);
    Json& slots = writer.root["properties"]["plugins"];
    if (slots.is_null()) slots = closed_object();
    slots["properties"]["storage"] = slot_schema("storage", plugins);
    slots["properties"]["cache"] = slot_schema("cache", plugins);
    slots["properties"]["rails"] = {{"type", "object"}, {"additionalProperties", slot_schema("rail", plugins)}};
    slots["properties"]["parsers"] = {{"type", "object"}, {"additionalProperties", slot_schema("parser", plugins)}};
    writer.root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    writer.root["title"] = "Settings of Autonomous Treasurer";
    return std::move(writer.root);
}

}  // namespace treasurer
