/// The cache as the core sees it: it may forget everything at any moment, and being away must only make things slower.
#pragma once

#include <atr/cache.hpp>
#include <string>
#include <vector>

#include "ports/call_options.hpp"

namespace treasurer {

class CachePort {
public:
    virtual ~CachePort() = default;
    virtual Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions options) = 0;
    virtual Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl,
                                    std::uint32_t flags, CallOptions options) = 0;
    virtual Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions options) = 0;
    virtual Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                                      CallOptions options) = 0;
    virtual Task<atr::Result<std::string>> health(CallOptions options) = 0;
};

}  // namespace treasurer
