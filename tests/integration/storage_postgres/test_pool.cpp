/// The pool of connections: how it grows and shrinks, and what it does with those that are old, idle or broken.
#include "database.hpp"
#include "storage_postgres/connection_string.hpp"
#include "storage_postgres/session_pool.hpp"

namespace storage_postgres_test {
using atr::Outcome;
using storage_postgres::Session;
using storage_postgres::SessionPool;

namespace {

SessionPool::Target target_of(const Settings& settings) {
    return [settings]() -> atr::Result<Session::Options> {
        auto connection = storage_postgres::connection_string(settings, settings.url, true, "");
        if (!connection) return connection.error();
        return Session::Options{.connection = *connection,
                                .settings = storage_postgres::session_settings(settings),
                                .prepared = settings.prepared_statements};
    };
}

storage_postgres::Deadline within(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

SessionPool::Lease take(SessionPool& pool) {
    auto lease = pool.take(within(std::chrono::seconds(30)));
    if (!lease) throw std::runtime_error(lease.error().message);
    return std::move(*lease);
}

std::int64_t backend(SessionPool::Lease& lease) {
    return lease->backend(within(std::chrono::seconds(30)));
}

int sessions_at_the_server(const Database& database) {
    return std::stoi(
        database.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + database.schema + "'"));
}

}  // namespace

SCENARIO("a pool grows while all its connections are busy, to its bound, and shrinks back to its size",
         "[storage_postgres]") {
    Database database;
    SessionPool pool({.size = 2, .overflow = 2}, target_of(database.settings()));
    {
        std::vector<SessionPool::Lease> busy;
        for (int i = 0; i < 4; ++i) busy.push_back(take(pool));
        CHECK(pool.usage().busy == 4);
        CHECK(pool.usage().opened == 4);
        CHECK(sessions_at_the_server(database) == 4);
        const auto fifth = pool.take(within(std::chrono::milliseconds(50)));
        REQUIRE(fifth.outcome() == Outcome::retry);
        CHECK(fifth.error().code == ATR_E_OVERLOADED);
        busy.pop_back();
        busy.push_back(take(pool));  // a place that became free is used again
        CHECK(pool.usage().busy == 4);
    }
    CHECK(pool.usage().busy == 0);
    CHECK(pool.usage().idle == 2);
    wait_until([&] { return sessions_at_the_server(database) == 2; });
    const auto opened = pool.usage().opened;
    const auto kept = take(pool), also_kept = take(pool);
    CHECK(pool.usage().opened == opened);  // these two were there
}

SCENARIO("a connection that has grown old is replaced at its next use", "[storage_postgres]") {
    Database database;
    SessionPool pool({.size = 1, .overflow = 0, .recycle = std::chrono::milliseconds(300)},
                     target_of(database.settings()));
    const auto server_process = [&] {
        auto lease = take(pool);
        return backend(lease);
    };
    const auto first = server_process();
    wait_until([&] { return server_process() != first; });
    CHECK(pool.usage().opened >= 2);
    CHECK(pool.usage().idle == 1);
    wait_until([&] { return sessions_at_the_server(database) == 1; });  // the old one is closed
}

SCENARIO("a connection that was idle is tried before it is used, so that no call is lost with it",
         "[storage_postgres]") {
    Database database;
    SessionPool pool({.size = 1, .overflow = 0, .check_idle = std::chrono::seconds(60)},
                     target_of(database.settings()));
    const bool was_idle = GENERATE(true, false);
    {
        auto lease = take(pool);
        backend(lease);
        if (was_idle) lease->used -= std::chrono::seconds(61);
    }
    REQUIRE(database.terminate_hosts() == 1);
    auto lease = take(pool);
    if (was_idle) {
        CHECK_NOTHROW(backend(lease));
        CHECK(pool.usage().opened == 2);
    } else {
        CHECK_THROWS_AS(backend(lease), storage_postgres::SqlError);  // it was used just now: not worth a look
        CHECK(pool.usage().opened == 1);
    }
}

SCENARIO("with an idle check of 0 the first call after the server ended every session succeeds", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.pool_check_idle = std::chrono::milliseconds(0);
    const auto storage = database.start(settings);
    for (int round = 0; round < 3; ++round) {
        REQUIRE(commit(*storage, batch({claim(std::to_string(round))})).outcome == Outcome::ok);
        REQUIRE(database.terminate_hosts() > 0);
        Budget budget;
        CHECK(storage->get(budget.call, {{"claims", "0"}}, 0, 0));
    }
}

}  // namespace storage_postgres_test
