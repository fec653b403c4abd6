/// Leased jobs: taken once, fenced by tokens, taken over when the lease ends.
#include <nlohmann/json.hpp>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

namespace {
std::vector<atr::Job> lease(Store& store, const std::string& worker, std::uint32_t max = 10,
                            std::int64_t lease_ms = 5000, const std::string& queue = "q") {
    auto jobs = store.storage->lease(store.call(), queue, worker, max, lease_ms);
    if (!jobs) throw std::runtime_error(jobs.error().message);
    return *jobs;
}
std::vector<std::string> ids(const std::vector<atr::Job>& jobs) {
    std::vector<std::string> out;
    for (const auto& job : jobs) out.push_back(job.id);
    return out;
}
}  // namespace

SCENARIO("due jobs are leased once, the longest due first", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "late", "3", start_ms + 100), enqueue("q", "new", "2", start_ms),
                        enqueue("q", "old", "1", start_ms - 100), enqueue("other", "x", "4", start_ms - 200)}));
    const auto first = lease(store, "w1", 1);
    REQUIRE(ids(first) == std::vector<std::string>{"old"});
    CHECK(first[0].attempt == 1);
    CHECK(first[0].queue == "q");
    CHECK(first[0].body == "1");
    CHECK(first[0].lease_until_unix_ms == start_ms + 5000);
    CHECK(ids(lease(store, "w2")) == std::vector<std::string>{"new"});
    CHECK(lease(store, "w2").empty());
    store.now_ms += 100;
    CHECK(ids(lease(store, "w2")) == std::vector<std::string>{"late"});
}

SCENARIO("a lease that ends is taken over, and the old token is worth nothing", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "j", "body")}));
    const auto first = lease(store, "w1");
    REQUIRE(first.size() == 1);
    store.now_ms += 4999;
    CHECK(lease(store, "w2").empty());
    store.now_ms += 1;
    const auto second = lease(store, "w2");
    REQUIRE(second.size() == 1);
    CHECK(second[0].attempt == 2);
    CHECK(second[0].lease_token > first[0].lease_token);
    for (const auto& late : {job_done("j", first[0].lease_token), reschedule("j", first[0].lease_token, 0)}) {
        const auto lost = store.commit(batch({claim("effect"), late}));
        CHECK(lost.outcome == Outcome::conflict);
        CHECK(lost.error.code == ATR_E_LEASE_LOST);
        CHECK(lost.conflict_op == 1);
    }
    CHECK(store.record("claims", "effect").version == 0);
    CHECK(store.commit(batch({claim("effect"), job_done("j", second[0].lease_token)})).outcome == Outcome::ok);
    CHECK(store.commit(batch({job_done("j", second[0].lease_token)})).error.code == ATR_E_LEASE_LOST);
    store.now_ms += 100'000;
    CHECK(lease(store, "w1").empty());
}

SCENARIO("an expired lease that nobody took is still its worker's to finish, not to renew", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "j")}));
    const auto held = lease(store, "w1");
    store.now_ms += 6000;
    CHECK(store.storage->extend_leases(store.call(), "w1", 5000).value() == 0);
    CHECK(store.commit(batch({job_done("j", held[0].lease_token)})).outcome == Outcome::ok);
}

SCENARIO("a job may be born leased to the worker that enqueues it", "[storage]") {
    Site site;
    Store store(site);
    const auto born = store.commit(batch({claim("a"), enqueue_leased("q", "j", "w1", 5000)}));
    REQUIRE(born.outcome == Outcome::ok);
    REQUIRE(born.versions.size() == 2);
    CHECK(born.versions[1] > 0);
    CHECK(lease(store, "w2").empty());
    CHECK(store.storage->extend_leases(store.call(), "w1", 5000).value() == 1);
    CHECK(store.commit(batch({job_done("j", born.versions[1] + 1)})).error.code == ATR_E_LEASE_LOST);
    WHEN("its worker dies") {
        store.now_ms += 5000;
        const auto taken = lease(store, "w2");
        REQUIRE(taken.size() == 1);
        CHECK(taken[0].attempt == 2);
        CHECK(taken[0].lease_token > born.versions[1]);
        CHECK(store.commit(batch({job_done("j", born.versions[1])})).error.code == ATR_E_LEASE_LOST);
    }
    WHEN("its worker finishes") {
        CHECK(store.commit(batch({job_done("j", born.versions[1])})).outcome == Outcome::ok);
    }
}

SCENARIO("a job is enqueued once", "[storage]") {
    Site site;
    Store store(site);
    const auto results = store.commit({batch({enqueue("q", "j", "first")}), batch({enqueue("q", "j", "second")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::conflict);
    CHECK(results[1].error.message == "job j is already there");
    CHECK(lease(store, "w").front().body == "first");
}

SCENARIO("a rescheduled job is free, comes back at its time, counts on, and may have a new body", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "j", "one")}));
    const auto first = lease(store, "w1");
    REQUIRE(store.commit(batch({reschedule("j", first[0].lease_token, start_ms + 50)})).outcome == Outcome::ok);
    CHECK(lease(store, "w1").empty());
    CHECK(store.storage->extend_leases(store.call(), "w1", 5000).value() == 0);
    store.now_ms += 50;
    const auto second = lease(store, "w1");
    REQUIRE(second.size() == 1);
    CHECK(second[0].attempt == 2);
    CHECK(second[0].body == "one");
    REQUIRE(store.commit(batch({reschedule("j", second[0].lease_token, 0, "two")})).outcome == Outcome::ok);
    CHECK(lease(store, "w1").front().body == "two");
}

SCENARIO("one call renews every lease of a worker, in all queues", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "a"), enqueue("r", "b"), enqueue("q", "c")}));
    lease(store, "w1", 1);
    lease(store, "w1", 1, 5000, "r");
    lease(store, "w2", 1);
    store.now_ms += 4000;
    CHECK(store.storage->extend_leases(store.call(), "w1", 5000).value() == 2);
    CHECK(store.storage->extend_leases(store.call(), "nobody", 5000).value() == 0);
    store.now_ms += 4000;
    CHECK(ids(lease(store, "w3")) == std::vector<std::string>{"c"});
}

SCENARIO("jobs are a collection that can be read", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({enqueue("q", "a", "text", start_ms + 5), enqueue_leased("q", "b", "w1", 1000),
                        enqueue("q", "c", std::string("\xff\0", 2))}));
    const auto a = nlohmann::json::parse(store.body("atr.jobs", "a"));
    CHECK(a == nlohmann::json::parse(R"({"queue":"q","run_at_unix_ms":1700000000005,"attempt":0,"worker":null,
        "lease_token":null,"lease_until_unix_ms":null,"body":"text"})"));
    const auto b = nlohmann::json::parse(store.body("atr.jobs", "b"));
    CHECK(b["worker"] == "w1");
    CHECK(b["lease_until_unix_ms"] == start_ms + 1000);
    CHECK(nlohmann::json::parse(store.body("atr.jobs", "c"))["body_base64"] == "_wA");
    const auto page = store.storage->query(
        store.call(), {.collection = "atr.jobs", .index = "by_queue", .eq = {atr::Value::of("q")}});
    REQUIRE(page);
    CHECK(page->records.size() == 3);
    const auto held = store.storage->query(
        store.call(), {.collection = "atr.jobs", .index = "by_worker", .eq = {atr::Value::of("w1")}});
    REQUIRE(held);
    REQUIRE(held->records.size() == 1);
    CHECK(held->records[0].key == "b");
}

SCENARIO("a lease without worker, with no time or for too many is refused", "[storage]") {
    Site site;
    Store store(site);
    CHECK(store.storage->lease(store.call(), "q", "", 1, 1000).outcome() == Outcome::rejected);
    CHECK(store.storage->lease(store.call(), "q", "w", 0, 1000).outcome() == Outcome::rejected);
    CHECK(store.storage->lease(store.call(), "q", "w", 1001, 1000).outcome() == Outcome::rejected);
    CHECK(store.storage->lease(store.call(), "q", "w", 1, 0).outcome() == Outcome::rejected);
    CHECK(store.storage->extend_leases(store.call(), "w", -1).outcome() == Outcome::rejected);
}

}  // namespace storage_contract
