#include "config/plugin_slots.hpp"
#include "config/settings_keys.hpp"
#include "config/settings_listing.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

Json bounded(std::int64_t min, std::int64_t max) {
    return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}

Json decimal_within(const atr::Decimal& min, const atr::Decimal& max) {
    return {{"type", {"string", "number"}},
            {"pattern", min < atr::Decimal{} ? "^-?[0-9]+([.][0-9]+)?$" : "^[0-9]+([.][0-9]+)?$"},
            {"description", "a decimal, " + min.to_string() + " to " + max.to_string()}};
}

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
    void tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t most, atr::Decimal max,
               std::int64_t most_approvals) override {
        Json all = Json::array();
        for (const auto& one : value) all.push_back({{"above", one.above.to_string()}, {"approvals", one.approvals}});
        Json tier = closed_object();
        tier["properties"] = {{"above", decimal_within(0, max)}, {"approvals", bounded(2, most_approvals)}};
        tier["required"] = {"above", "approvals"};
        put(path, {{"type", "array"},
                   {"items", std::move(tier)},
                   {"maxItems", most},
                   {"default", std::move(all)},
                   {"description", "rises from tier to tier, in above and in approvals"}});
    }
    void flag(std::string_view path, bool& value) override { put(path, {{"type", "boolean"}, {"default", value}}); }
    void integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) override {
        put(path, whole(value, min, max));
    }
    void decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) override {
        Json about = decimal_within(min, max);
        about["default"] = value.to_string();
        put(path, std::move(about));
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
        Json out = bounded(min, max);
        out["default"] = value;
        return out;
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

/// Adds the defaults to a schema of the same shape.
void put_defaults(Json& properties, const Json& defaults) {
    for (const auto& [key, value] : defaults.items())
        if (value.is_object())
            put_defaults(properties[key]["properties"], value);
        else
            properties[key]["default"] = value;
}

Json slot_schema(std::string_view kind, const std::vector<KnownPlugin>& plugins) {
    Json out = closed_object();
    out["properties"] = {{"use", {{"type", "string"}}},
                         {"threads", bounded(0, max_plugin_threads)},
                         {"queue", bounded(1, max_plugin_queue)},
                         {"sha256", {{"type", "string"}, {"pattern", "^([0-9a-f]{64})?$"}}},
                         {"breaker",
                          {{"type", "object"},
                           {"properties",
                            {{"failures", bounded(0, most_breaker_failures)},
                             {"open_ms", bounded(1, longest_breaker_open_ms)},
                             {"open_max_ms", bounded(1, longest_breaker_open_ms)}}},
                           {"additionalProperties", false}}},
                         {"http_allow", {{"type", "array"}, {"items", {{"type", "string"}}}}},
                         {"config", {{"type", "object"}}}};
    put_defaults(out["properties"], slot_defaults());
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

Json slot_defaults() {
    const PluginSlot slot;
    return {{"threads", slot.threads},
            {"queue", slot.queue},
            {"sha256", slot.sha256},
            {"breaker",
             {{"failures", slot.breaker.failures},
              {"open_ms", slot.breaker.open.count()},
              {"open_max_ms", slot.breaker.open_max.count()}}},
            {"http_allow", slot.http_allow}};
}

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
    slots["required"] = {"storage", "cache"};
    writer.root["required"] = {"plugins"};
    writer.root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    writer.root["title"] = "Settings of Autonomous Treasurer";
    return std::move(writer.root);
}

}  // namespace treasurer
