#include "plugin/plugin_set.hpp"

#include <algorithm>
#include <thread>

#include "plugin/cache_plugin.hpp"
#include "plugin/parser_plugin.hpp"
#include "plugin/rail_plugin.hpp"
#include "plugin/storage_copy_plugin.hpp"
#include "plugin/storage_plugin.hpp"

namespace treasurer {

namespace {

constexpr Millis patience{5000};  ///< for describe() at start

unsigned default_threads(std::string_view kind) {
    if (kind == "storage") return 4;
    if (kind == "cache") return 2;
    if (kind == "rail") return 64;
    return std::max(std::thread::hardware_concurrency(), 1u);
}

unsigned threads_of(const PluginSlot& slot, std::string_view kind) {
    if (slot.threads > 0) return slot.threads;
    return slot.most_threads > 0 ? std::min(slot.most_threads, default_threads(kind)) : default_threads(kind);
}

atr::Error placed(const std::string& path, atr::Error error) {
    error.message = "plugins." + path + ": " + error.message;
    return error;
}

/// Opens the plugin of one slot and creates its instance.
atr::Result<std::shared_ptr<PluginInstance>> start_instance(const PluginSlot& slot, const std::string& dir,
                                                            std::string_view kind, const std::string& name,
                                                            const PluginHost& host) {
    auto library = PluginLibrary::load(plugin_file(slot.use, dir), slot.sha256);
    if (!library) return library.error();
    const auto component = (*library)->component(kind);
    if (!component) return component.error();
    InstanceSettings settings{.name = name,
                              .threads = threads_of(slot, kind),
                              .queue = slot.queue,
                              .config_json = slot.config_json,
                              .breaker = slot.breaker,
                              .http_allow = slot.http_allow};
    auto instance = PluginInstance::create(*library, **component, std::move(settings), host);
    if (!instance) return instance.error();
    return std::shared_ptr<PluginInstance>(std::move(*instance));
}

template <class Made, class Port>
atr::Result<> keep(atr::Result<Made> made, Port& port) {
    if (!made) return made.error();
    port = std::move(*made);
    return {};
}

}  // namespace

atr::Result<std::unique_ptr<PluginSet>> PluginSet::load(const PluginSettings& settings, PluginHost host,
                                                        WantedPlugins wanted) {
    std::unique_ptr<PluginSet> out(new PluginSet());
    const auto started = out->start(settings, host, wanted);
    if (!started) return started.error();
    return out;
}

atr::Result<> PluginSet::start(const PluginSettings& settings, const PluginHost& host, WantedPlugins wanted) {
    const auto one = [&](const PluginSlot& slot, std::string_view kind, const std::string& path,
                         const std::string& name, auto&& make_port) -> atr::Result<> {
        auto instance = start_instance(slot, settings.dir, kind, name, host);
        if (!instance) return placed(path, instance.error());
        instances_.push_back(*instance);
        const atr::Result<> ported = make_port(**instance);
        if (!ported) return placed(path, ported.error());
        return {};
    };
    if (wanted.storage) {
        const auto done = one(settings.storage, "storage", "storage", "storage", [&](PluginInstance& made) {
            const auto ported = keep(StoragePlugin::make(made), storage_);
            return ported ? keep(StorageCopyPlugin::make(made), storage_copy_) : ported;
        });
        if (!done) return done;
    }
    if (wanted.cache) {
        const auto done = one(settings.cache, "cache", "cache", "cache",
                              [&](PluginInstance& made) { return keep(CachePlugin::make(made), cache_); });
        if (!done) return done;
    }
    for (const auto& [name, slot] : settings.rails) {
        if (!wanted.rails) break;
        const auto done = one(slot, "rail", "rails." + name, name, [&, &id = name](PluginInstance& made) {
            return keep(RailPlugin::make(made, patience), rails_[id]);
        });
        if (!done) return done;
    }
    for (const auto& [name, slot] : settings.parsers) {
        if (!wanted.parsers) break;
        const auto done = one(slot, "parser", "parsers." + name, name, [&, &id = name](PluginInstance& made) {
            return keep(ParserPlugin::make(made, patience), parsers_[id]);
        });
        if (!done) return done;
    }
    return {};
}

PluginSet::~PluginSet() {
    stop();
}

RailPort* PluginSet::rail(std::string_view name) const {
    const auto at = rails_.find(name);
    return at == rails_.end() ? nullptr : at->second.get();
}

ParserPort* PluginSet::parser(std::string_view name) const {
    const auto at = parsers_.find(name);
    return at == parsers_.end() ? nullptr : at->second.get();
}

std::vector<InstanceSnapshot> PluginSet::snapshot() const {
    std::vector<InstanceSnapshot> out;
    for (const auto& instance : instances_) out.push_back(instance->snapshot());
    return out;
}

void PluginSet::stop() {
    for (const auto& instance : instances_) instance->stop();
}

}  // namespace treasurer
