/// What an operator may set for one SQLite store.
#pragma once

#include <atr/config.hpp>
#include <chrono>
#include <cstdint>
#include <string>

namespace storage_sqlite {

struct Settings {
    std::string path = "treasurer.db";
    bool create = true;
    std::string synchronous = "full";
    std::int64_t readers = 4;
    std::chrono::milliseconds busy_timeout{5000};
    std::int64_t max_group = 256;
    std::int64_t max_queue = 4096;
    std::int64_t cache_mib = 16;
    std::chrono::milliseconds slow_statement{200};
};

inline atr::Config<Settings> settings_config() {
    return atr::Config<Settings>{}
        .text("path", &Settings::path,
              "The database file; its folder must exist. '-wal' and '-shm' files stand beside it")
        .flag("create", &Settings::create,
              "Make the file where there is none; false: refuse, so that a disk that is not mounted is no new start")
        .choice("synchronous", &Settings::synchronous, {"full", "normal"},
                "full: a commit is on the disk before it is answered; normal: a power cut may lose the last commits")
        .integer("readers", &Settings::readers, 1, 64, "connections", "Connections that read at the same time")
        .milliseconds("busy_timeout", &Settings::busy_timeout, 1, 600'000,
                      "How long to wait for another process that holds the write lock")
        .integer("max_group", &Settings::max_group, 1, 4096, "batches", "Batches that share one transaction and flush")
        .integer("max_queue", &Settings::max_queue, 1, 1'000'000, "batches",
                 "Batches that may wait for the writer; more are refused at once")
        .integer("cache_mib", &Settings::cache_mib, 1, 4096, "MiB", "Page cache of the writing connection")
        .milliseconds("slow_statement_ms", &Settings::slow_statement, 0, 3'600'000,
                      "A statement that takes longer is logged with its plan, and without its values; 0: none is");
}

}  // namespace storage_sqlite
