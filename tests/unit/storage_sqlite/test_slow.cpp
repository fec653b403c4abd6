/// Statements that take long: what operators are told of them, how often, and that no value is.
#include <thread>

#include "storage_sqlite/slow_statements.hpp"
#include "store.hpp"
#include "tests/support/listening_host.hpp"

namespace storage_sqlite_test {
using std::chrono::milliseconds;
using storage_sqlite::Connection;
using storage_sqlite::Run;
using support::ListeningHost;

namespace {

atr::SlowStatements::Slow slow(std::vector<std::string> texts) {
    return {.texts = std::move(texts), .took = milliseconds(300), .rows = 2};
}

std::string no_plan(const std::string&) {
    return "";
}

std::vector<std::string> told(const ListeningHost& host) {
    std::vector<std::string> out;
    for (const auto& line : host.lines()) out.push_back(line.fields.at("sql"));
    return out;
}

}  // namespace

SCENARIO("a slow statement is told once a minute, with how often it was slow in between", "[storage_sqlite]") {
    ListeningHost host;
    atr::SlowStatements statements(host.host(), milliseconds(200), milliseconds(60'000));
    for (int i = 0; i < 5; ++i) statements.note(slow({"SELECT a FROM t"}));
    statements.note(slow({"SELECT b FROM t"}));
    statements.tell(no_plan);
    for (int i = 0; i < 5; ++i) statements.note(slow({"SELECT a FROM t"}));
    statements.tell(no_plan);
    CHECK(told(host) == std::vector<std::string>{"SELECT a FROM t", "SELECT b FROM t"});

    atr::SlowStatements talkative(host.host(), milliseconds(200), milliseconds(0));
    for (int i = 0; i < 30; ++i) talkative.note(slow({"SELECT c FROM t"}));  // of which so many may wait
    talkative.tell(no_plan);
    talkative.note(slow({"SELECT c FROM t"}));
    talkative.tell(no_plan);
    CHECK(host.lines().size() == 2 + 16 + 1);
    CHECK(host.lines().back().fields.at("left_out") == 14);
}

SCENARIO("what is remembered of slow statements has a bound", "[storage_sqlite]") {
    ListeningHost host;
    atr::SlowStatements statements(host.host(), milliseconds(200));
    for (int i = 0; i < 1000; ++i) {
        statements.note(slow({"SELECT " + std::to_string(i)}));
        statements.tell(no_plan);
    }
    CHECK(host.lines().size() == 256);
}

SCENARIO("nothing is slow with a threshold of 0, nor what is quicker than it", "[storage_sqlite]") {
    ListeningHost host;
    CHECK_FALSE(atr::SlowStatements(host.host(), milliseconds(0)).is_slow(milliseconds(3'600'000)));
    CHECK_FALSE(atr::SlowStatements(host.host(), milliseconds(200)).is_slow(milliseconds(199)));
    CHECK(atr::SlowStatements(host.host(), milliseconds(200)).is_slow(milliseconds(200)));
}

SCENARIO("what stands around statements is not told with them, since it may differ each time", "[storage_sqlite]") {
    ListeningHost host;
    atr::SlowStatements statements(host.host(), milliseconds(200));
    statements.note(
        slow({"BEGIN", "SET LOCAL statement_timeout = 4711", "INSERT INTO t VALUES ($1)", "SELECT a", "COMMIT"}));
    statements.note(
        slow({"BEGIN", "SET LOCAL statement_timeout = 4712", "INSERT INTO t VALUES ($1)", "SELECT a", "COMMIT"}));
    statements.note(slow({"SET LOCAL statement_timeout = 4711"}));
    statements.note(slow({"COMMIT"}));
    statements.tell([](const std::string& text) -> std::string {
        if (text == "SELECT a") throw std::runtime_error("the server is away");
        return "plan of " + text.substr(0, 6);
    });
    CHECK(told(host) == std::vector<std::string>{"INSERT INTO t VALUES ($1);\nSELECT a", "SET", "COMMIT"});
    const auto line = host.lines().front();
    CHECK(line.level == atr::LogLevel::warn);
    CHECK(line.fields.at("plan") == "plan of INSERT\nno plan: the server is away");
    CHECK(line.fields.at("ms") == 300);
    CHECK(line.fields.at("rows") == 2);
    CHECK(line.fields.at("statements") == 2);
    CHECK_FALSE(line.fields.contains("failed"));
}

SCENARIO("a line is no longer than a host takes, whatever the statement is", "[storage_sqlite]") {
    ListeningHost host;
    atr::SlowStatements statements(host.host(), milliseconds(200));
    statements.note(slow({"SELECT " + std::string(100'000, '\n')}));
    statements.tell([](const std::string&) { return std::string(100'000, '"'); });
    CHECK(host.lines().at(0).fields.dump().size() < 16 * 1024);
}

SCENARIO("a slow statement is told with its plan, its rows and its placeholders", "[storage_sqlite]") {
    Disk disk;
    ListeningHost host;
    atr::SlowStatements statements(host.host(), milliseconds(1));
    const Connection::Options options{.path = disk.file(), .slow = &statements};
    Connection connection(options);
    storage_sqlite::ReaderPool readers(options, 1);
    {
        Run run(
            connection.prepared("WITH RECURSIVE c(x) AS (SELECT ? UNION ALL SELECT x + 1 FROM c WHERE x < 4711000) "
                                "SELECT count(*) FROM c"));
        run.integer(std::int64_t{4711});
        run.finish();
    }
    storage_sqlite::tell_slow(statements, readers);
    // On a machine that is busy with others, what a connection begins with is slow as well.
    std::vector<nlohmann::json> ours;
    for (const auto& line : host.lines())
        if (line.fields.at("sql").get<std::string>().find("SELECT ? UNION ALL") != std::string::npos)
            ours.push_back(line.fields);
    REQUIRE(ours.size() == 1);
    const auto& fields = ours.front();
    INFO(fields.dump());
    CHECK(fields.at("plan").get<std::string>().find("SCAN c") != std::string::npos);
    CHECK(fields.at("rows") == 1);
    CHECK(fields.at("ms").get<int>() >= 1);
    CHECK(fields.dump().find("4711,") == std::string::npos);
}

SCENARIO("a host that waits for another's lock is told so by the statement that waited", "[storage_sqlite]") {
    Disk disk;
    ListeningHost host;
    auto made =
        SqliteStorage::create(host.host(), "main", Settings{.path = disk.file(), .slow_statement = milliseconds(20)});
    REQUIRE(made);
    const auto storage = std::move(*made);
    const atr_call raw = support::make_call();
    REQUIRE(storage->migrate(atr::Call(&raw), test_schema()));
    Connection other({.path = disk.file()});
    other.execute("BEGIN IMMEDIATE");
    std::thread committing([&] {
        std::vector<atr::Commit> results(1);
        const std::vector<atr::Batch> batches{batch({claim("4711")})};
        static_cast<void>(storage->commit(atr::Call(&raw), batches, results));
    });
    std::this_thread::sleep_for(milliseconds(2000));  // to be slow is what this is about
    other.execute("COMMIT");
    committing.join();
    CHECK(host.wait_for_line([](const auto& line) { return line.fields.at("sql") == "BEGIN"; }));
}

}  // namespace storage_sqlite_test
