/// All plugin instances of a host, by the names the settings give them. Knows kinds, never a named plugin.
/// Threads: load and stop from one thread; accessors and what they return from any. Lifetime: the executor, the clock
/// and the sinks outlive it; stop() it before the executor stops.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_settings.hpp"
#include "ports/cache_port.hpp"
#include "ports/parser_port.hpp"
#include "ports/rail_port.hpp"
#include "ports/storage_copy_port.hpp"
#include "ports/storage_port.hpp"

namespace treasurer {

/// Which kinds to start: the command line often needs one only.
struct WantedPlugins {
    bool storage = true, cache = true, rails = true, parsers = true;
};
inline constexpr WantedPlugins storage_only{.storage = true, .cache = false, .rails = false, .parsers = false};

class PluginSet {
public:
    using Rails = std::map<std::string, std::unique_ptr<RailPort>, std::less<>>;
    using Parsers = std::map<std::string, std::unique_ptr<ParserPort>, std::less<>>;

    /// Errors: one line that names the instance, the plugin and what to do.
    static atr::Result<std::unique_ptr<PluginSet>> load(const PluginSettings& settings, PluginHost host,
                                                        WantedPlugins wanted = {});
    ~PluginSet();

    StoragePort& storage() const { return *storage_; }                     ///< only when wanted
    StorageCopyPort* storage_copy() const { return storage_copy_.get(); }  ///< nullptr: it offers no copies
    CachePort& cache() const { return *cache_; }                           ///< only when wanted
    bool has_cache() const { return cache_ != nullptr; }
    const Rails& rails() const { return rails_; }
    const Parsers& parsers() const { return parsers_; }
    RailPort* rail(std::string_view name) const;      ///< nullptr: no such instance
    ParserPort* parser(std::string_view name) const;  ///< nullptr: no such instance

    std::vector<InstanceSnapshot> snapshot() const;
    void stop();

private:
    PluginSet() = default;
    atr::Result<> start(const PluginSettings& settings, const PluginHost& host, WantedPlugins wanted);

    std::vector<std::shared_ptr<PluginInstance>> instances_;
    std::unique_ptr<StoragePort> storage_;
    std::unique_ptr<StorageCopyPort> storage_copy_;
    std::unique_ptr<CachePort> cache_;
    Rails rails_;
    Parsers parsers_;
};

}  // namespace treasurer
