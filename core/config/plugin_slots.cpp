#include "config/plugin_slots.hpp"

#include <algorithm>

#include "config/plugin_config.hpp"
#include "config/schema_check.hpp"
#include "net/allowed_origins.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_instance_name = 32;

bool is_instance_name(std::string_view name) {
    if (name.empty() || name.size() > max_instance_name || !(name.front() >= 'a' && name.front() <= 'z')) return false;
    for (const char c : name)
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
    return true;
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class SlotReader {
public:
    SlotReader(const SchemaLookup& schemas, SettingsReader& reader, std::string dir, Problems& problems)
        : schemas_(schemas), reader_(reader), dir_(std::move(dir)), problems_(problems) {}

    void one(const std::string& kind, const std::string& path, PluginSlot& slot) {
        std::int64_t threads = slot.threads, queue = static_cast<std::int64_t>(slot.queue);
        reader_.text(path + ".use", slot.use);
        reader_.integer(path + ".threads", threads, 0, max_plugin_threads);
        reader_.integer(path + ".queue", queue, 1, max_plugin_queue);
        slot.threads = static_cast<unsigned>(threads);
        slot.queue = static_cast<std::size_t>(queue);
        reader_.text(path + ".sha256", slot.sha256);
        if (!slot.sha256.empty() && !is_sha256(slot.sha256))
            problems_.push_back({reader_.position(path + ".sha256"),
                                 path + ".sha256: must be 64 lower-case hex digits, as sha256sum prints them"});
        read_breaker(path + ".breaker", slot.breaker);
        reader_.texts(path + ".http_allow", slot.http_allow);
        for (const auto& origin : slot.http_allow)
            if (const std::string fault = net::fault_in_allowed(origin); !fault.empty())
                problems_.push_back(
                    {reader_.position(path + ".http_allow"), path + ".http_allow: '" + origin + "' " + fault});
        if (slot.use.empty()) problems_.push_back({reader_.position(path), path + ".use: name the plugin to use"});
        read_config(kind, path, slot);
    }

    void each(const std::string& kind, const std::string& path, std::map<std::string, PluginSlot>& slots) {
        const YamlNode* all = reader_.section(path);
        if (all == nullptr) return;
        for (const auto& entry : all->entries) {
            if (is_instance_name(entry.key))
                one(kind, path + '.' + entry.key, slots[entry.key]);
            else
                refuse_name(path, entry);
        }
    }

private:
    void read_breaker(const std::string& path, BreakerSettings& breaker) {
        std::int64_t failures = breaker.failures;
        reader_.integer(path + ".failures", failures, 0, most_breaker_failures);
        breaker.failures = static_cast<unsigned>(failures);
        reader_.milliseconds(path + ".open_ms", breaker.open, 1, longest_breaker_open_ms);
        reader_.milliseconds(path + ".open_max_ms", breaker.open_max, 1, longest_breaker_open_ms);
        if (breaker.open <= breaker.open_max) return;
        const bool given = reader_.section(path + ".open_max_ms") != nullptr;
        problems_.push_back({reader_.position(path + (given ? ".open_max_ms" : ".open_ms")),
                             path + ".open_max_ms: must be at least open_ms, " + std::to_string(breaker.open.count()) +
                                 "; it is " + std::to_string(breaker.open_max.count())});
    }

    void refuse_name(const std::string& path, const YamlEntry& entry) {
        reader_.raw(path + '.' + entry.key);
        problems_.push_back(
            {entry.at, path + ": '" + entry.key + "' is no name for an instance (a-z, then a-z 0-9 _ -, at most 32)"});
    }

    void read_config(const std::string& kind, const std::string& path, PluginSlot& slot) {
        static const YamlNode nothing;
        const YamlNode* given = reader_.raw(path + ".config");
        YamlNode placed = given != nullptr ? *given : nothing;
        if (given == nullptr) placed.at = reader_.position(path);
        if (!placed.is_map() && placed.kind != YamlNode::Kind::null) {
            problems_.push_back({placed.at, path + ".config: must be a map of settings"});
            return;
        }
        const Json schema = read_schema(kind, path, slot);
        const PluginConfigJson config = to_json(placed, schema);
        if (!schema.is_null()) check_plugin_config(config, schema, path + ".config", problems_);
        bound_threads(path, slot, schema, config.value);
        slot.config_json = config.value.dump();
    }

    /// Against the settings of which the plugin says that they bound how many threads can work at once.
    void bound_threads(const std::string& path, PluginSlot& slot, const Json& schema, const Json& config) {
        if (!schema.is_object() || !schema.contains("properties") || !schema["properties"].is_object()) return;
        for (const auto& [name, about] : schema["properties"].items()) {
            if (!about.is_object() || about.value("x-bounds-threads", Json()) != Json(true)) continue;
            const Json bound =
                config.is_object() && config.contains(name) ? config[name] : about.value("default", Json());
            if (!bound.is_number_integer() || bound < 1) continue;
            const auto most = static_cast<unsigned>(std::min(bound.get<std::int64_t>(), max_plugin_threads));
            slot.most_threads = slot.most_threads > 0 ? std::min(slot.most_threads, most) : most;
            if (slot.threads <= most) continue;
            problems_.push_back({reader_.position(path + ".threads"),
                                 path + ".threads: must be at most config." + name + ", " + bound.dump() +
                                     ", since each thread needs one; it is " + std::to_string(slot.threads)});
        }
    }

    Json read_schema(const std::string& kind, const std::string& path, const PluginSlot& slot) {
        if (!schemas_ || slot.use.empty() || (!slot.sha256.empty() && !is_sha256(slot.sha256))) return {};
        const auto text = schemas_(kind, slot, dir_);
        if (!text) {
            problems_.push_back({reader_.position(path + ".use"), path + ".use: " + text.error().message});
            return {};
        }
        if (auto schema = treasurer::read_schema(*text)) return *std::move(schema);
        problems_.push_back({reader_.position(path + ".use"),
                             path + ".use: the plugin's schema is no JSON object, or nested more than 64 deep"});
        return {};
    }

    const SchemaLookup& schemas_;
    SettingsReader& reader_;
    const std::string dir_;
    Problems& problems_;
};

}  // namespace

void read_plugin_slots(const SchemaLookup& schemas, SettingsReader& reader, PluginSettings& settings,
                       Problems& problems) {
    SlotReader slots(schemas, reader, settings.dir, problems);
    slots.one("storage", "plugins.storage", settings.storage);
    slots.one("cache", "plugins.cache", settings.cache);
    slots.each("rail", "plugins.rails", settings.rails);
    slots.each("parser", "plugins.parsers", settings.parsers);
}

}  // namespace treasurer
