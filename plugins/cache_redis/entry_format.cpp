#include "entry_format.hpp"

#include <algorithm>
#include <charconv>

namespace cache_redis {

std::string version_text(std::uint64_t version) {
    const std::string digits = std::to_string(version);
    return std::string(20 - digits.size(), '0') + digits;
}

std::optional<StoredValue> read_entry(std::string_view stored, std::int64_t key_ms_left) {
    if (key_ms_left == -2 || key_ms_left == 0) return std::nullopt;
    if (stored.size() < head_size || !stored.starts_with("atr1"))
        return StoredValue{stored, std::max<std::int64_t>(key_ms_left, 0)};
    const std::string_view digits = stored.substr(25, 10);
    std::int64_t memory = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), memory);
    const bool readable = error == std::errc{} && end == digits.data() + digits.size();
    if (!readable || stored[4] != 'v' || key_ms_left <= memory) return std::nullopt;
    return StoredValue{stored.substr(head_size), key_ms_left - memory};
}

}  // namespace cache_redis
