/// CachePort over a cache plugin's table.
/// Threads: any. Lifetime: the instance outlives it and its calls.
#pragma once

#include <memory>

#include "plugin/plugin_instance.hpp"
#include "ports/cache_port.hpp"

namespace treasurer {

class CachePlugin final : public CachePort {
public:
    static atr::Result<std::unique_ptr<CachePlugin>> make(PluginInstance& instance);

    Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions options) override;
    Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl, std::uint32_t flags,
                            CallOptions options) override;
    Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions options) override;
    Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    CachePlugin(PluginInstance& instance, const atr_cache& table)
        : instance_(instance), table_(table), self_(instance.self()) {}

    PluginInstance& instance_;
    const atr_cache table_;
    void* const self_;
};

}  // namespace treasurer
