#include "sqlite_storage.hpp"

ATR_PLUGIN(atr::component<storage_sqlite::SqliteStorage>({.id = "org.autonomous-treasurer.storage_sqlite",
                                                          .title = "Storage in one SQLite file",
                                                          .version = "1.0.0",
                                                          .vendor = "Autonomous Treasurer",
                                                          .license = "Apache-2.0"}));
