#include <atr/plugin.hpp>

#include "memory_cache.hpp"

ATR_PLUGIN(atr::component<cache_memory::MemoryCache>({.id = "treasurer.cache.memory",
                                                      .title = "Cache in the memory of the process",
                                                      .version = "1.0.0",
                                                      .vendor = "Autonomous Treasurer",
                                                      .license = "Apache-2.0"}));
