#include "postgres_storage.hpp"

ATR_PLUGIN(atr::component<storage_postgres::PostgresStorage>({.id = "org.autonomous-treasurer.storage_postgres",
                                                              .title = "Storage in PostgreSQL",
                                                              .version = "1.0.0",
                                                              .vendor = "Autonomous Treasurer",
                                                              .license = "Apache-2.0"}));
