#include "plugin/cache_plugin.hpp"

#include "plugin/border.hpp"
#include "plugin/normalise.hpp"

namespace treasurer {

using atr::Outcome;
using atr::Result;

namespace {

constexpr Operation op_get{0, "get", Outcome::retry};
constexpr Operation op_set{1, "set", Outcome::unknown};
constexpr Operation op_del{2, "del", Outcome::unknown};
constexpr Operation op_incr{3, "incr", Outcome::unknown};

}  // namespace

Result<std::unique_ptr<CachePlugin>> CachePlugin::make(PluginInstance& instance) {
    const auto table = normalise_cache(instance.find_interface(ATR_IF_CACHE));
    if (!table) return table.error();
    return std::unique_ptr<CachePlugin>(new CachePlugin(instance, *table));
}

Task<Result<atr::CacheEntry>> CachePlugin::get(std::string key, CallOptions options) {
    auto run = [function = table_.get, self = self_,
                key = std::move(key)](const atr_call& call) -> Result<atr::CacheEntry> {
        atr::Buffer out;
        std::int64_t ttl = 0;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, atr::borrow(key), out.sink(), &ttl, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return atr::CacheEntry{.value = std::move(out.bytes), .ttl_ms_left = ttl};
    };
    return instance_.call<atr::CacheEntry>(op_get, std::move(options), std::move(run));
}

Task<Result<>> CachePlugin::set(std::string key, std::string value, std::uint64_t version, Millis ttl,
                                std::uint32_t flags, CallOptions options) {
    auto run = [function = table_.set, self = self_, key = std::move(key), value = std::move(value), version, ttl,
                flags](const atr_call& call) -> Result<> {
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, atr::borrow(key), atr::borrow(value), version, ttl.count(), flags, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_set, std::move(options), std::move(run));
}

Task<Result<>> CachePlugin::del(std::vector<std::string> keys, CallOptions options) {
    auto run = [function = table_.del, self = self_, keys = std::move(keys)](const atr_call& call) -> Result<> {
        std::vector<atr_str> raw;
        raw.reserve(keys.size());
        for (const auto& key : keys) raw.push_back(atr::borrow(key));
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, raw.data(), static_cast<std::uint32_t>(raw.size()), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return {};
    };
    return instance_.call<atr::Unit>(op_del, std::move(options), std::move(run));
}

Task<Result<atr::CacheCounter>> CachePlugin::incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                                  CallOptions options) {
    auto run = [function = table_.incr, self = self_, key = std::move(key), by,
                ttl_on_create](const atr_call& call) -> Result<atr::CacheCounter> {
        atr::CacheCounter out;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, atr::borrow(key), by, ttl_on_create.count(), &out.value,
                                             &out.ttl_ms_left, error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return out;
    };
    return instance_.call<atr::CacheCounter>(op_incr, std::move(options), std::move(run));
}

Task<Result<std::string>> CachePlugin::health(CallOptions options) {
    return instance_.health(std::move(options));
}

}  // namespace treasurer
