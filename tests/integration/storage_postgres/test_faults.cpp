/// What dies while a group is committed: sessions, the server, the deadline. Every answer is true: retry means nothing
/// was applied, and unknown is resolved by replaying.
#include <random>
#include <thread>

#include "database.hpp"

namespace storage_postgres_test {
using atr::Outcome;

namespace {

/// Threads that commit payments until told to stop, each replayed under its key until it is settled. What they were
/// told, and what they then found, is counted.
class Load {
public:
    Load(PostgresStorage& storage, int threads) : storage_(storage) {
        for (int t = 0; t < threads; ++t) threads_.emplace_back([this, t] { run(t); });
    }
    ~Load() { stop(); }
    void stop() {
        stop_ = true;
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    std::atomic<int> settled{0}, unknown{0}, retried{0}, wrong{0}, resolved_by_replay{0};

private:
    void run(int t) {
        for (int n = 0; !stop_; ++n) pay(std::to_string(t) + "-" + std::to_string(n));
    }
    void pay(const std::string& id) {
        const auto payment = batch({claim(id), claim(id + "b", std::string(600, 'x')), add("sum", "1", "0"),
                                    enqueue_leased("q", id, "w", 60'000)},
                                   id, "payment " + id);
        bool perhaps = false;
        for (;;) {
            const auto result = commit(storage_, payment);
            if (result.outcome == Outcome::unknown) {
                ++unknown;
                perhaps = true;
            } else if (result.outcome == Outcome::retry) {
                ++retried;
            } else {
                if (result.outcome != Outcome::ok) ++wrong;
                if (result.replayed && !perhaps) ++wrong;  // "retry" had promised that nothing was applied
                if (result.replayed) ++resolved_by_replay;
                ++settled;
                return;
            }
        }
    }

    PostgresStorage& storage_;
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

/// Waits until `more` further payments are settled.
void after(const Load& load, int more) {
    const int until = load.settled + more;
    wait_until([&] { return load.settled >= until; });
}

/// A role that is no superuser, and what it owns goes with it.
class Role {
public:
    explicit Role(const Database& database) : name("role_" + database.schema), url_(database.url) {
        support::psql(url_, "CREATE ROLE " + name + " LOGIN; GRANT CREATE ON DATABASE postgres TO " + name);
    }
    ~Role() {
        try {
            support::psql(url_,
                          "SET client_min_messages = error; DROP OWNED BY " + name + " CASCADE; DROP ROLE " + name);
        } catch (const std::exception&) {
            // The test has failed already.
        }
    }
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;

    Settings settings(const Database& database) const {
        Settings out = database.settings();
        out.url.replace(out.url.find("postgres@"), 8, name);
        return out;
    }

    const std::string name;

private:
    const std::string url_;
};

/// Whatever is claimed under a key that begins with "poison" is refused with `state`.
void refuse_poison(const Database& database, const std::string& state) {
    database.ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.key LIKE 'poison%' THEN RAISE "
        "EXCEPTION 'forced' USING ERRCODE = '" +
        state +
        "'; END IF; RETURN NEW; END$$; CREATE TRIGGER refuses BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION "
        "refuse()");
}

/// Nothing lost, nothing doubled: every table tells the same number.
void check_books(const Database& database, const Load& load) {
    const std::string count = std::to_string(load.settled);
    CHECK(load.wrong == 0);
    CHECK(database.ask("SELECT value FROM balances WHERE key = 'sum'") == count);
    CHECK(database.ask("SELECT count(*) / 2 FROM claims") == count);
    CHECK(database.ask("SELECT count(*) FROM atr_keys") == count);
    CHECK(database.ask("SELECT count(*) FROM atr_jobs") == count);
    CHECK(database.ask("SELECT commit_seq FROM atr_state") == count);
    CHECK(database.ask("SELECT count(DISTINCT first_seq + place) FROM atr_changes, unnest(places) place") == count);
}

}  // namespace

SCENARIO("sessions ended at any moment lose nothing and double nothing", "[storage_postgres][faults]") {
    Database database;
    const auto storage = database.start();
    Load load(*storage, 6);
    int ended = 0;
    for (int round = 0; round < 40; ++round) {
        after(load, 5);
        ended += database.terminate_hosts();
    }
    load.stop();
    CHECK(ended > 40);
    CHECK(load.unknown + load.retried > 0);
    check_books(database, load);
}

SCENARIO("a server that stops in the middle, and starts again, loses nothing and doubles nothing",
         "[storage_postgres][faults]") {
    support::PostgresServer server;
    Database database(server.url());
    const auto storage = database.start();
    Load load(*storage, 6);
    for (int round = 0; round < 6; ++round) {
        after(load, 20);
        server.tell(round % 3 == 2 ? "stop" : "crash");
        server.tell("start");
    }
    after(load, 20);
    load.stop();
    CHECK(load.unknown + load.retried > 0);
    check_books(database, load);
}

SCENARIO("a synchronous standby that takes over has every commit that was answered", "[storage_postgres][faults]") {
    support::PostgresServer server;
    const std::string replica = server.tell("replica");
    server.tell("synchronous");
    Database database(server.url());
    Settings settings = database.settings();
    const auto host = [](const std::string& url) {
        const auto at = url.find('@') + 1;
        return url.substr(at, url.find('/', at) - at);
    };
    settings.url = "postgresql://postgres@" + host(server.url()) + "," + host(replica) + "/postgres";
    const auto storage = database.start(settings);
    Load load(*storage, 4);
    after(load, 50);
    server.tell("crash");
    server.tell("promote");
    after(load, 50);
    load.stop();
    CHECK(load.wrong == 0);
    const std::string path = "SET search_path = " + database.schema + "; ";
    CHECK(support::psql(replica, path + "SELECT value FROM balances WHERE key = 'sum'") ==
          std::to_string(load.settled));
    CHECK(support::psql(replica, path + "SELECT count(*) FROM atr_keys") == std::to_string(load.settled));
}

SCENARIO("a deadline that passes behind a lock is answered in time, with nothing applied", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({put("claims", "a", "1"), add("funds", "1")}));
    for (const char* lock : {"SELECT * FROM claims FOR UPDATE", "SELECT * FROM balances FOR UPDATE",
                             "UPDATE atr_state SET commit_seq = commit_seq"}) {
        Blocker blocker(database, lock);
        const auto late = commit(*storage, batch({put("claims", "a", "2", 1), add("funds", "1")}), 2000);
        CHECK(late.outcome == Outcome::retry);
        CHECK(late.error.code == ATR_E_TIMEOUT);
    }
    CHECK(body(*storage, "claims", "a") == "1");
    CHECK(commit(*storage, batch({put("claims", "a", "2", 1), add("funds", "1")})).outcome == Outcome::ok);
}

SCENARIO("a server that hangs is waited for no longer than a call may take", "[storage_postgres][faults]") {
    support::PostgresServer server;
    Database database(server.url());
    Settings settings = database.settings();
    settings.connect_timeout = std::chrono::milliseconds(300'000);  // longer than this test may take
    settings.pool_size = 1;
    const auto storage = database.start(settings);
    const auto payment = batch({claim("a"), add("funds", "1")}, "key", "payment");
    server.tell("hang");
    Budget budget(400);
    CHECK(commit(*storage, payment, 400).outcome == Outcome::unknown);  // it was sent
    CHECK(commit(*storage, payment, 400).outcome == Outcome::retry);    // no new connection stood in time
    CHECK(storage->get(budget.call, {{"claims", "a"}}, 0, 0).outcome() == Outcome::retry);
    server.tell("go_on");
    CHECK(settle(*storage, payment).outcome == Outcome::ok);
    CHECK(body(*storage, "balances", "funds") == "1");
}

SCENARIO("a lock that is never released is given up after lock_timeout", "[storage_postgres]") {
    Database database;
    Settings settings = database.settings();
    settings.lock_timeout = std::chrono::milliseconds(50);
    const auto storage = database.start(settings);
    commit(*storage, batch({put("claims", "a", "1")}));
    Blocker blocker(database, "SELECT * FROM claims FOR UPDATE");
    const auto refused = commit(*storage, batch({put("claims", "a", "2")}));
    CHECK(refused.outcome == Outcome::retry);
    CHECK(refused.error.vendor_code == "55P03");
    CHECK(refused.error.code == ATR_E_OVERLOADED);
}

SCENARIO("what a DBA took away is a matter of trying again, never the caller's fault", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({put("claims", "a", "1")}));
    const auto test =
        GENERATE(std::pair{"ALTER SCHEMA %s RENAME TO %s_hidden", "ALTER SCHEMA %s_hidden RENAME TO %s"},
                 std::pair{"ALTER TABLE %s.claims RENAME TO hidden", "ALTER TABLE %s.hidden RENAME TO claims"});
    const auto ask = [&](std::string sql) {
        for (std::size_t at; (at = sql.find("%s")) != std::string::npos;) sql.replace(at, 2, database.schema);
        database.ask(sql);
    };
    ask(test.first);
    for (int i = 0; i < 3; ++i) {
        Budget budget;
        CHECK(storage->get(budget.call, {{"claims", "a"}}, 0, 0).outcome() == Outcome::retry);
        CHECK(storage->query(budget.call, {.collection = "claims", .limit = 1}).outcome() == Outcome::retry);
    }
    CHECK(commit(*storage, batch({put("claims", "a", "2", 1)})).outcome != Outcome::ok);
    ask(test.second);
    CHECK(commit(*storage, batch({put("claims", "a", "2", 1)})).outcome == Outcome::ok);
}

SCENARIO("a role that lost a right is not healthy, and the table is named", "[storage_postgres]") {
    Database database;
    const Role role(database);  // a superuser loses none
    const std::string table = database.schema + ".claims";
    const auto storage = database.start(role.settings(database));
    Budget budget;
    REQUIRE(storage->health(budget.call));
    for (const std::string right : {"SELECT", "INSERT"}) {
        INFO(right);
        support::psql(database.url, "REVOKE " + right + " ON " + table + " FROM " + role.name);
        const auto health = storage->health(budget.call);
        REQUIRE(!health);
        CHECK(health.error().outcome == Outcome::retry);
        CHECK(health.error().code == ATR_E_PERMISSION);
        CHECK(health.error().message.find(table) != std::string::npos);
        support::psql(database.url, "GRANT " + right + " ON " + table + " TO " + role.name);
        CHECK(storage->health(budget.call));
    }
}

SCENARIO("each batch of a group that is committed one by one is told its own end, whatever comes after it",
         "[storage_postgres][faults]") {
    Database database;
    const Role role(database);
    Settings settings = role.settings(database);
    settings.pool_size = 1;
    const auto storage = database.start(settings);
    refuse_poison(database, "22000");
    database.ask(  // the server ends the session that commits this claim, at its COMMIT
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.key = 'cut' THEN PERFORM "
        "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END IF; RETURN NULL; END$$; CREATE CONSTRAINT "
        "TRIGGER cuts AFTER INSERT ON claims DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()");
    support::psql(database.url, "ALTER ROLE " + role.name + " NOLOGIN");  // no other session is to be had
    const auto results = commit(*storage, {batch({claim("poison")}, "1"), batch({claim("a")}, "2"),
                                           batch({claim("cut")}, "3"), batch({claim("b")}, "4")});
    CHECK(results[0].outcome == Outcome::rejected);
    CHECK(results[1].outcome == Outcome::ok);
    CHECK(results[2].outcome == Outcome::unknown);
    CHECK(results[3].outcome == Outcome::retry);
    CHECK(results[3].error.code == ATR_E_AUTH);
    CHECK(database.ask("SELECT string_agg(key, ',') FROM claims") == "a");
    support::psql(database.url, "ALTER ROLE " + role.name + " LOGIN");
    CHECK(settle(*storage, batch({claim("a")}, "2")).replayed);
    CHECK(settle(*storage, batch({claim("b")}, "4")).outcome == Outcome::ok);
}

SCENARIO("what is refused for a reason unheard of may pass, and keeps its neighbours out no longer",
         "[storage_postgres][faults]") {
    Database database;
    const auto storage = database.start();
    const std::string state = GENERATE(as<std::string>(), "P0001", "XX000", "54000", "58030");
    refuse_poison(database, state);
    const auto poison = batch({claim("poison")}, "2");
    const auto results = commit(*storage, {batch({claim("a")}, "1"), poison, batch({claim("b")}, "3")});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::retry);
    CHECK(results[1].error.vendor_code == state);
    CHECK(results[2].outcome == Outcome::ok);
    database.ask("DROP TRIGGER refuses ON claims");
    CHECK(commit(*storage, poison).outcome == Outcome::ok);
}

SCENARIO("a serialization failure or a deadlock is judged again, and one that stays is a matter of trying again",
         "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    const std::string state = GENERATE(as<std::string>(), "40001", "40P01");
    const bool passes = GENERATE(true, false);
    database.ask(
        "CREATE SEQUENCE times; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF nextval('" +
        database.schema + ".times') <= " + (passes ? "2" : "1000000") +
        " THEN RAISE EXCEPTION 'forced' USING ERRCODE = '" + state +
        "'; END IF; RETURN NEW; END$$; CREATE TRIGGER fails BEFORE INSERT ON claims FOR EACH ROW EXECUTE "
        "FUNCTION fail()");
    const auto result = commit(*storage, batch({claim("a"), add("funds", "5")}, "key"));
    CHECK(database.ask("SELECT last_value > 1 FROM times") == "t");  // it was tried again by itself
    if (passes) {
        CHECK(result.outcome == Outcome::ok);
        CHECK(body(*storage, "balances", "funds") == "5");
    } else {
        CHECK(result.outcome == Outcome::retry);
        CHECK(result.error.code == ATR_E_OVERLOADED);
        CHECK(result.error.vendor_code == state);
        CHECK(database.ask("SELECT count(*) FROM claims") == "0");
        CHECK(database.ask("SELECT count(*) FROM atr_keys") == "0");
    }
}

SCENARIO("two groups that lock the same rows in different order are both done", "[storage_postgres]") {
    Database database;
    const auto one = database.start(), two = database.start();
    commit(*one, batch({put("claims", "a", ""), put("claims", "z", ""), add("a", "1"), add("z", "1")}));
    std::vector<std::thread> threads;
    std::atomic<int> done{0};
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 40; ++i) {
                std::vector<atr::Op> ops = {put("claims", "a", ""), put("claims", "z", ""), add("a", "1"),
                                            add("z", "1"), put("invoices", "m", "{}")};
                if (t % 2) std::reverse(ops.begin(), ops.end());
                done += settle(t % 3 ? *one : *two, batch(ops)).outcome == Outcome::ok;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(done == 240);
    CHECK(body(*one, "balances", "z") == "241");
}

SCENARIO("a change that is judged while another commits beside it is judged again", "[storage_postgres]") {
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({put("claims", "policy", "v1"), put("claims", "a", "")}));
    WHEN("a record that a CHECK names changes before the commit") {
        Blocker blocker(database,
                        "UPDATE claims SET version = 2 WHERE key = 'policy'; UPDATE atr_state SET commit_seq = "
                        "commit_seq");
        atr::Commit result;
        std::thread waiting([&] {
            result = commit(*storage, batch({check("claims", "policy", 1), put("claims", "a", "paid", 1)}));
        });
        wait_until([&] {
            return database.ask(
                       "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = "
                       "'" +
                       database.schema + "'") == "1";
        });
        blocker.keep();
        waiting.join();
        CHECK(result.outcome == Outcome::conflict);
        CHECK(result.conflict_op == 0);
        CHECK(body(*storage, "claims", "a") == "");
    }
}

SCENARIO("what the server refuses only as it commits is told, and the session stays in step",
         "[storage_postgres][faults]") {
    Database database;
    const auto storage = database.start();
    commit(*storage, batch({put("claims", "a", "kept"), enqueue("q", "job")}));
    database.ask(
        "CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'forced' USING "
        "ERRCODE = '40001'; END$$; CREATE CONSTRAINT TRIGGER refuses_late AFTER UPDATE ON atr_jobs DEFERRABLE "
        "INITIALLY "
        "DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_late()");
    const Budget budget;
    for (int i = 0; i < 2 * storage_postgres::Settings{}.pool_size; ++i) {
        const auto jobs = storage->lease(budget.call, "q", "heir", 1, 60'000);
        REQUIRE(!jobs);
        CHECK(jobs.outcome() == Outcome::retry);
        CHECK(body(*storage, "claims", "a") == "kept");
    }
    database.ask("DROP TRIGGER refuses_late ON atr_jobs");
    CHECK(storage->lease(budget.call, "q", "heir", 1, 60'000).value().size() == 1);
}

SCENARIO("what is written is judged by the isolation that it is meant for, whatever the role's own is",
         "[storage_postgres][faults]") {
    Database database;
    commit(*database.start(), batch({enqueue("q", "job")}));
    const std::string refuse = " FOR EACH ROW EXECUTE FUNCTION refuse_other_isolation()";
    database.ask(
        "CREATE FUNCTION refuse_other_isolation() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF "
        "current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'isolation'; END IF; RETURN "
        "NEW; END$$; CREATE TRIGGER looks BEFORE INSERT ON claims" +
        refuse + "; CREATE TRIGGER looks BEFORE UPDATE ON atr_jobs" + refuse);
    database.ask("ALTER ROLE CURRENT_USER SET default_transaction_isolation = serializable");
    const auto storage = database.start();
    const Budget budget;
    const auto committed = commit(*storage, batch({claim("a")}));
    const auto leased = storage->lease(budget.call, "q", "heir", 1, 60'000);
    const std::string of_others = database.ask("SHOW default_transaction_isolation");
    database.ask("ALTER ROLE CURRENT_USER RESET default_transaction_isolation");
    CHECK(of_others == "serializable");
    CHECK(committed.outcome == Outcome::ok);
    CHECK(leased.has_value());
}

SCENARIO("a unit that is repeated while its first try is still being committed is a repeat, not a conflict",
         "[storage_postgres][faults]") {
    Database database;
    const auto one = database.start(), two = database.start();
    commit(*one, batch({put("claims", "a", "")}));
    // From now on it looks at what it is about to write.
    REQUIRE(commit(*two, batch({put("claims", "a", "other", 7)})).outcome == Outcome::conflict);
    const auto payment =
        batch({put("claims", "a", "paid", 1), enqueue_leased("q", "a", "w", 60'000)}, "key", "payment");
    const auto wait_at_locks = [&](const std::string& how_many) {
        wait_until([&] {
            return database.ask(
                       "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                       "application_name = '" +
                       database.schema + "'") == how_many;
        });
    };
    Blocker blocker(database, "UPDATE atr_state SET commit_seq = commit_seq");
    atr::Commit first, again;
    std::thread trying([&] { first = commit(*one, payment); });
    wait_at_locks("1");  // all is written, and not committed
    std::thread repeating([&] { again = commit(*two, payment); });
    wait_at_locks("2");
    blocker.release();
    trying.join();
    repeating.join();
    CHECK(first.outcome == Outcome::ok);
    CHECK(again.outcome == Outcome::ok);
    CHECK(again.replayed);
    CHECK(again.versions == first.versions);
}

}  // namespace storage_postgres_test
