/// Queries that may lag: a replica answers them as long as it lags little enough.
#include "database.hpp"

namespace storage_postgres_test {

namespace {
std::size_t shown(PostgresStorage& storage, std::uint32_t flags, std::uint64_t min_seq = 0) {
    Budget budget;
    const auto page =
        storage.query(budget.call, {.collection = "claims", .limit = 1000, .flags = flags, .min_seq = min_seq});
    if (!page) throw std::runtime_error(page.error().message);
    return page->records.size();
}
}  // namespace

SCENARIO("a replica answers queries that may lag, within the bound and never older than asked", "[storage_postgres]") {
    support::PostgresServer server;
    Database database(server.url());
    Settings settings = database.settings();
    settings.replica_url = server.tell("replica");
    settings.replica_max_lag = std::chrono::milliseconds(600'000);
    auto storage = database.start(settings);
    const auto first = commit(*storage, batch({claim("a")}));
    CHECK(shown(*storage, ATR_Q_MAY_LAG) == 1);  // also notes what the primary's newest commit is
    const auto written = database.ask("SELECT pg_current_wal_lsn()");
    wait_until([&] { return database.ask("SELECT replay_lsn >= '" + written + "' FROM pg_stat_replication") == "t"; });
    server.tell("pause_replay");
    const auto second = commit(*storage, batch({claim("b")}));
    REQUIRE(second.outcome == atr::Outcome::ok);
    wait_until([&] { return shown(*storage, ATR_Q_MAY_LAG) == 1; });  // the replica, which stands still
    CHECK(shown(*storage, 0) == 2);                                   // the primary
    CHECK(shown(*storage, ATR_Q_MAY_LAG, first.commit_seq) == 1);     // new enough
    CHECK(shown(*storage, ATR_Q_MAY_LAG, second.commit_seq) == 2);    // too old: the primary answers
    WHEN("the replica is further behind than the bound") {
        settings.replica_max_lag = std::chrono::milliseconds(20);
        storage = database.open(settings, storage_postgres::database_clock);
        shown(*storage, 0);
        CHECK(shown(*storage, ATR_Q_MAY_LAG) == 2);
    }
    WHEN("the replica replays again") {
        server.tell("resume_replay");
        wait_until([&] { return shown(*storage, ATR_Q_MAY_LAG) == 2; });
    }
}

SCENARIO("a replica that cannot be reached costs nothing but its help", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.replica_url = "postgresql://postgres@127.0.0.1:1/postgres";
    const auto storage = database.start(settings);
    commit(*storage, batch({claim("a")}));
    CHECK(shown(*storage, ATR_Q_MAY_LAG) == 1);
    CHECK(shown(*storage, ATR_Q_MAY_LAG) == 1);
}

}  // namespace storage_postgres_test
