#include <atr/plugin.hpp>

#include "null_cache.hpp"

ATR_PLUGIN(atr::component<null_cache::NullCache>({.id = "bench.null_cache",
                                                  .title = "A cache that does nothing",
                                                  .version = "1.0.0",
                                                  .vendor = "Autonomous Treasurer",
                                                  .license = "Apache-2.0"}));
