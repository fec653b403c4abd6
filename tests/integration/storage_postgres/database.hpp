/// A schema of its own on a PostgreSQL server, with a clock that the test sets, and the hosts on it.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "storage_postgres/postgres_storage.hpp"
#include "tests/contract/storage/store.hpp"
#include "tests/support/postgres_server.hpp"

namespace storage_postgres_test {

using namespace storage_contract;
using storage_postgres::PostgresStorage;
using storage_postgres::Settings;

/// Threads: open() from any.
class Database {
public:
    explicit Database(std::string url = support::PostgresServer::shared_url());
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Settings settings() const;
    /// A host on the database's own clock.
    std::unique_ptr<PostgresStorage> open() const { return open(settings(), storage_postgres::database_clock); }
    std::unique_ptr<PostgresStorage> open(Settings settings, storage_postgres::Clock clock) const;
    /// A migrated host on the database's own clock. Errors: thrown.
    std::unique_ptr<PostgresStorage> start() const { return start(settings()); }
    std::unique_ptr<PostgresStorage> start(const Settings& settings) const;

    /// The clock that stands still until it is set. Not part of a replica's tests.
    storage_postgres::Clock hand_clock() const;
    void set_clock(std::int64_t now_ms);
    /// Ends the connections of this database's hosts at the server; how many there were.
    int terminate_hosts() const;
    /// What a DBA sees, with the schema as search_path.
    std::string ask(const std::string& sql) const;

    const std::string url;
    const std::string schema;
    mutable support::FakeHost host;

private:
    bool has_clock_ = false;
};

/// One call to a host, over which time passes.
std::vector<atr::Commit> commit(PostgresStorage& storage, const std::vector<atr::Batch>& batches,
                                std::int64_t budget_ms = 30'000);
atr::Commit commit(PostgresStorage& storage, atr::Batch batch, std::int64_t budget_ms = 30'000);
/// Until what another process does has come about. Errors: thrown, after a minute.
void wait_until(const std::function<bool()>& condition);
/// Repeats until the answer is neither retry nor unknown.
atr::Commit settle(PostgresStorage& storage, const atr::Batch& batch);
std::string body(PostgresStorage& storage, const std::string& collection, const std::string& key);

/// Another client, in a transaction that stays open until release() or the end.
class Blocker {
public:
    Blocker(const Database& database, const std::string& sql);
    ~Blocker() { release(); }
    Blocker(const Blocker&) = delete;
    Blocker& operator=(const Blocker&) = delete;
    void release();
    /// Commits, and is gone.
    void keep();

private:
    void run(const std::string& sql);
    void* connection_;
};

/// The raw context of a call that may take `budget_ms`.
struct Budget {
    explicit Budget(std::int64_t budget_ms = 30'000) : raw(support::make_call(start_ms, budget_ms)), call(&raw) {}
    atr_call raw;
    atr::Call call;
};

}  // namespace storage_postgres_test
