#include "config/settings_listing.hpp"

#include "config/overrides.hpp"
#include "config/settings_keys.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

std::string written(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar) return node.plain ? node.text : '"' + node.text + '"';
    if (node.kind == YamlNode::Kind::null) return "null";
    std::string out;
    for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + written(item);
    for (const auto& entry : node.entries) out += (out.empty() ? "" : ", ") + entry.key + ": " + written(entry.value);
    return node.is_map() ? "{" + out + "}" : "[" + out + "]";
}

/// Lists the core's settings from the tree, and from their defaults where it has none.
class Lister final : public SettingsVisitor {
public:
    Lister(const YamlNode& root, std::vector<ListedSetting>& out) : root_(root), out_(out) {}

    void text(std::string_view path, std::string& value) override { add(path, '"' + value + '"'); }
    void choice(std::string_view path, std::string& value, const std::vector<std::string>&) override {
        add(path, value);
    }
    void texts(std::string_view path, std::vector<std::string>& value) override {
        std::string all;
        for (const auto& one : value) all += (all.empty() ? "" : ", ") + one;
        add(path, "[" + all + "]");
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
        out_.push_back({std::string(path), node ? written(*node) : std::move(value),
                        node ? node->at.to_string() : std::string("default")});
    }
    const YamlNode& root_;
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
    std::string dir;
    std::vector<ListedSetting>& out;

    void list(std::string_view kind, const std::string& path, const YamlNode& slot) {
        PluginSlot named;
        if (const YamlNode* use = slot.find("use")) named.use = use->text;
        if (const YamlNode* pin = slot.find("sha256")) named.sha256 = pin->text;
        for (const auto& entry : slot.entries)
            if (entry.key == "config")
                for (const auto& setting : entry.value.entries)
                    out.push_back({path + ".config." + setting.key, written(setting.value), setting.at.to_string()});
            else
                out.push_back({path + '.' + entry.key, written(entry.value), entry.value.at.to_string()});
        if (!options.plugin_schema) return;
        const auto schema = options.plugin_schema(kind, named, dir);
        if (schema) list_defaults(slot.find("config"), Json::parse(*schema, nullptr, false), path + ".config", out);
    }
    void list_each(std::string_view kind, const std::string& path, const YamlNode* slots) {
        if (slots == nullptr) return;
        for (const auto& entry : slots->entries) list(kind, path + '.' + entry.key, entry.value);
    }
};

}  // namespace

std::variant<std::vector<ListedSetting>, Problems> list_settings(const LoadOptions& options) {
    auto loaded = load_settings(options);
    if (auto* problems = std::get_if<Problems>(&loaded)) return std::move(*problems);
    auto& settings = std::get<Settings>(loaded);
    Problems problems;  // none: it was just read
    YamlNode root = read_yaml_file(options.file, problems);
    apply_overrides(root, options.overrides, problems);
    std::vector<ListedSetting> out;
    Lister lister(root, out);
    visit_settings(settings, lister);
    SlotLister slots{options, settings.plugins.dir, out};
    if (const YamlNode* storage = root.find_path("plugins.storage")) slots.list("storage", "plugins.storage", *storage);
    if (const YamlNode* cache = root.find_path("plugins.cache")) slots.list("cache", "plugins.cache", *cache);
    slots.list_each("rail", "plugins.rails", root.find_path("plugins.rails"));
    slots.list_each("parser", "plugins.parsers", root.find_path("plugins.parsers"));
    return out;
}

}  // namespace treasurer
