/// Statements that take long because another client holds what they need, and how the pool is used: what operators are
/// told.
#include <thread>

#include "database.hpp"
#include "storage_postgres/slow_statements.hpp"
#include "tests/support/listening_host.hpp"

namespace storage_postgres_test {
using std::chrono::milliseconds;
using support::ListeningHost;

namespace {

std::unique_ptr<PostgresStorage> start(const Database& database, const ListeningHost& host, milliseconds slow) {
    Settings settings = database.settings();
    settings.slow_statement = slow;
    auto made = PostgresStorage::create(host.host(), "main", settings);
    if (!made) throw std::runtime_error(made.error().message);
    const Budget budget;
    const auto migrated = (*made)->migrate(budget.call, test_schema());
    if (!migrated) throw std::runtime_error(migrated.error().message);
    return std::move(*made);
}

std::string text(const ListeningHost::Line& line, const char* field) {
    return line.fields.value(field, "");
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Runs `work` while another client holds the tables, for as long as is slow.
template <class Work>
void slowly(const Database& database, Work work) {
    Blocker blocker(database, "LOCK TABLE claims IN ACCESS EXCLUSIVE MODE");
    std::thread running(work);
    wait_until([&] {
        return database.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + database.schema +
                            "' AND wait_event_type = 'Lock'") != "0";
    });
    std::this_thread::sleep_for(milliseconds(150));  // to be slow is what this is about
    blocker.release();
    running.join();
}

}  // namespace

SCENARIO("a read that took long is told with its plan for any values, and without its values", "[storage_postgres]") {
    Database database;
    ListeningHost host;
    const auto storage = start(database, host, milliseconds(100));
    REQUIRE(commit(*storage, batch({claim("4711", "secret-body")})).outcome == atr::Outcome::ok);
    slowly(database, [&] {
        const Budget budget;
        CHECK(storage->get(budget.call, {{"claims", "4711"}}, 0, 0).value().size() == 1);
    });
    REQUIRE(host.wait_for_line([](const auto& line) {
        return has(text(line, "sql"), "SELECT") && has(text(line, "plan"), "Scan") && has(text(line, "plan"), "$1");
    }));
    for (const auto& line : host.lines()) {
        INFO(line.fields.dump(2));
        CHECK_FALSE(has(line.fields.dump(), "4711"));
        CHECK_FALSE(has(line.fields.dump(), "secret-body"));
        CHECK(line.fields.at("ms").get<int>() >= 100);
    }
}

SCENARIO("a commit that took long is one line with all its statements, none of which is executed again",
         "[storage_postgres]") {
    Database database;
    ListeningHost host;
    const auto storage = start(database, host, milliseconds(100));
    slowly(database, [&] {
        CHECK(commit(*storage, batch({claim("4711", "secret-body"), add("4711", "1250")})).outcome == atr::Outcome::ok);
    });
    REQUIRE(host.wait_for_line(
        [](const auto& line) { return has(text(line, "sql"), "INSERT") && has(text(line, "plan"), "Insert on"); }));
    for (const auto& line : host.lines()) {
        INFO(line.fields.dump(2));
        CHECK_FALSE(has(line.fields.dump(), "4711"));
        CHECK_FALSE(has(line.fields.dump(), "secret-body"));
        if (has(text(line, "sql"), "INSERT")) CHECK_FALSE(has(text(line, "plan"), "no plan"));
    }
    const Budget budget;
    CHECK(storage->get(budget.call, {{"claims", "4711"}}, 0, 0).value().size() == 1);
}

SCENARIO("nothing is told where 0 says so", "[storage_postgres]") {
    Database database;
    ListeningHost host;
    const auto storage = start(database, host, milliseconds(0));
    slowly(database, [&] {
        const Budget budget;
        CHECK(storage->get(budget.call, {{"claims", "x"}}, 0, 0).value().empty());
    });
    CHECK(host.wait_for_gauge("connections_open", [](double) { return true; }));
    CHECK(host.lines().empty());
}

SCENARIO("how many connections are in use, and how many are open, is told", "[storage_postgres]") {
    Database database;
    ListeningHost host;
    const auto storage = start(database, host, milliseconds(0));
    CHECK(host.wait_for_gauge("connections_open", [](double open) { return open >= 1; }));
    CHECK(host.wait_for_gauge("connections_in_use", [](double in_use) { return in_use == 0; }));
    Blocker blocker(database, "LOCK TABLE claims IN ACCESS EXCLUSIVE MODE");
    std::thread reading([&] {
        const Budget budget;
        static_cast<void>(storage->get(budget.call, {{"claims", "x"}}, 0, 0));
    });
    CHECK(host.wait_for_gauge("connections_in_use", [](double in_use) { return in_use >= 1; }));
    blocker.release();
    reading.join();
    CHECK(host.wait_for_gauge("connections_in_use", [](double in_use) { return in_use == 0; }));
}

}  // namespace storage_postgres_test
