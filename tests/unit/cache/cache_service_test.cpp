#include "cache/cache_service.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/unit/cache/cached_truth.hpp"

using namespace treasurer;
using cache::CacheService;

namespace {

constexpr cache::CacheKey balance = cache::treasury_balance;
const std::vector<std::string> balance_only = {"treasury:balance"};

/// What the plugin keeps; near_test.cpp tells of what the host keeps itself.
constexpr cache::CacheSettings plugin_alone{.max_near_values = 0};

struct World : CachedTruth {
    CacheService service{&plugin, executor, clock, scope, plugin_alone};

    std::string read(CacheService& from) {
        auto out = executor.await(from.get_or_load(balance, loader()));
        REQUIRE(out);
        executor.run_until_idle();
        return **out;
    }
    std::string read() { return read(service); }
    /// A commit of this host: storage changes, then its listener and the change feed tell.
    void commit(std::string value, std::uint64_t seq) {
        truth = std::move(value);
        service.invalidate(balance_only, seq);
        service.advance(seq);
    }
    struct Reader {
        std::optional<std::string> answer;
    };
    Task<> read_into(Reader& reader) {
        Task<atr::Result<CacheService::Value>> reading = service.get_or_load(balance, loader());
        const atr::Result<CacheService::Value> out = co_await reading;
        reader.answer = out ? **out : "failed";
    }
};

}  // namespace

SCENARIO("a value is loaded once and then comes from the cache until its time is over", "[cache]") {
    World world;
    CHECK(world.read() == "1");
    CHECK(world.read() == "1");
    CHECK(world.loads == 1);
    world.clock.advance((balance.ttl + balance.stale_for).count());
    CHECK(world.read() == "1");
    CHECK(world.loads == 2);
    THEN("it is cached again, although nothing was committed meanwhile") {
        CHECK(world.read() == "1");
        CHECK(world.loads == 2);
    }
    const auto counts = world.service.counts().at("treasury:balance");
    CHECK(counts.hits == 2);
    CHECK(counts.misses == 2);
    CHECK(counts.errors == 0);
}

SCENARIO("what a commit made stale is loaded anew", "[cache]") {
    World world;
    CHECK(world.read() == "1");
    world.commit("2", 7);
    THEN("at once, before the plugin has been told") {
        CHECK(world.read() == "2");
    }
    THEN("and cached again") {
        world.executor.run_until_idle();
        CHECK(world.read() == "2");
        CHECK(world.read() == "2");
        CHECK(world.loads == 2);
    }
    THEN("being told once more by the change feed does not throw the fresh value away") {
        CHECK(world.read() == "2");
        world.service.invalidate(balance_only, 7);
        world.service.advance(7);
        CHECK(world.read() == "2");
        CHECK(world.loads == 2);
    }
}

SCENARIO("a slow filler loses against an invalidation", "[cache]") {
    World world;
    world.load_time = Millis{1000};
    World::Reader early;
    world.scope.spawn(world.read_into(early));
    world.executor.run_until_idle();
    world.commit("2", 7);
    GIVEN("that reaches the plugin before the filler") {
        world.executor.advance(1000);
        CHECK(early.answer == "1");  // it asked before the commit
        CHECK(world.read() == "2");
    }
    GIVEN("another host that reads the plugin only") {
        CacheService other(&world.plugin, world.executor, world.clock, world.scope, plugin_alone);
        world.executor.advance(1000);
        CHECK(world.read(other) == "2");
    }
}

SCENARIO("who asks after a commit does not join a load that began before it", "[cache]") {
    World world;
    world.load_time = Millis{1000};
    World::Reader early, joined, late, later;
    world.scope.spawn(world.read_into(early));
    world.scope.spawn(world.read_into(joined));
    world.executor.run_until_idle();
    CHECK(world.loads == 1);
    world.commit("2", 7);
    world.scope.spawn(world.read_into(late));
    world.scope.spawn(world.read_into(later));
    world.executor.advance(1000);
    CHECK(early.answer == "1");
    CHECK(joined.answer == "1");
    CHECK(late.answer == "2");
    CHECK(later.answer == "2");
    CHECK(world.loads == 2);
    CHECK(world.service.counts().at("treasury:balance").shared == 2);
}

SCENARIO("until the change feed has caught up with a commit its keys are loaded, not cached", "[cache]") {
    World world;
    world.truth = "2";
    world.service.invalidate(balance_only, 7);  // our own commit; another host's with a lower sequence may be under way
    CHECK(world.read() == "2");
    world.truth = "3";  // that one ends
    CHECK(world.read() == "3");
    world.service.invalidate(balance_only, 6);
    world.service.advance(7);
    CHECK(world.read() == "3");
    CHECK(world.read() == "3");
    CHECK(world.loads == 3);
}

SCENARIO("a cache that fails, or is not there, only makes things slower", "[cache]") {
    World world;
    GIVEN("it fails") {
        world.plugin.fail(true);
        CHECK(world.read() == "1");
        world.commit("2", 3);
        CHECK(world.read() == "2");
        CHECK(world.service.counts().at("treasury:balance").errors >= 4);
        THEN("it is used again when it is back") {
            world.plugin.fail(false);
            CHECK(world.read() == "2");
            CHECK(world.read() == "2");
            CHECK(world.loads == 3);
        }
    }
    GIVEN("none") {
        CacheService none(nullptr, world.executor, world.clock, world.scope, plugin_alone);
        CHECK(world.read(none) == "1");
        none.invalidate(balance_only, 3);
        CHECK(world.read(none) == "1");
        CHECK(world.loads == 2);
    }
    GIVEN("it forgets everything") {
        CHECK(world.read() == "1");
        world.plugin.clear();
        CHECK(world.read() == "1");
        CHECK(world.loads == 2);
    }
    GIVEN("it holds bytes nobody wrote") {
        REQUIRE(world.executor.await(world.plugin.set("treasury:balance", "rubbish", 9, Millis{1000}, 0, {})));
        CHECK(world.read() == "1");
    }
}

SCENARIO("an error is given to all who wait, and not cached", "[cache]") {
    World world;
    int calls = 0;
    const CacheService::Loader failing = [&]() -> Task<atr::Result<std::string>> {
        ++calls;
        co_return atr::retry(ATR_E_UNREACHABLE, "storage is away");
    };
    CHECK(world.executor.await(world.service.get_or_load(balance, failing)).outcome() == atr::Outcome::retry);
    CHECK(world.executor.await(world.service.get_or_load(balance, failing)).outcome() == atr::Outcome::retry);
    CHECK(calls == 2);
    CHECK(world.read() == "1");
}

SCENARIO("making everything stale holds for keys that nobody can list", "[cache]") {
    World world;
    constexpr cache::CacheKey odd{"odd:key", Millis{60'000}};
    const auto read_odd = [&] {
        const auto out = world.executor.await(world.service.get_or_load(odd, world.loader()));
        world.executor.run_until_idle();
        return **out;
    };
    CHECK(read_odd() == "1");
    CHECK(world.read() == "1");
    world.truth = "2";
    world.service.invalidate_all(9);
    world.service.advance(9);
    CHECK(read_odd() == "2");
    CHECK(world.read() == "2");
    CHECK(world.service.counts().size() == 2);
    CHECK(world.service.hit_rate_bp() == 0);
    CHECK(world.read() == "2");
    CHECK(world.service.hit_rate_bp() == 2000);
}
