// The fake that most of the core is tested on must itself keep the storage contract.
#include "tests/support/simulated.hpp"

#include <catch2/catch.hpp>

#include "records/schema.hpp"
#include "records/store.hpp"
#include "records/user.hpp"
#include "tests/support/manual_executor.hpp"

using namespace treasurer;
using atr::Outcome;

namespace {

const atr::Schema schema{
    .version = 1,
    .collections = {{.name = "things",
                     .indexes = {{"by_size", {{"/size", ATR_T_INT}}, false},
                                 {"by_color", {{"/color", ATR_T_TEXT}, {"/size", ATR_T_INT}}, false}}},
                    {.name = "sums", .counter = true}}};

atr::Op op(std::int32_t kind, std::string key, std::uint64_t expect, std::string body = "{}") {
    atr::Op out;
    out.op = kind;
    out.expect_version = expect;
    out.record.collection = "things";
    out.record.key = std::move(key);
    out.record.body = std::move(body);
    return out;
}
atr::Op add(std::string key, std::string delta, std::string min = "") {
    auto out = op(ATR_OP_ADD, std::move(key), ATR_VER_ANY);
    out.record.collection = "sums";
    out.record.body.clear();
    out.delta = std::move(delta);
    out.min = std::move(min);
    return out;
}
atr::Op job(std::int32_t kind, std::string id, std::uint64_t token = 0) {
    auto out = op(kind, std::move(id), ATR_VER_ABSENT, "");
    out.queue = "work";
    out.lease_token = token;
    return out;
}

struct Bench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    support::MemoryStorage storage{clock, schema};

    atr::Commit commit(std::vector<atr::Op> ops, std::string key = "", std::string fingerprint = "") {
        std::vector<atr::Batch> batches{{std::move(ops), std::move(key), std::move(fingerprint), 0}};
        return executor.await(storage.commit(std::move(batches), {})).front();
    }
    std::string body(std::string collection, std::string key) {
        std::vector<atr::Key> keys{{std::move(collection), std::move(key)}};
        const auto found = executor.await(storage.get(std::move(keys), {}));
        REQUIRE(found);
        return found->empty() ? "absent" : found->front().body;
    }
    std::vector<std::string> all_pages(atr::Query query) {
        std::vector<std::string> keys;
        query.collection = "things";
        do {
            auto page = executor.await(storage.query(query, {}));
            REQUIRE(page);
            for (const auto& record : page->records) keys.push_back(record.key);
            query.cursor = page->next_cursor;
        } while (!query.cursor.empty());
        return keys;
    }
    std::vector<atr::Job> lease(std::string worker) {
        return *executor.await(storage.lease("work", std::move(worker), 10, Millis{5000}, {}));
    }
};

}  // namespace

TEST_CASE("a batch that loses one precondition changes nothing", "[memory_storage]") {
    Bench bench;
    REQUIRE(bench.commit({op(ATR_OP_PUT, "a", ATR_VER_ABSENT, "1")}).versions == std::vector<std::uint64_t>{1});
    const auto refused = bench.commit({add("s", "5"), op(ATR_OP_PUT, "b", ATR_VER_ANY), op(ATR_OP_DELETE, "a", 1),
                                       op(ATR_OP_PUT, "a", ATR_VER_ABSENT, "2"), op(ATR_OP_CHECK, "b", 9)});
    CHECK(refused.outcome == Outcome::conflict);
    CHECK(refused.conflict_op == 4);
    CHECK(bench.body("things", "a") == "1");
    CHECK(bench.body("things", "b") == "absent");
    CHECK(bench.body("sums", "s") == "absent");
    CHECK(bench.commit({op(ATR_OP_PUT, "a", 1, "3")}).versions == std::vector<std::uint64_t>{2});
    CHECK(bench.commit({op(ATR_OP_PUT, "a", 1, "4")}).outcome == Outcome::conflict);
}

TEST_CASE("a counter never leaves its bounds", "[memory_storage]") {
    Bench bench;
    CHECK(bench.commit({add("s", "100")}).outcome == Outcome::ok);
    CHECK(bench.commit({add("s", "-60", "0"), add("s", "-40", "0")}).outcome == Outcome::ok);
    const auto refused = bench.commit({add("s", "-1", "0")});
    CHECK(refused.outcome == Outcome::conflict);
    CHECK(refused.error.code == ATR_E_LIMIT_BREACHED);
    CHECK(bench.commit({add("s", "99999999999999999999999999999999999999")}).outcome == Outcome::ok);
    CHECK(bench.commit({add("s", "1")}).error.code == ATR_E_LIMIT_BREACHED);
    CHECK(bench.commit({add("s", "1.5")}).outcome == Outcome::rejected);
}

TEST_CASE("a replayed key gives the first result, another meaning is refused", "[memory_storage]") {
    Bench bench;
    const auto first = bench.commit({op(ATR_OP_PUT, "a", ATR_VER_ABSENT), add("s", "5")}, "k1", "f");
    const auto again = bench.commit({op(ATR_OP_PUT, "a", ATR_VER_ABSENT), add("s", "5")}, "k1", "f");
    CHECK(again.outcome == Outcome::ok);
    CHECK(again.replayed);
    CHECK(again.commit_seq == first.commit_seq);
    CHECK(again.versions == first.versions);
    CHECK(bench.body("sums", "s") == "5");
    CHECK(bench.commit({add("s", "5")}, "k1", "g").error.code == ATR_E_IDEMPOTENCY_MISMATCH);
    AND_THEN("a refused batch is not remembered") {
        CHECK(bench.commit({op(ATR_OP_CHECK, "a", 7)}, "k2").outcome == Outcome::conflict);
        CHECK(bench.commit({op(ATR_OP_CHECK, "a", 1)}, "k2").outcome == Outcome::ok);
    }
}

TEST_CASE("a job belongs to the last lease only", "[memory_storage]") {
    Bench bench;
    auto born = job(ATR_OP_JOB_ENQUEUE, "j");
    born.worker = "w1";
    born.lease_ms = 5000;
    const auto token = bench.commit({born}).versions.front();
    CHECK(bench.lease("w2").empty());
    CHECK(*bench.executor.await(bench.storage.extend_leases("w1", Millis{6000}, {})) == 1);
    bench.clock.advance(5999);
    CHECK(bench.lease("w2").empty());
    bench.clock.advance(1);
    const auto taken = bench.lease("w2");
    REQUIRE(taken.size() == 1);
    CHECK(taken.front().attempt == 2);
    CHECK(bench.commit({job(ATR_OP_JOB_DONE, "j", token)}).error.code == ATR_E_LEASE_LOST);
    CHECK(*bench.executor.await(bench.storage.extend_leases("w1", Millis{6000}, {})) == 0);

    auto later = job(ATR_OP_JOB_RESCHEDULE, "j", taken.front().lease_token);
    later.run_at_unix_ms = bench.clock.unix_ms() + 100;
    CHECK(bench.commit({later}).outcome == Outcome::ok);
    CHECK(bench.lease("w3").empty());
    bench.clock.advance(100);
    const auto third = bench.lease("w3");
    REQUIRE(third.size() == 1);
    CHECK(bench.commit({job(ATR_OP_JOB_DONE, "j", third.front().lease_token)}).outcome == Outcome::ok);
    bench.clock.advance(100000);
    CHECK(bench.lease("w4").empty());
}

TEST_CASE("pages in both directions show every record once, whatever their size", "[memory_storage]") {
    const auto limit = GENERATE(1u, 2u, 3u, 7u, 50u);
    const auto descending = GENERATE(false, true);
    const auto flags = GENERATE(0u, std::uint32_t{ATR_Q_SNAPSHOT});
    Bench bench;
    for (int i = 0; i < 7; ++i)
        bench.commit(
            {op(ATR_OP_PUT, "k" + std::to_string(i), ATR_VER_ABSENT,
                R"({"color":")" + std::string(i % 2 ? "red" : "blue") + R"(","size":)" + std::to_string(i / 3) + "}")});
    atr::Query query;
    query.limit = limit;
    query.descending = descending;
    query.flags = flags;
    const auto ordered = [&](std::vector<std::string> keys) {
        if (descending) std::reverse(keys.begin(), keys.end());
        return keys;
    };
    CHECK(bench.all_pages(query) == ordered({"k0", "k1", "k2", "k3", "k4", "k5", "k6"}));
    query.index = "by_size";
    query.lo = atr::Value::of(std::int64_t{1});
    query.hi = atr::Value::of(std::int64_t{2});
    CHECK(bench.all_pages(query) == ordered({"k3", "k4", "k5"}));
    query.index = "by_color";
    query.eq = {atr::Value::of(std::string("blue"))};
    query.lo = {};
    CHECK(bench.all_pages(query) == ordered({"k0", "k2", "k4"}));
}

TEST_CASE("the change feed names what each commit changed, and never cuts a commit in two", "[memory_storage]") {
    Bench bench;
    bench.commit({op(ATR_OP_PUT, "a", ATR_VER_ABSENT), op(ATR_OP_PUT, "b", ATR_VER_ABSENT)});
    bench.commit({op(ATR_OP_CHECK, "a", 1)});
    bench.commit({op(ATR_OP_DELETE, "a", 1), add("s", "1")});
    const auto first = *bench.executor.await(bench.storage.changes(0, 1, {}));
    CHECK(first.records.size() == 2);
    CHECK(first.last_seq == 2);
    const auto second = *bench.executor.await(bench.storage.changes(first.last_seq, 10, {}));
    CHECK(second.records.size() == 2);
    CHECK(second.last_seq == 3);
}

TEST_CASE("the typed store works on it", "[memory_storage]") {
    Bench bench;
    support::SeededRandom random(7);
    Ids ids(bench.clock, random);
    REQUIRE(bench.executor.await(bench.storage.migrate(record_schema(), {})));
    TaskScope scope(bench.executor);
    CommitPipeline pipeline(bench.storage, bench.executor, scope, {});
    Store store(bench.storage, pipeline, ids);
    User user{.id = "ann", .password_hash = "x", .roles = {"viewer"}};
    auto unit = store.begin();
    unit.create(user, "user").add("rollups", "users", 1, true, "count");
    CHECK(bench.executor.await(store.commit(std::move(unit))).ok());
    auto repeat = store.begin();
    repeat.create(user, "user");
    CHECK(bench.executor.await(store.commit(std::move(repeat))).lost == "user");
    const auto found = bench.executor.await(store.find<User>("ann"));
    REQUIRE(found);
    CHECK((*found)->version == 1);
    CHECK(bench.executor.await(store.counters_with_prefix("rollups", "us"))->at("users") == 1);
}
