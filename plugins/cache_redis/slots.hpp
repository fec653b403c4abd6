/// Which of a cluster's 16384 slots a key belongs to.
#pragma once

#include <cstdint>
#include <string_view>

namespace cache_redis {

constexpr std::uint16_t slot_count = 16384;

/// CRC16/XMODEM, as the Redis Cluster specification has it.
std::uint16_t crc16(std::string_view bytes);

/// Of the part between the first { and the first } after it, where that is not empty; else of the whole key.
std::uint16_t slot_of(std::string_view key);

}  // namespace cache_redis
