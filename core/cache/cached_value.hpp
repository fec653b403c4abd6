/// One answer that is cached: under which key, and how it is read when it is not.
#pragma once

#include <string>
#include <utility>

#include "cache/cache_service.hpp"

namespace treasurer::cache {

/// Threads: any. Lifetime: the service and what the loader needs outlive it and its tasks.
class CachedValue {
public:
    CachedValue(CacheService& service, CacheKey key, CacheService::Loader loader)
        : service_(service), key_(key), loader_(std::move(loader)) {}

    /// See CacheService::peek().
    CacheService::Value peek(std::string_view reader = {}) const { return service_.peek(key_, loader_, reader); }
    /// See CacheService::not_given().
    void not_given() const { service_.not_given(key_.name); }
    /// See CacheService::get_or_load().
    Task<atr::Result<CacheService::Value>> get(std::string reader = {}) const {
        return service_.get_or_load(key_, loader_, std::move(reader));
    }
    /// What storage says, whatever is cached.
    Task<atr::Result<std::string>> load() const { return loader_(); }

private:
    CacheService& service_;
    const CacheKey key_;
    const CacheService::Loader loader_;
};

}  // namespace treasurer::cache
