#include "records/prefetch.hpp"

#include <catch2/catch.hpp>

#include "records/last_decoded.hpp"
#include "records/policy.hpp"
#include "tests/support/store_bench.hpp"

namespace {

using namespace treasurer;

/// Counts the calls for records.
class Counting final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    int reads = 0;

    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        ++reads;
        return MemoryStorage::get(std::move(keys), std::move(options));
    }
};

struct World {
    World() {
        for (const char* key : {"a", "b"}) put(key, "1");
    }
    void put(const std::string& key, const std::string& body) {
        UnitOfWork unit = store.begin();
        unit.put("claims", key, body, {}, ATR_VER_ANY, "record");
        REQUIRE(executor.await(store.commit(std::move(unit))).ok());
    }
    std::vector<atr::Record> get(Prefetch& records, std::vector<atr::Key> keys) {
        return executor.await(records.get(std::move(keys))).value();
    }

    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Counting storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    Store store{storage, pipeline, ids};
};

}  // namespace

SCENARIO("what was foreseen is read once, and what was not is read when it is asked for", "[records]") {
    World world;
    Prefetch records(world.store);
    REQUIRE(world.executor.await(records.read({{"claims", "a"}, {"claims", "absent"}})));
    const int before = world.storage.reads;
    CHECK(world.get(records, {{"claims", "a"}}).at(0).body == "1");
    CHECK(world.get(records, {{"claims", "absent"}, {"claims", "a"}}).size() == 1);
    CHECK(world.storage.reads == before);

    WHEN("one of several was not foreseen") {
        world.put("a", "2");
        THEN("all of them are read, as they are now") {
            const auto both = world.get(records, {{"claims", "a"}, {"claims", "b"}});
            REQUIRE(both.size() == 2);
            CHECK(both[0].body == "2");
            CHECK(world.storage.reads == before + 1);
        }
    }
}

SCENARIO("a record is decoded again when its text is another, and has the version it was read with", "[records]") {
    LastDecoded<Policy> last;
    Policy policy;
    policy.asset = "MNEE";
    atr::Record record{.collection = "policy", .key = "current", .version = 3, .body = dump(policy.to_json())};
    CHECK(last.of(record).value().version == 3);
    record.version = 4;
    CHECK(last.of(record).value().version == 4);
    policy.paused = true;
    record.body = dump(policy.to_json());
    CHECK(last.of(record).value().paused);
    record.body = "{";
    CHECK_FALSE(last.of(record));
    record.body = dump(policy.to_json());
    CHECK(last.of(record).value().paused);
}
