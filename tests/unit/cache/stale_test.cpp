// An answer whose time is over is given for a little longer, while it is read anew; one that something made stale
// never.
#include <catch2/catch.hpp>
#include <optional>

#include "cache/cached_value.hpp"
#include "tests/unit/cache/cached_truth.hpp"

using namespace treasurer;
using cache::CachedValue;
using cache::CacheService;

namespace {

constexpr cache::CacheKey lingering{"treasury:balance", Millis{30'000}, Millis{5'000}};

struct StaleWorld : CachedTruth {
    CacheService service{&plugin, executor, clock, scope};
    CachedValue value{service, lingering, loader()};

    StaleWorld() { CHECK(read() == "1"); }
    ~StaleWorld() { come_to_rest(); }

    std::string read() {
        const auto out = executor.await(value.get());
        executor.run_until_idle();
        return out ? **out : "failed";
    }
    std::string peek() {
        const auto out = value.peek();
        return out ? *out : "nothing";
    }
};

}  // namespace

SCENARIO("nobody waits for an answer whose time is over while nothing has happened", "[cache][stale]") {
    StaleWorld world;
    world.clock.advance(lingering.ttl.count());
    world.truth = "2";
    world.load_time = Millis{100};
    CHECK(world.peek() == "1");
    CHECK(world.peek() == "1");
    CHECK(world.read() == "1");
    THEN("one task reads it anew, for all who ask meanwhile") {
        CHECK(world.loads == 2);
        world.executor.advance(100);
        CHECK(world.peek() == "2");
        CHECK(world.loads == 2);
    }
    THEN("and each of them is a hit") {
        CHECK(world.service.counts().at("treasury:balance").hits == 3);
        CHECK(world.service.counts().at("treasury:balance").misses == 1);
    }
}

SCENARIO("an answer is not given for longer than its bound, whatever becomes of the one that reads it",
         "[cache][stale]") {
    StaleWorld world;
    world.load_time = Millis{60'000};
    world.clock.advance(lingering.ttl.count());
    CHECK(world.peek() == "1");
    world.clock.advance(lingering.stale_for.count() - 1);
    CHECK(world.peek() == "1");
    world.clock.advance(1);
    CHECK(world.peek() == "nothing");
    world.executor.advance(60'000);
}

SCENARIO("a refresh that finds the same leaves the very value there, for what was made of it", "[cache][stale]") {
    StaleWorld world;
    const auto before = world.value.peek();
    world.clock.advance(lingering.ttl.count());
    CHECK(world.peek() == "1");
    world.executor.run_until_idle();
    CHECK(world.loads == 2);
    CHECK(world.value.peek() == before);
}

SCENARIO("a refresh that fails is made again, one at a time", "[cache][stale]") {
    StaleWorld world;
    world.is_away = true;
    world.clock.advance(lingering.ttl.count());
    CHECK(world.peek() == "1");
    CHECK(world.peek() == "1");
    world.executor.run_until_idle();
    CHECK(world.loads == 2);
    world.is_away = false;
    world.truth = "2";
    CHECK(world.peek() == "1");
    world.executor.run_until_idle();
    CHECK(world.peek() == "2");
    CHECK(world.loads == 3);
}

SCENARIO("what something made stale is given to nobody, also while it is read anew", "[cache][stale]") {
    StaleWorld world;
    world.load_time = Millis{100};
    world.clock.advance(lingering.ttl.count());
    CHECK(world.peek() == "1");
    world.executor.run_until_idle();  // the refresh has read what was true before the commit
    world.truth = "2";
    GIVEN("a commit of this host") {
        world.service.invalidate({"treasury:balance"}, 7);
    }
    GIVEN("a commit that nobody can tell the keys of") {
        world.service.invalidate_all(7);
    }
    CHECK(world.peek() == "nothing");
    world.executor.advance(100);
    CHECK(world.peek() == "nothing");
    CHECK(world.read() == "2");
}
