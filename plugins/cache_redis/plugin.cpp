#include <atr/plugin.hpp>

#include "redis_cache.hpp"

ATR_PLUGIN(atr::component<cache_redis::RedisCache>({.id = "treasurer.cache.redis",
                                                    .title = "Cache in Redis: one server, Sentinel or Cluster",
                                                    .version = "1.0.0",
                                                    .vendor = "Autonomous Treasurer",
                                                    .license = "Apache-2.0"}));
