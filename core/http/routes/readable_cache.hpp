/// The cache as the routes read it: an entry that they could not read (another version's, or a stranger's) is as good
/// as none, so that it is loaded anew and written over.
#pragma once

#include <string_view>

#include "ports/cache_port.hpp"

namespace treasurer::http {

/// True if routes can answer by `text`, cached under the key `name` of core/cache/cache_keys.hpp.
bool is_readable(std::string_view name, std::string_view text);

/// Threads: any. Lifetime: `behind` outlives it.
class ReadableCache final : public CachePort {
public:
    explicit ReadableCache(CachePort& behind) : behind_(behind) {}

    /// Also not_found: an entry of the cache service with a text that is not readable.
    Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions options) override;
    Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl, std::uint32_t flags,
                            CallOptions options) override;
    Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions options) override;
    Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    CachePort& behind_;
};

}  // namespace treasurer::http
