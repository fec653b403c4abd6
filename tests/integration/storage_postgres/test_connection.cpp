/// How the store reaches its server: settings, secrets, several hosts, TLS, the pool, poolers in between.
#include <unistd.h>

#include <thread>

#include "database.hpp"

namespace storage_postgres_test {
using atr::Outcome;

namespace {
atr::Result<> try_to_start(const Database& database, const Settings& settings) {
    const auto storage = database.open(settings, storage_postgres::database_clock);
    Budget budget(15'000);
    return storage->migrate(budget.call, test_schema());
}
/// A database of its own on the shared server.
struct OtherDatabase {
    explicit OtherDatabase(const std::string& options) {
        support::psql(server, "CREATE DATABASE " + name + " TEMPLATE template0 " + options);
    }
    ~OtherDatabase() {
        try {
            support::psql(server, "DROP DATABASE " + name + " WITH (FORCE)");
        } catch (const std::exception&) {  // the server goes, and the database with it
        }
    }
    static std::string next_name() {
        static int count = 0;
        return "other" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    }
    const std::string server = support::PostgresServer::shared_url();
    const std::string name = next_name();
    const std::string url = server.substr(0, server.rfind('/') + 1) + name;
};

std::string refusal(const Database& database, const Settings& settings) {
    const auto made = PostgresStorage::create(database.host.host(), "main", settings);
    return made ? "" : made.error().message;
}
/// The URL with another authority, "HOST:PORT" or several, and parameters.
std::string reached_by(const std::string& url, const std::string& before, const std::string& parameters = "") {
    const auto at = url.find('@') + 1, slash = url.find('/', at);
    return url.substr(0, at) + before + url.substr(at, slash - at) + url.substr(slash) + parameters;
}
}  // namespace

SCENARIO("settings that cannot work are refused before anything is connected", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.url = "postgresql://me:hunter2@localhost/db";
    CHECK(refusal(database, settings).find("'url' holds a password: keep it as a secret") != std::string::npos);
    CHECK(refusal(database, settings).find("hunter2") == std::string::npos);
    settings.url = "postgresql://localhost/db?nonsense=1";
    CHECK(refusal(database, settings).find("setting 'url' is not a PostgreSQL URL") != std::string::npos);
    settings = database.settings();
    settings.schema = "pg_mine";
    CHECK(refusal(database, settings).find("setting 'schema'") != std::string::npos);
    settings = database.settings();
    settings.password = "hunter2";
    CHECK(refusal(database, settings).find("is a reference") != std::string::npos);
}

SCENARIO("a server that is not there is a matter of trying again", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.url = "postgresql://postgres@127.0.0.1:1/postgres";
    const auto refused = try_to_start(database, settings);
    CHECK(refused.outcome() == Outcome::retry);
    CHECK(refused.error().code == ATR_E_UNREACHABLE);
    CHECK(refused.error().message.find_first_of("\n\t") == std::string::npos);  // libpq breaks lines, a log must not
    const auto storage = database.open(settings, storage_postgres::database_clock);
    CHECK(commit(*storage, batch({claim("a")})).outcome == Outcome::retry);
}

SCENARIO("a database that does not keep UTF8 is refused with what to do", "[storage_postgres]") {
    const OtherDatabase made("ENCODING '" + GENERATE(as<std::string>(), "SQL_ASCII", "LATIN1") +
                             "' LC_COLLATE 'C' LC_CTYPE 'C'");
    Database database(made.url);
    const auto refused = try_to_start(database, database.settings());
    REQUIRE(refused.outcome() == Outcome::rejected);
    CHECK(refused.error().code == ATR_E_CONFIG);
    CHECK(refused.error().message.find("database '" + made.name + "' has the encoding ") != std::string::npos);
    CHECK(refused.error().message.find("create one with ENCODING 'UTF8'") != std::string::npos);
}

SCENARIO("a database of Turkish letters keeps and orders all as any other", "[storage_postgres]") {
    const OtherDatabase made("ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'");
    Database database(made.url);
    REQUIRE(support::psql(made.url, "SELECT lower('I') = 'i'") == "f");  // else the test proves nothing
    const auto storage = database.start();
    CHECK(database.start());  // migrated twice: names are found again
    const std::vector<std::string> keys{"I", "Z", "i", "z", "\xc3\x87", "\xc4\xb0", "\xc4\xb1"};  // by their bytes
    for (const auto& key : keys) REQUIRE(commit(*storage, batch({put("claims", key, key)})).outcome == Outcome::ok);
    CHECK(commit(*storage, batch({put("claims", "i", "again", ATR_VER_ABSENT)})).outcome == Outcome::conflict);
    Budget budget;
    const auto page = storage->query(budget.call, {.collection = "claims", .limit = 100});
    REQUIRE(page);
    std::vector<std::string> found;
    for (const auto& record : page->records) found.push_back(record.key);
    CHECK(found == keys);
    CHECK(body(*storage, "claims", "I") == "I");
}

SCENARIO("of several hosts in the URL the one that accepts writes is used", "[storage_postgres]") {
    support::PostgresServer server;
    const std::string replica = server.tell("replica");
    Database database(server.url());
    Settings settings = database.settings();
    const auto at = replica.find('@') + 1;
    settings.url = reached_by(server.url(), "127.0.0.1:1," + replica.substr(at, replica.find('/', at) - at) + ",");
    const auto storage = database.start(settings);
    CHECK(commit(*storage, batch({claim("a")})).outcome == Outcome::ok);
    WHEN("the primary goes and the replica is promoted") {
        server.tell("crash");
        server.tell("promote");
        CHECK(settle(*storage, batch({claim("b")})).outcome == Outcome::ok);
    }
}

SCENARIO("the password is a secret, asked for at each new connection", "[storage_postgres]") {
    support::PostgresServer server;
    server.tell("scram_user");
    Database database(server.url());
    Settings settings = database.settings();
    settings.url.replace(settings.url.find("postgres@"), 8, "guarded");
    settings.password = "secret://env/DB";
    CHECK(try_to_start(database, settings).error().code == ATR_E_CONFIG);
    database.host.secrets["secret://env/DB"] = "wrong";
    const auto refused = try_to_start(database, settings);
    CHECK(refused.error().code == ATR_E_AUTH);
    CHECK(refused.error().message.find("wrong") == std::string::npos);
    database.host.secrets["secret://env/DB"] = "let-me-in\n";
    CHECK(try_to_start(database, settings));
}

SCENARIO("a secret that cannot be read for a while is a matter of trying again", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.password = "secret://env/DB";
    settings.pool_check_idle = {};
    const auto refused = try_to_start(database, settings);
    CHECK(refused.outcome() == Outcome::retry);
    CHECK(refused.error().code == ATR_E_CONFIG);  // a start says what is wrong
    CHECK(refused.error().message == "setting 'password': no such secret");
    database.host.secrets["secret://env/DB"] = "trusted all the same";
    const auto storage = database.start(settings);
    database.host.secrets.clear();
    CHECK(database.terminate_hosts() > 0);
    const auto payment = batch({claim("a")}, "key");
    const auto late = commit(*storage, payment);
    CHECK(late.outcome == Outcome::retry);
    CHECK(late.error.code == ATR_E_CONFIG);
    database.host.secrets["secret://env/DB"] = "trusted all the same";
    CHECK(commit(*storage, payment).outcome == Outcome::ok);
}

SCENARIO("TLS is used as far as the settings ask, and a stranger's certificate is refused", "[storage_postgres]") {
    support::PostgresServer server;
    Database database(server.url());
    Settings settings = database.settings();
    settings.tls = "require";
    CHECK(try_to_start(database, settings).outcome() == Outcome::retry);  // the server offers none
    const std::string root = server.tell("tls");
    CHECK(try_to_start(database, settings));
    settings.tls = "verify-full";
    settings.tls_root_certificate = "/nowhere/root.crt";
    CHECK_FALSE(try_to_start(database, settings));
    settings.tls_root_certificate = root;
    const auto storage = database.start(settings);
    Budget budget;
    CHECK(storage->health(budget.call));
    CHECK(std::stoi(database.ask("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND "
                                 "application_name = '" +
                                 database.schema + "'")) > 0);
}

SCENARIO("behind pgbouncer in session mode everything works; in transaction mode only without prepared statements",
         "[storage_postgres]") {
    support::PostgresServer server;
    Database direct(server.url());
    Settings settings = direct.settings();
    WHEN("the pooler is in session mode") {
        settings.url = server.tell("pgbouncer_session");
        const auto storage = direct.start(settings);
        CHECK(commit(*storage, batch({claim("a"), add("funds", "5")})).outcome == Outcome::ok);
        CHECK(body(*storage, "balances", "funds") == "5");
    }
    WHEN("the pooler is in transaction mode") {
        settings.url = server.tell("pgbouncer_transaction");
        const auto refused = try_to_start(direct, settings);
        REQUIRE(refused.outcome() == Outcome::rejected);
        CHECK(refused.error().code == ATR_E_CONFIG);
        CHECK(refused.error().message.find("set prepared_statements: false") != std::string::npos);
        settings.prepared_statements = false;
        const auto storage = direct.start(settings);
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 20; ++i)
                    settle(*storage, batch({claim(std::to_string(t * 100 + i)), add("funds", "1")},
                                           std::to_string(t) + "-" + std::to_string(i)));
            });
        for (auto& thread : threads) thread.join();
        CHECK(body(*storage, "balances", "funds") == "160");
        Budget budget;
        const auto page = storage->query(budget.call, {.collection = "claims", .limit = 1000});
        REQUIRE(page);
        CHECK(page->records.size() == 160);
    }
}

SCENARIO("what never migrates is not answered through a pooler that shares sessions either", "[storage_postgres]") {
    support::PostgresServer server;
    Database direct(server.url());
    Settings settings = direct.settings();
    CHECK(commit(*direct.start(), batch({claim("a")})).outcome == Outcome::ok);
    settings.url = server.tell("pgbouncer_transaction");
    WHEN("prepared statements are on") {
        const auto storage = direct.open(settings, storage_postgres::database_clock);
        Budget budget;
        const auto page = storage->query(budget.call, {.collection = "claims", .limit = 10});
        REQUIRE(page.outcome() == Outcome::rejected);
        CHECK(page.error().code == ATR_E_CONFIG);
        CHECK(storage->get(budget.call, {{"claims", "a"}}, 0, 0).outcome() == Outcome::rejected);
        CHECK(storage->open_snapshot(budget.call).outcome() == Outcome::rejected);  // a copy, a backup
        CHECK(storage->health(budget.call).outcome() == Outcome::rejected);
        CHECK(commit(*storage, batch({claim("b")})).outcome == Outcome::rejected);
        CHECK(direct.ask("SELECT count(*) FROM claims") == "1");
    }
    WHEN("they are off") {
        settings.prepared_statements = false;
        const auto storage = direct.open(settings, storage_postgres::database_clock);
        Budget budget;
        CHECK(body(*storage, "claims", "a") == "mine");
        CHECK(storage->open_snapshot(budget.call));
    }
}

SCENARIO("a replica behind a pooler that shares sessions is refused at the start, and never answers",
         "[storage_postgres]") {
    support::PostgresServer server;
    Database direct(server.url());
    Settings settings = direct.settings();
    settings.replica_url = server.tell("pgbouncer_transaction") + "?application_name=replica";
    const auto refused = try_to_start(direct, settings);
    REQUIRE(refused.outcome() == Outcome::rejected);
    CHECK(refused.error().code == ATR_E_CONFIG);
    CHECK(refused.error().message.find("setting 'replica_url': a pooler in transaction mode") != std::string::npos);
    WHEN("a host was started all the same, while the pooler was away") {
        CHECK(commit(*direct.start(), batch({claim("a")})).outcome == Outcome::ok);
        const auto storage = direct.open(settings, storage_postgres::database_clock);
        for (int i = 0; i < 3; ++i) {
            Budget budget;
            const auto page =
                storage->query(budget.call, {.collection = "claims", .limit = 10, .flags = ATR_Q_MAY_LAG});
            REQUIRE(page);
            CHECK(page->records.size() == 1);
        }
        CHECK(direct.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'replica' AND query LIKE "
                         "'%claims%'") == "0");
    }
}

SCENARIO("a connection that broke is replaced, and a call waits for a free one until its deadline",
         "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.pool_size = 1;
    settings.pool_overflow = 0;
    const auto storage = database.start(settings);
    CHECK(database.terminate_hosts() == 1);
    Budget budget;
    const auto first = storage->get(budget.call, {{"claims", "a"}}, 0, 0);
    CHECK(
        (first || first.outcome() == Outcome::retry));  // one call may be lost with its connection; the next is served
    CHECK(storage->get(budget.call, {{"claims", "a"}}, 0, 0));

    Blocker blocker(database, "UPDATE atr_state SET commit_seq = commit_seq");
    std::thread holder([&] { CHECK(commit(*storage, batch({claim("slow")})).outcome == Outcome::ok); });
    wait_until([&] {
        return database.ask(
                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '" +
                   database.schema + "'") == "1";
    });
    const auto late = commit(*storage, batch({claim("late")}), 400);
    CHECK(late.outcome == Outcome::retry);
    CHECK(late.error.code == ATR_E_OVERLOADED);
    blocker.release();
    holder.join();
    CHECK(body(*storage, "claims", "slow") == "mine");
    CHECK(body(*storage, "claims", "late") == "");
}

}  // namespace storage_postgres_test
