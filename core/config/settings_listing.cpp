#include "config/settings_listing.hpp"

#include <algorithm>

#include "config/overrides.hpp"
#include "config/settings_keys.hpp"
#include "config/shown_value.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

/// As a file would have it.
std::string written(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar) return node.plain ? node.text : '"' + node.text + '"';
    if (node.kind == YamlNode::Kind::null) return "null";
    std::string out;
    for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + written(item);
    for (const auto& entry : node.entries) out += (out.empty() ? "" : ", ") + entry.key + ": " + written(entry.value);
    return node.is_map() ? "{" + out + "}" : "[" + out + "]";
}

/// Values as they are in effect, and where each comes from.
class Shown {
public:
    explicit Shown(EnvLookup env) : env_(std::move(env)), hiding_(hide_secrets(env_)) {}

    ListedSetting of(std::string path, const YamlNode& node) const {
        YamlNode in_effect = node;
        Problems none;  // the same variables were just replaced without one
        expand_environment(in_effect, hiding_, none);
        return {std::move(path), without_passwords(written(in_effect)),
                node.at.to_string() + variables_of(written(node), env_)};
    }

private:
    const EnvLookup env_, hiding_;
};

/// Lists the core's settings from the tree, and from their defaults where it has none.
class Lister final : public SettingsVisitor {
public:
    Lister(const YamlNode& root, const Shown& shown, std::vector<ListedSetting>& out)
        : root_(root), shown_(shown), out_(out) {}

    void text(std::string_view path, std::string& value) override { add(path, '"' + value + '"'); }
    void choice(std::string_view path, std::string& value, const std::vector<std::string>&) override {
        add(path, value);
    }
    void texts(std::string_view path, std::vector<std::string>& value) override {
        std::string all;
        for (const auto& one : value) all += (all.empty() ? "" : ", ") + one;
        add(path, "[" + all + "]");
    }
    void tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t, atr::Decimal,
               std::int64_t) override {
        add(path, shown_tiers(value));
    }
    void flag(std::string_view path, bool& value) override { add(path, value ? "true" : "false"); }
    void integer(std::string_view path, std::int64_t& value, std::int64_t, std::int64_t) override {
        add(path, std::to_string(value));
    }
    void decimal(std::string_view path, atr::Decimal& value, atr::Decimal, atr::Decimal) override {
        add(path, value.to_string());
    }
    void milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t, std::int64_t) override {
        add(path, std::to_string(value.count()));
    }
    void seconds(std::string_view path, std::chrono::seconds& value, std::int64_t, std::int64_t) override {
        add(path, std::to_string(value.count()));
    }

private:
    void add(std::string_view path, std::string value) {
        const YamlNode* node = root_.find_path(path);
        out_.push_back(node ? shown_.of(std::string(path), *node)
                            : ListedSetting{std::string(path), std::move(value), "default"});
    }
    const YamlNode& root_;
    const Shown& shown_;
    std::vector<ListedSetting>& out_;
};

/// The settings of a plugin that the file does not give, from the plugin's own schema.
void list_defaults(const YamlNode* given, const Json& schema, const std::string& path,
                   std::vector<ListedSetting>& out) {
    if (!schema.is_object() || !schema.contains("properties")) return;
    for (const auto& [name, about] : schema["properties"].items()) {
        const bool is_given = given != nullptr && given->find(name) != nullptr;
        if (!is_given && about.is_object() && about.contains("default"))
            out.push_back({path + '.' + name, about["default"].dump(), "default"});
    }
}

struct SlotLister {
    const LoadOptions& options;
    const Shown& shown;
    std::string dir;
    std::vector<ListedSetting>& out;

    void list(std::string_view kind, const std::string& path, const YamlNode& slot) {
        PluginSlot named;
        if (const YamlNode* use = slot.find("use")) named.use = use->text;
        if (const YamlNode* pin = slot.find("sha256")) named.sha256 = pin->text;
        for (const auto& entry : slot.entries)
            if (entry.key == "config" || entry.key == "breaker")
                for (const auto& setting : entry.value.entries)
                    out.push_back(shown.of(path + '.' + entry.key + '.' + setting.key, setting.value));
            else
                out.push_back(shown.of(path + '.' + entry.key, entry.value));
        list_slot_defaults(slot, path);
        if (!options.plugin_schema) return;
        const auto schema = options.plugin_schema(kind, named, dir);
        if (schema) list_defaults(slot.find("config"), Json::parse(*schema, nullptr, false), path + ".config", out);
    }
    /// What the slot itself leaves out.
    void list_slot_defaults(const YamlNode& slot, const std::string& path) {
        const Json all = slot_defaults().flatten();  // an empty list becomes null
        for (const auto& [key, value] : all.items()) {
            std::string below = key.substr(1);
            std::replace(below.begin(), below.end(), '/', '.');
            const YamlNode* given = slot.find_path(below);
            if (given == nullptr) out.push_back({path + '.' + below, value.is_null() ? "[]" : value.dump(), "default"});
        }
    }
    void list_each(std::string_view kind, const std::string& path, const YamlNode* slots) {
        if (slots == nullptr) return;
        for (const auto& entry : slots->entries) list(kind, path + '.' + entry.key, entry.value);
    }
};

}  // namespace

std::string shown_tiers(const std::vector<TierSettings>& tiers) {
    std::string out;
    for (const auto& one : tiers)
        out += (out.empty() ? "{above: " : ", {above: ") + one.above.to_string() +
               ", approvals: " + std::to_string(one.approvals) + '}';
    return '[' + out + ']';
}

std::variant<std::vector<ListedSetting>, Problems> list_settings(const LoadOptions& options) {
    auto loaded = load_settings(options);
    if (auto* problems = std::get_if<Problems>(&loaded)) return std::move(*problems);
    auto& settings = std::get<Settings>(loaded);
    Problems problems;  // none: it was just read
    YamlNode root = read_yaml_file(options.file, problems);
    apply_overrides(root, options.overrides, problems);
    std::vector<ListedSetting> out;
    const Shown shown(environment_of(options));
    Lister lister(root, shown, out);
    visit_settings(settings, lister);
    SlotLister slots{options, shown, settings.plugins.dir, out};
    if (const YamlNode* storage = root.find_path("plugins.storage")) slots.list("storage", "plugins.storage", *storage);
    if (const YamlNode* cache = root.find_path("plugins.cache")) slots.list("cache", "plugins.cache", *cache);
    slots.list_each("rail", "plugins.rails", root.find_path("plugins.rails"));
    slots.list_each("parser", "plugins.parsers", root.find_path("plugins.parsers"));
    return out;
}

}  // namespace treasurer
