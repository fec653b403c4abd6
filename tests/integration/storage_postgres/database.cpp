#include "database.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <thread>

namespace storage_postgres_test {
namespace {

std::string next_schema() {
    static std::atomic<int> count{0};
    return "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

}  // namespace

Database::Database(std::string server) : url(std::move(server)), schema(next_schema()) {}

Database::~Database() {
    try {
        support::psql(url, "SET client_min_messages = error; DROP SCHEMA IF EXISTS " + schema +
                               " CASCADE; DROP SCHEMA IF "
                               "EXISTS " +
                               schema + "_clock CASCADE");
    } catch (const std::exception&) {
        // A test may leave its server stopped.
    }
}

Settings Database::settings() const {
    Settings out;
    out.url = url + "?application_name=" + schema;
    out.schema = schema;
    out.slow_statement = {};  // a plan takes a connection of its own, and some tests count them
    return out;
}

std::unique_ptr<PostgresStorage> Database::open(Settings settings, storage_postgres::Clock clock) const {
    auto made = PostgresStorage::create(host.host(), "test", std::move(settings), std::move(clock));
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
}

std::unique_ptr<PostgresStorage> Database::start(const Settings& settings) const {
    auto out = open(settings, storage_postgres::database_clock);
    Budget budget;
    if (auto done = out->migrate(budget.call, test_schema()); !done) throw std::runtime_error(done.error().message);
    return out;
}

storage_postgres::Clock Database::hand_clock() const {
    return "(SELECT ms FROM " + schema + "_clock.clock)";
}

void Database::set_clock(std::int64_t now_ms) {
    const std::string clock = schema + "_clock";
    if (!has_clock_)
        support::psql(url, "CREATE SCHEMA " + clock + "; CREATE TABLE " + clock + ".clock(ms bigint); INSERT INTO " +
                               clock + ".clock VALUES(0)");
    has_clock_ = true;
    support::psql(url, "UPDATE " + clock + ".clock SET ms = " + std::to_string(now_ms));
}

int Database::terminate_hosts() const {
    return std::stoi(
        ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '" + schema + "'"));
}

std::string Database::ask(const std::string& sql) const {
    return support::psql(url, "SET search_path = " + schema + "; " + sql);
}

Blocker::Blocker(const Database& database, const std::string& sql) : connection_(PQconnectdb(database.url.c_str())) {
    run("BEGIN");
    run("SET search_path = " + database.schema);
    run(sql);
}

void Blocker::run(const std::string& sql) {
    auto* const connection = static_cast<PGconn*>(connection_);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection, sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection));
}

void Blocker::keep() {
    run("COMMIT");
    release();
}

void Blocker::release() {
    if (connection_) PQfinish(static_cast<PGconn*>(connection_));
    connection_ = nullptr;
}

std::vector<atr::Commit> commit(PostgresStorage& storage, const std::vector<atr::Batch>& batches,
                                std::int64_t budget_ms) {
    std::vector<atr::Commit> results(batches.size());
    Budget budget(budget_ms);
    if (const auto done = storage.commit(budget.call, batches, results); !done)
        for (auto& result : results) {
            result.outcome = done.outcome();
            result.error = done.error();
        }
    return results;
}

atr::Commit commit(PostgresStorage& storage, atr::Batch batch, std::int64_t budget_ms) {
    return commit(storage, std::vector<atr::Batch>{std::move(batch)}, budget_ms).front();
}

void wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("it has not come about in a minute");
        std::this_thread::yield();
    }
}

atr::Commit settle(PostgresStorage& storage, const atr::Batch& batch) {
    for (;;) {
        auto result = commit(storage, batch);
        if (result.outcome != atr::Outcome::retry && result.outcome != atr::Outcome::unknown) return result;
    }
}

std::string body(PostgresStorage& storage, const std::string& collection, const std::string& key) {
    Budget budget;
    const auto found = storage.get(budget.call, {{collection, key}}, 0, 0);
    if (!found) throw std::runtime_error(found.error().message);
    return found->empty() ? "" : found->front().body;
}

}  // namespace storage_postgres_test
