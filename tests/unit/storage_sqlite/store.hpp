/// A SqliteStorage in a folder of its own, with a clock moved by hand.
#pragma once

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage_sqlite/sqlite_storage.hpp"
#include "tests/contract/storage/ops.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

namespace storage_sqlite_test {

using storage_sqlite::Settings;
using storage_sqlite::SqliteStorage;
using namespace storage_contract;

/// What the file is; several hosts may open the same.
struct Disk {
    support::TemporaryFolder folder;
    std::string file() const { return (folder.path() / "treasurer.db").string(); }
};

class Store {
public:
    explicit Store(const std::string& file, Settings settings = {}, atr::Schema schema = test_schema()) {
        settings.path = file;
        auto made = SqliteStorage::create("test", settings, [this] { return now_ms.load(); });
        if (!made) FAIL(made.error().message);
        storage = std::move(*made);
        const auto migrated = storage->migrate(call(), schema);
        if (!migrated) FAIL(migrated.error().message);
    }

    /// A call that may take `budget_ms`. Kept until the store goes.
    atr::Call call(std::int64_t budget_ms = 60'000) {
        thread_local atr_call raw;
        raw = support::make_call(now_ms, budget_ms);
        return atr::Call(&raw);
    }
    std::vector<atr::Commit> commit(const std::vector<atr::Batch>& batches) {
        std::vector<atr::Commit> results(batches.size());
        const auto done = storage->commit(call(), batches, results);
        if (!done) {
            for (auto& result : results) {
                result.outcome = done.outcome();
                result.error = done.error();
            }
        }
        return results;
    }
    atr::Commit commit(atr::Batch batch) { return commit(std::vector<atr::Batch>{std::move(batch)}).front(); }

    atr::Record record(const std::string& collection, const std::string& key) {
        const auto found = storage->get(call(), {{collection, key}}, 0, 0);
        if (!found) throw std::runtime_error(found.error().message);
        return found->empty() ? atr::Record{} : found->front();
    }
    std::string body(const std::string& collection, const std::string& key) { return record(collection, key).body; }

    std::atomic<std::int64_t> now_ms{start_ms};
    std::unique_ptr<SqliteStorage> storage;
};

}  // namespace storage_sqlite_test
