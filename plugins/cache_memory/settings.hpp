/// What an operator may set of the in-process cache.
#pragma once

#include <atr/config.hpp>
#include <cstdint>

namespace cache_memory {

struct CacheSettings {
    std::int64_t max_bytes = 64 << 20;
    std::int64_t max_entry_bytes = 1 << 20;
};

inline atr::Config<CacheSettings> cache_config() {
    using S = CacheSettings;
    return atr::Config<S>{}
        .integer("max_bytes", &S::max_bytes, 64 << 10, std::int64_t{1} << 40, "bytes",
                 "Bound of all keys and values with their bookkeeping; what was not used lately is forgotten first")
        .integer("max_entry_bytes", &S::max_entry_bytes, 1 << 10, std::int64_t{1} << 30, "bytes",
                 "Largest key and value together; at most half of max_bytes");
}

}  // namespace cache_memory
