#include "journal_storage.hpp"

ATR_PLUGIN(atr::component<journal_storage::JournalStorage>({.id = "org.example.storage_journal",
                                                            .title = "Storage in one append-only file",
                                                            .version = "1.0.0",
                                                            .license = "Apache-2.0"}));
