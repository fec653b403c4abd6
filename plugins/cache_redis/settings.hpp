/// What an operator may set of the Redis cache, and what of it makes no sense together.
#pragma once

#include <atr/config.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cache_redis {

using Millis = std::chrono::milliseconds;

struct RedisSettings {
    std::string mode = "standalone";
    std::vector<std::string> addresses = {"127.0.0.1:6379"};
    std::string master = "";
    std::string username = "";
    std::string password = "";
    std::string sentinel_username = "";
    std::string sentinel_password = "";
    std::int64_t database = 0;
    std::string prefix = "at:";
    bool tls = false;
    std::string tls_ca_file = "";
    std::string tls_cert_file = "";
    std::string tls_key_file = "";
    std::string tls_server_name = "";
    std::int64_t connections = 8;
    std::int64_t pipeline = 64;
    Millis connect_timeout{1000};
    Millis reply_timeout{1000};
    Millis back_off_min{50};
    Millis back_off_max{2000};
    Millis version_memory{60'000};
    std::int64_t max_entry_bytes = 1 << 20;
    Millis bus_ping{1000};
};

atr::Config<RedisSettings> redis_config();

/// Errors: rejected, ATR_E_CONFIG, naming the setting.
atr::Result<> check(const RedisSettings&);

}  // namespace cache_redis
