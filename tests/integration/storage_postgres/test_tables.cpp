/// What a DBA finds in the database.
#include "database.hpp"
#include "storage_postgres/cursor.hpp"

namespace storage_postgres_test {
using atr::Outcome;

SCENARIO("a DBA finds tables, typed columns and indexes under the schema's own names", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({invoice("a", "paid", 5, "12.50"), put("invoices", "b", "not json"), add("funds", "-7")}));
    CHECK(database.ask("SELECT state, at, amount FROM invoices WHERE key = 'a'") == "paid|5|12.5");
    CHECK(database.ask("SELECT body->>'state', raw IS NULL FROM invoices WHERE key = 'a'") == "paid|t");
    CHECK(database.ask("SELECT body IS NULL, raw FROM invoices WHERE key = 'b'") == "t|\\x6e6f74206a736f6e");
    CHECK(database.ask("SELECT value FROM balances") == "-7");
    CHECK(database.ask("SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) FROM "
                       "information_schema.columns WHERE table_schema = '" +
                       database.schema + "' AND table_name = 'invoices'") ==
          "key text, version bigint, updated_ms bigint, body json, raw bytea, state text, at bigint, amount numeric, "
          "number text");
    CHECK(database.ask("SELECT indexname FROM pg_indexes WHERE schemaname = '" + database.schema +
                       "' AND tablename = 'invoices' ORDER BY indexname COLLATE \"C\"") ==
          "invoices:by_amount\ninvoices:by_number\ninvoices:by_state\ninvoices_pkey");
}

SCENARIO("a query reaches its page by its index, wherever the page begins", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    std::vector<atr::Op> ops;
    for (int i = 0; i < 2000; ++i) ops.push_back(invoice(std::to_string(10'000 + i), i % 3 ? "paid" : "held", i));
    commit(*storage, batch(ops));
    database.ask("ANALYZE invoices");
    atr::Query query{.collection = "invoices",
                     .index = "by_state",
                     .eq = {atr::Value::of("paid")},
                     .lo = atr::Value::of(100),
                     .descending = true,
                     .limit = 10};
    Budget budget;
    auto page = storage->query(budget.call, query);
    REQUIRE(page);
    query.cursor = page->next_cursor;
    page = storage->query(budget.call, query);
    REQUIRE(page);
    CHECK(page->records.front().key == "11984");
    const auto plan = database.ask(
        "SET enable_seqscan = off; SET enable_hashjoin = off; EXPLAIN SELECT key FROM invoices WHERE state = 'paid' "
        "AND "
        "at IS NOT NULL AND at >= 100 AND (at, key) < (1985, '11985') ORDER BY at DESC, key DESC LIMIT 11");
    CHECK(plan.find("Index") != std::string::npos);
    CHECK(plan.find("invoices:by_state") != std::string::npos);
    CHECK(plan.find("Sort") == std::string::npos);
}

SCENARIO("a query for what few records have does not read the many, although another index has the same order",
         "[storage_postgres]") {
    Database database;
    const auto storage = database.open();
    const atr::IndexColumn state{"/state", ATR_T_TEXT}, at{"/at", ATR_T_INT};
    atr::Schema schema;
    schema.collections.push_back({.name = "events", .indexes = {{"by_at", {at}}, {"by_state", {state, at}}}});
    Budget budget(60'000);
    REQUIRE(storage->migrate(budget.call, schema));
    database.ask(
        "INSERT INTO events (key, version, updated_ms, body, state, at) SELECT 'k' || n, 1, 1, json_build_object("
        "'state', 'paid', 'at', n, 'text', repeat('x', 500)), 'paid', n FROM generate_series(1, 20000) n; "
        "ANALYZE events");
    const atr::Query query{.collection = "events", .index = "by_state", .eq = {atr::Value::of("held")}, .limit = 50};
    constexpr int times = 12;  // from the sixth on PostgreSQL may plan for any value
    for (int i = 0; i < times; ++i) {
        const auto page = storage->query(budget.call, query);
        REQUIRE(page);
        CHECK(page->records.empty());
    }
    const auto used = [&](const char* what, const std::string& index) {
        return std::stoi(database.ask(std::string("SELECT ") + what +
                                      " FROM pg_stat_user_indexes WHERE schemaname = '" + database.schema +
                                      "' AND indexrelname = 'events:" + index + "'"));
    };
    wait_until([&] { return used("idx_scan", "by_state") + used("idx_scan", "by_at") >= times; });
    CHECK(used("idx_tup_read", "by_at") == 0);
    CHECK(used("idx_tup_read", "by_state") == 0);
}

SCENARIO("keys and changes that may be forgotten are found by an index, however many are kept", "[storage_postgres]") {
    Database database;
    auto storage = database.start();
    const auto index_there = [&] {
        return database.ask("SELECT count(*) FROM pg_indexes WHERE schemaname = '" + database.schema +
                            "' AND indexname = 'atr_keys:by_age'");
    };
    WHEN("an older program made the tables") {
        database.ask("DROP INDEX \"atr_keys:by_age\"");
        REQUIRE(index_there() == "0");
        storage = database.start();
        CHECK(index_there() == "1");
    }
    WHEN("there are many keys, few of them old") {
        database.ask(
            "INSERT INTO atr_keys SELECT 'k' || n, '', n, '{}', 1, n FROM generate_series(1, 20000) n; INSERT "
            "INTO atr_changes SELECT n, n, n, '{0}', '{1}', '{k}' FROM generate_series(1, 20000) n; UPDATE "
            "atr_state SET commit_seq = 20000; ANALYZE");
        Budget budget;
        CHECK(storage->purge(budget.call, "atr.keys", 51, 20).value() == 20);
        CHECK(storage->purge(budget.call, "atr.keys", 51, 1000).value() == 30);
        CHECK(storage->purge(budget.call, "atr.keys", 51, 1000).value() == 0);
        CHECK(storage->purge(budget.call, "atr.changes", 51, 1000).value() == 50);
        CHECK(storage->purge(budget.call, "atr.changes", 51, 1000).value() == 0);
        CHECK(database.ask("SELECT min(updated_ms) FROM atr_keys") == "51");
        CHECK(database.ask("SELECT min(seq) FROM atr_changes") == "51");
        const auto plan = database.ask(
            "EXPLAIN SELECT key FROM atr_keys WHERE updated_ms < 60 AND (expires_ms = 0 OR "
            "expires_ms <= 9) ORDER BY updated_ms LIMIT 20 FOR UPDATE SKIP LOCKED");
        CHECK(plan.find("atr_keys:by_age") != std::string::npos);
        CHECK(plan.find("Sort") == std::string::npos);
    }
}

SCENARIO("a host that only purges learns that another has migrated", "[storage_postgres]") {
    Database database;
    const auto one = database.start(), two = database.start();
    REQUIRE(commit(*one, batch({claim("a")}, "key")).outcome == atr::Outcome::ok);
    atr::Schema more = test_schema();
    more.version = 2;
    more.collections.push_back({.name = "notes"});
    Budget budget;
    REQUIRE(two->migrate(budget.call, more));
    constexpr std::int64_t all = 4'000'000'000'000;
    const auto first = one->purge(budget.call, "atr.keys", all, 10);
    CHECK((first || first.outcome() == atr::Outcome::retry));
    const auto second = one->purge(budget.call, "atr.keys", all, 10);
    REQUIRE(second);
    CHECK(first.value_or(0) + *second == 1);
    CHECK(database.ask("SELECT count(*) FROM atr_keys") == "0");
}

SCENARIO("a forged cursor names another place, or is refused before the database sees it", "[storage_postgres]") {
    using storage_postgres::Cell;
    struct Case {
        std::string index;
        std::vector<Cell> cells;
        bool taken;
    };
    const std::string broken("\xff", 1);
    const auto test =
        GENERATE_COPY(Case{"by_state", {std::int64_t{1}, std::string("a")}, true},
                      Case{"by_state", {std::string("1"), std::string("a")}, false},
                      Case{"by_state", {Cell{}, std::string("a")}, false},
                      Case{"by_state", {std::int64_t{1}, std::int64_t{1}}, false},
                      Case{"by_state", {std::int64_t{1}}, false}, Case{"by_state", {std::int64_t{1}, broken}, false},
                      Case{"by_amount", {std::string("1.5"), std::string("a")}, true},
                      Case{"by_amount", {std::string("1'5"), std::string("a")}, false},
                      Case{"by_amount", {std::int64_t{1}, std::string("a")}, false});
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({invoice("b", "paid", 5, "12.50")}));
    atr::Query query{.collection = "invoices", .index = test.index, .limit = 10};
    if (test.index == "by_state") query.eq = {atr::Value::of("paid")};
    query.cursor = storage_postgres::to_cursor({.snapshot = 0, .cells = test.cells}, query);
    Budget budget;
    const auto page = storage->query(budget.call, query);
    CHECK(static_cast<bool>(page) == test.taken);
    if (page) CHECK(page->records.size() == 1);
    if (!page) CHECK(page.error().message == "the cursor is of an index that has changed: begin again");
}

SCENARIO("values that no index could hold are refused, with the neighbours untouched", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    const auto results = commit(*storage, {batch({claim("a")}), batch({invoice("b", std::string(2600, 's'), 1)}),
                                           batch({claim(std::string("\xff", 1))}), batch({claim("c")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].error.code == ATR_E_TOO_LARGE);
    CHECK(results[2].error.message == "claims: a key is UTF-8");
    CHECK(results[3].outcome == Outcome::ok);
}

SCENARIO("a body that PostgreSQL would not take as json comes back byte for byte", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    const std::vector<std::string> bodies = {R"({"a":"\u0000"})",
                                             R"({"a":"\ud800"})",
                                             "{\"a\":1}\n ",
                                             std::string("{}\0x", 4),
                                             "\xef\xbb\xbf{}",
                                             std::string(100'000, '['),
                                             std::string(5000, '[') + std::string(5000, ']'),
                                             "{\"a\":1,\"a\":2}",
                                             "1e999",
                                             "\"\xc3\x28\"",
                                             "\"\xed\xa0\x80\""};
    std::vector<atr::Op> ops;
    for (std::size_t i = 0; i < bodies.size(); ++i) ops.push_back(put("claims", std::to_string(i), bodies[i]));
    const auto done = commit(*storage, batch(ops));
    INFO(done.error.message);
    REQUIRE(done.outcome == Outcome::ok);
    for (std::size_t i = 0; i < bodies.size(); ++i) CHECK(body(*storage, "claims", std::to_string(i)) == bodies[i]);
}

}  // namespace storage_postgres_test
