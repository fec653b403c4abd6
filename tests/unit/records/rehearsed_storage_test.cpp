// A rehearsed commit is judged as the storage itself would judge it at that moment, and leaves nothing behind.
#include "records/rehearsed_storage.hpp"

#include "records/schema.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/manual_executor.hpp"
#include "tests/support/simulated.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace treasurer;
using support::SeededRandom;

namespace {

struct Stage {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    support::MemoryStorage storage{clock, record_schema()};
    RehearsedStorage rehearsed{storage};

    atr::Commit commit(StoragePort& on, const atr::Batch& batch) {
        return executor.await(on.commit(std::vector<atr::Batch>{batch}, {})).front();
    }
};

atr::Op op_on(std::int32_t kind, std::string collection, std::string key, std::uint64_t expect = ATR_VER_ANY) {
    atr::Op out;
    out.op = kind;
    out.record.collection = std::move(collection);
    out.record.key = std::move(key);
    out.record.body = "{}";
    out.expect_version = expect;
    return out;
}

atr::Op adding(std::string key, const std::string& delta, const std::string& min, const std::string& max) {
    atr::Op out = op_on(ATR_OP_ADD, balances_collection, std::move(key));
    out.delta = delta;
    out.min = min;
    out.max = max;
    return out;
}

/// Of few keys, so that the steps of one batch meet each other, and what earlier ones left.
atr::Op random_op(SeededRandom& random) {
    const std::string key = std::string(1, static_cast<char>('a' + random.below(3)));
    const std::uint64_t expected[] = {ATR_VER_ANY, ATR_VER_ABSENT, 1, 2, 3};
    const std::uint64_t expect = expected[random.below(5)];
    switch (random.below(5)) {
        case 0:
            return op_on(ATR_OP_CHECK, "claims", key, expect);
        case 1:
            return op_on(ATR_OP_DELETE, "claims", key, expect);
        case 2:
            return adding(key, std::to_string(static_cast<int>(random.below(9)) - 4), random.below(2) ? "0" : "",
                          random.below(2) ? "6" : "");
        default:
            return op_on(ATR_OP_PUT, "claims", key, expect);
    }
}

bool rests_on(const atr::Batch& batch, const std::string& key) {
    return std::any_of(batch.ops.begin(), batch.ops.end(), [&](const atr::Op& op) {
        return op.op != ATR_OP_ADD && op.record.key == key && op.expect_version != ATR_VER_ANY;
    });
}

/// With the versions of what the batch rests on: what is written whatever is there is not even read.
std::string told(const atr::Batch& batch, const atr::Commit& result) {
    std::ostringstream out;
    out << atr::to_string(result.outcome) << " at " << result.conflict_op << " code " << result.error.code << ":";
    for (std::size_t i = 0; i < result.versions.size(); ++i)
        if (rests_on(batch, batch.ops.at(i).record.key)) out << ' ' << result.versions[i];
    return out.str();
}

}  // namespace

SCENARIO("a rehearsed commit ends as the real one does a moment later", "[records][dry_run]") {
    const auto seed = Catch::rngSeed() + static_cast<unsigned>(GENERATE(range(1, 6)));
    INFO("seed " << seed << "; other seeds: --rng-seed N");
    SeededRandom random(seed);
    Stage stage;
    unsigned refused = 0;
    for (int i = 0; i < 400; ++i) {
        atr::Batch batch;
        for (auto steps = 1 + random.below(4); steps > 0; --steps) batch.ops.push_back(random_op(random));
        const auto before = stage.storage.last_seq();
        const atr::Commit rehearsed = stage.commit(stage.rehearsed, batch);
        CHECK(stage.storage.last_seq() == before);
        CHECK(rehearsed.commit_seq == 0);
        const atr::Commit real = stage.commit(stage.storage, batch);
        INFO("batch " << i);
        REQUIRE(told(batch, rehearsed) == told(batch, real));
        if (real.outcome != atr::Outcome::ok) ++refused;
    }
    CHECK(refused > 50);
    CHECK(refused < 350);
}

SCENARIO("a rehearsal reads no more for its commit than what decides about it", "[records][dry_run]") {
    Stage stage;
    atr::Batch batch;
    batch.ops.push_back(op_on(ATR_OP_PUT, "documents", "large"));
    batch.ops.push_back(adding("a", "1", "", ""));
    CHECK(stage.commit(stage.rehearsed, batch).outcome == atr::Outcome::ok);
    stage.storage.fail_reads(atr::rejected(ATR_E_CORRUPT, "every read fails"));
    batch.ops.push_back(op_on(ATR_OP_CHECK, "claims", "a", ATR_VER_ABSENT));
    CHECK(stage.commit(stage.rehearsed, batch).outcome == atr::Outcome::rejected);
    // Nothing was sent, so nothing is unknown.
    stage.storage.fail_reads(atr::unknown(ATR_E_TIMEOUT, "no answer"));
    CHECK(stage.commit(stage.rehearsed, batch).outcome == atr::Outcome::retry);
}

SCENARIO("whatever else would write is refused", "[records][dry_run]") {
    Stage stage;
    const auto unsupported = atr::Outcome::unsupported;
    CHECK(stage.executor.await(stage.rehearsed.migrate(record_schema(), {})).outcome() == unsupported);
    CHECK(stage.executor.await(stage.rehearsed.lease("payments", "me", 1, Millis{1}, {})).outcome() == unsupported);
    CHECK(stage.executor.await(stage.rehearsed.extend_leases("me", Millis{1}, {})).outcome() == unsupported);
    CHECK(stage.executor.await(stage.rehearsed.blob_put("a", "b", {})).outcome() == unsupported);
    CHECK(stage.executor.await(stage.rehearsed.purge("audit", 0, 1, {})).outcome() == unsupported);
}

SCENARIO("no collection has a unique index, which a rehearsal would not see", "[records][dry_run]") {
    for (const auto& collection : record_schema().collections)
        for (const auto& index : collection.indexes) {
            INFO(collection.name << " " << index.name);
            CHECK_FALSE(index.unique);
        }
}
