/// How an entry stands in Redis: as one string, the head and then the value's bytes.
///
///     atr1  v|t  version: 20 digits  memory: 10 digits, ms
///
/// v: a value. t: a tombstone, the version of what was deleted. The key lives for `memory` longer than its value, so
/// that the version is known when the value is gone; an unversioned value has no memory. A string without a head, such
/// as a counter that incr created, is a value without a version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cache_redis {

inline constexpr std::size_t head_size = 35;

/// 20 digits.
std::string version_text(std::uint64_t version);

struct StoredValue {
    std::string_view value;
    std::int64_t ttl_ms_left = 0;
};

/// The value, when there is one that lives. `key_ms_left` is what PTTL says of the key; -1: it never expires.
std::optional<StoredValue> read_entry(std::string_view stored, std::int64_t key_ms_left);

}  // namespace cache_redis
