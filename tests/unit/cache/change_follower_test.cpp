#include "cache/change_follower.hpp"

#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "records/policy.hpp"
#include "records/store_records.hpp"
#include "tests/support/fake_cache.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

/// The bench's storage, whose feed a test can break.
class FeedWithGap final : public StoragePort {
public:
    explicit FeedWithGap(StoragePort& behind) : behind_(behind) {}
    bool gap = false, away = false, is_silent = false;

    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit,
                                            CallOptions options) override {
        if (away) co_return atr::retry(ATR_E_UNREACHABLE, "storage is away");
        if (gap && limit != 0) co_return atr::not_found("these commits are no longer kept");
        gap = false;
        Task<atr::Result<atr::Changes>> call = behind_.changes(after_seq, limit, options);
        atr::Result<atr::Changes> out = co_await call;
        co_return out;
    }
    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override {
        return behind_.migrate(std::move(schema), options);
    }
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        if (is_silent) co_return atr::retry(ATR_E_UNREACHABLE, "storage is away");
        Task<atr::Result<std::vector<atr::Record>>> call = behind_.get(std::move(keys), options);
        atr::Result<std::vector<atr::Record>> out = co_await call;
        co_return out;
    }
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        return behind_.commit(std::move(batches), options);
    }
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        return behind_.query(std::move(query), options);
    }
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override {
        return behind_.lease(std::move(queue), std::move(worker), max, lease, options);
    }
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override {
        return behind_.extend_leases(std::move(worker), lease, options);
    }
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override {
        return behind_.blob_put(std::move(key), std::move(bytes), options);
    }
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override {
        return behind_.blob_get(std::move(key), options);
    }
    Task<atr::Result<std::string>> health(CallOptions options) override { return behind_.health(options); }

private:
    StoragePort& behind_;
};

/// A host that reads through its cache, while another host commits to the same store.
struct FollowedWorld : support::StoreBench {
    FeedWithGap feed{storage};
    support::FakeCache plugin{executor, clock};
    cache::CacheService service{&plugin, executor, clock, scope};
    cache::ChangeFollower follower{feed, service, executor};
    int loads = 0;

    FollowedWorld() {
        follower.start(scope);
        executor.run_until_idle();
    }
    ~FollowedWorld() {
        follower.stop();
        executor.advance(1000);
    }
    /// How often `key` had to be loaded by now, after reading it.
    int read(cache::CacheKey key) {
        const cache::CacheService::Loader loader = [this]() -> Task<atr::Result<std::string>> {
            ++loads;
            co_return std::string("value");
        };
        REQUIRE(await(service.get_or_load(key, loader)));
        executor.run_until_idle();
        return loads;
    }
    void other_host_commits(const char* what) {
        UnitOfWork unit = store.begin();
        if (std::string(what) == "policy") unit.put("policy", "current", "{}", {}, ATR_VER_ANY, "policy");
        if (std::string(what) == "activity") {
            Activity line;
            line.id = ids.next();
            unit.create(line);
        }
        if (std::string(what) == "balances") unit.add(balances_collection, "any", 1, false, "any");
        REQUIRE(await(store.commit(std::move(unit))).ok());
    }
};

}  // namespace

SCENARIO("another host's commit makes stale what stands on the collections it changed, and nothing else", "[cache]") {
    FollowedWorld world;
    CHECK(world.read(cache::treasury_balance) == 1);
    CHECK(world.read(cache::policy_limits) == 2);
    CHECK(world.read(cache::treasury_daily_logs) == 3);
    world.other_host_commits("balances");
    world.executor.advance(200);
    CHECK(world.follower.position() == world.storage.last_seq());
    CHECK(world.read(cache::treasury_balance) == 4);
    CHECK(world.read(cache::policy_limits) == 4);
    CHECK(world.read(cache::treasury_daily_logs) == 4);
    world.other_host_commits("policy");
    world.other_host_commits("activity");
    world.executor.advance(200);
    CHECK(world.read(cache::policy_limits) == 5);
    CHECK(world.read(cache::treasury_daily_logs) == 6);
    CHECK(world.read(cache::treasury_balance) == 6);
}

namespace {

/// What it was told, as one line each.
struct NotedChanges final : cache::ChangeListener {
    std::vector<std::string> told;
    void changed(std::uint64_t after, const std::vector<atr::Record>& records, std::uint64_t last) override {
        if (last == after) return;
        std::string line = std::to_string(after) + " to " + std::to_string(last) + ':';
        for (const auto& record : records) line += ' ' + record.collection;
        told.push_back(line);
    }
    void lost_track(std::uint64_t last) override { told.push_back("lost track up to " + std::to_string(last)); }
};

}  // namespace

SCENARIO("a listener is told of every commit in turn, and where the feed has a gap", "[cache]") {
    FollowedWorld world;
    const auto listener = std::make_shared<NotedChanges>();
    world.follower.tell(listener);
    const auto begin = world.follower.position();
    const auto at = [&](std::uint64_t commits) { return std::to_string(begin + commits); };
    world.other_host_commits("policy");
    world.executor.advance(200);
    world.other_host_commits("activity");
    world.executor.advance(200);
    CHECK(listener->told == std::vector<std::string>{"lost track up to " + at(0), at(0) + " to " + at(1) + ": policy",
                                                     at(1) + " to " + at(2) + ": activity"});
    listener->told.clear();
    world.other_host_commits("policy");
    world.feed.gap = true;
    world.executor.advance(200);
    CHECK(listener->told == std::vector<std::string>{"lost track up to " + at(3)});
    world.follower.tell(nullptr);
    world.other_host_commits("policy");
    world.executor.advance(200);
    CHECK(listener->told.size() == 1);
}

SCENARIO("after the store has lost commits, nothing is shown that was read before", "[cache]") {
    FollowedWorld world;
    world.other_host_commits("balances");
    world.executor.advance(200);
    world.storage.remember();
    world.other_host_commits("balances");
    world.other_host_commits("policy");
    world.executor.advance(200);
    const std::uint64_t known = world.follower.position();
    CHECK(world.read(cache::treasury_balance) == 1);
    CHECK(world.read(cache::treasury_balance) == 1);
    world.storage.forget();
    world.executor.advance(200);
    CHECK(world.follower.position() == world.storage.last_seq());
    CHECK(world.follower.gaps() == 1);
    CHECK(world.read(cache::treasury_balance) == 2);
    AND_WHEN("other commits get the numbers that were lost") {
        world.other_host_commits("balances");
        world.executor.advance(200);
        THEN("what was read before them is not shown") {
            CHECK(world.read(cache::treasury_balance) == 3);
            world.other_host_commits("balances");
            world.executor.advance(200);
            CHECK(world.read(cache::treasury_balance) == 4);
        }
        THEN("the cache works again once they are passed") {
            while (world.storage.last_seq() <= known) world.other_host_commits("activity");
            world.executor.advance(200);
            const int before = world.read(cache::treasury_balance);
            CHECK(world.read(cache::treasury_balance) == before);
        }
    }
}

SCENARIO("a gap in the feed makes everything stale", "[cache]") {
    FollowedWorld world;
    CHECK(world.read(cache::treasury_balance) == 1);
    world.feed.gap = true;
    world.executor.advance(200);
    CHECK(world.follower.gaps() == 1);
    THEN("and what is committed after it is followed again") {
        world.other_host_commits("balances");
        world.executor.advance(200);
        CHECK(world.read(cache::treasury_balance) == 2);
        CHECK(world.read(cache::treasury_balance) == 2);
        CHECK(world.follower.gaps() == 1);
    }
}

SCENARIO("a store that is away for a while is followed again without loss", "[cache]") {
    FollowedWorld world;
    CHECK(world.read(cache::treasury_balance) == 1);
    world.feed.away = true;
    world.other_host_commits("balances");
    world.executor.advance(1000);
    CHECK(world.read(cache::treasury_balance) == 1);  // it cannot know; the time to live bounds it
    world.feed.away = false;
    world.executor.advance(200);
    CHECK(world.read(cache::treasury_balance) == 2);
}

SCENARIO("what a cache has kept of another store, or of a time that this store has lost, is not shown", "[cache]") {
    FollowedWorld world;
    const auto store_says = [&world](std::optional<StoreIdentity> identity, std::optional<Quarantine> quarantine) {
        UnitOfWork unit = world.store.begin();
        if (identity) unit.create(*identity);
        if (quarantine) unit.create(*quarantine);
        REQUIRE(world.await(world.store.commit(std::move(unit))).ok());
        world.executor.advance(200);
    };
    // By its number it is as new as can be.
    const auto left_there = [&](const std::string& whose, std::uint64_t seq) {
        const std::string entry = std::to_string(seq) + " theirs";
        REQUIRE(world.await(world.plugin.set("treasury:balance" + whose, entry, seq << 24, Millis{60'000}, 0, {})));
    };
    const auto newest = [&world] { return world.storage.last_seq(); };
    const auto other = [&world] {
        cache::CacheService host(&world.plugin, world.executor, world.clock, world.scope);
        cache::ChangeFollower follower(world.feed, host, world.executor);
        REQUIRE(world.await(follower.begin()));
        auto loader = []() -> Task<atr::Result<std::string>> { co_return std::string("ours"); };
        const auto out = world.await(host.get_or_load(cache::treasury_balance, loader));
        world.executor.run_until_idle();
        return out ? **out : "failed";
    };
    StoreIdentity identity;
    identity.store_id = "these-books";
    Quarantine quarantine;
    quarantine.life = "second";
    GIVEN("of another store") {
        store_says(identity, std::nullopt);
        left_there("", newest());
        left_there("@those-books", newest());
        CHECK(other() == "ours");
    }
    GIVEN("of the time before it was restored") {
        store_says(identity, quarantine);
        left_there("@these-books", newest());
        left_there("@these-books.first", newest());
        CHECK(other() == "ours");
    }
    GIVEN("of that time, and a host is at work already") {
        left_there("", newest() + 1);
        store_says(std::nullopt, quarantine);
        CHECK(world.read(cache::treasury_balance) == 1);
    }
    GIVEN("of its own") {
        store_says(identity, quarantine);
        left_there("@these-books.second", newest());
        CHECK(other() == "theirs");
    }
    GIVEN("nobody knows whose: storage does not say") {
        world.feed.is_silent = true;
        cache::CacheService host(&world.plugin, world.executor, world.clock, world.scope);
        cache::ChangeFollower follower(world.feed, host, world.executor);
        CHECK_FALSE(world.await(follower.begin()));
    }
}

SCENARIO("a follower that was stopped ends at once", "[cache]") {
    FollowedWorld world;
    world.follower.stop();
    world.executor.run_until_idle();
    CHECK(world.scope.running() == 0);
}

SCENARIO("every stale rule names a collection that exists, and a key of the table", "[cache]") {
    const atr::Schema schema = record_schema();
    for (const auto& rule : cache::stale_rules) {
        CAPTURE(rule.collection, rule.key.name);
        CHECK(std::any_of(schema.collections.begin(), schema.collections.end(),
                          [&](const auto& collection) { return collection.name == rule.collection; }));
        CHECK(std::any_of(cache::all_keys.begin(), cache::all_keys.end(),
                          [&](const auto& key) { return key.name == rule.key.name; }));
    }
}
