// A key that is read very often: what something has made stale is given on for a moment, to those who cannot know.
#include <catch2/catch.hpp>

#include "cache/cached_value.hpp"
#include "tests/unit/cache/cached_truth.hpp"

using namespace treasurer;
using cache::CachedValue;
using cache::CacheService;

namespace {

constexpr cache::CacheKey sought{"treasury:balance", Millis{30'000}};
constexpr cache::CacheSettings usual{};

struct BusyWorld : CachedTruth {
    CacheService service{nullptr, executor, clock, scope, usual};
    CachedValue value{service, sought, loader()};

    BusyWorld() {
        load_time = Millis{10};
        CHECK(read("reader") == "1");
    }
    ~BusyWorld() { come_to_rest(); }

    std::string read(const std::string& user) {
        const auto out = executor.await(value.get(user));
        return out ? **out : "failed";
    }
    std::string peek(std::string_view user) {
        const auto out = value.peek(user);
        return out ? *out : "nothing";
    }
    void peek_often(std::uint32_t times) {
        for (std::uint32_t i = 0; i < times; ++i) peek("crowd");
    }
    void busy() { peek_often(usual.busy_reads); }
    void commit(std::string now, std::uint64_t seq) {
        truth = std::move(now);
        service.invalidate({"treasury:balance"}, seq);
    }
};

}  // namespace

SCENARIO("where a key is read seldom, everybody is shown what is true", "[cache][busy]") {
    BusyWorld world;
    world.peek_often(usual.busy_reads - 2);
    world.commit("2", 7);
    CHECK(world.peek("reader") == "nothing");
    CHECK(world.read("reader") == "2");
}

SCENARIO("a key that is read often is read in bursts: those of the last second count", "[cache][busy]") {
    BusyWorld world;
    world.busy();
    GIVEN("a pause shorter than that") {
        world.executor.advance(899);
        world.commit("2", 7);
        CHECK(world.peek("reader") == "1");
        THEN("a clock that was set back forgets them") {
            world.clock.advance(-1000);
            CHECK(world.peek("reader") == "nothing");
        }
    }
    GIVEN("a longer one") {
        world.executor.advance(1000);
        world.commit("2", 7);
        CHECK(world.read("reader") == "2");
    }
}

SCENARIO("where it is read often, a commit does not make those wait who cannot know of it", "[cache][busy]") {
    BusyWorld world;
    world.busy();
    world.commit("2", 7);
    CHECK(world.peek("reader") == "1");
    CHECK(world.read("reader") == "1");
    THEN("each of them is a hit, and counted as one that lags") {
        CHECK(world.service.counts().at("treasury:balance").misses == 1);
        CHECK(world.service.counts().at("treasury:balance").lagging == 2);
    }
    THEN("one task reads it anew in good time, for all") {
        CHECK(world.loads == 1);
        world.executor.advance(usual.busy_refresh.count());
        CHECK(world.peek("reader") == "1");
        CHECK(world.peek("another") == "1");
        world.executor.advance(world.load_time.count());
        CHECK(world.loads == 2);
        CHECK(world.peek("reader") == "2");
    }
    THEN("what happens while it is read is missing in it for no longer") {
        world.executor.advance(usual.busy_refresh.count());
        CHECK(world.peek("reader") == "1");
        world.executor.run_until_idle();
        world.commit("3", 8);
        world.executor.advance(world.load_time.count());
        CHECK(world.peek("reader") == "2");
        world.clock.advance(usual.busy_lag.count() - world.load_time.count() - 1);
        CHECK(world.peek("reader") == "2");
        world.clock.advance(1);
        CHECK(world.peek("reader") == "nothing");
    }
    THEN("it is given for so long, and no longer") {
        world.load_time = Millis{1000};
        world.clock.advance(usual.busy_lag.count() - 1);
        CHECK(world.peek("reader") == "1");
        world.clock.advance(1);
        CHECK(world.peek("reader") == "nothing");
    }
    THEN("a clock that was set back does not make it longer") {
        world.clock.advance(-1);
        CHECK(world.peek("reader") == "nothing");
    }
}

SCENARIO("who may know of a commit is not shown less", "[cache][busy]") {
    BusyWorld world;
    world.service.told("reader");
    world.busy();
    world.commit("2", 7);
    CHECK(world.peek("reader") == "1");
    GIVEN("a user who was told something since") {
        world.service.told("writer");
        CHECK(world.peek("writer") == "nothing");
        CHECK(world.peek("reader") == "1");
        CHECK(world.read("writer") == "2");
        THEN("from then on others see it too") {
            CHECK(world.peek("reader") == "2");
        }
        THEN("but of what happens later he knows no more than they") {
            world.commit("3", 8);
            CHECK(world.peek("writer") == "2");
        }
    }
    GIVEN("a user who was told something while storage was committing") {
        CHECK(world.read("") == "2");
        world.busy();
        const cache::Moment begun = world.service.begins();
        world.service.told("looked it up");
        world.service.invalidate({"treasury:balance"}, 8, begun);
        CHECK(world.peek("reader") == "2");
        CHECK(world.peek("looked it up") == "nothing");
    }
    GIVEN("a caller who does not say for whom") {
        CHECK(world.peek("") == "nothing");
    }
    GIVEN("more users than are remembered") {
        for (int i = 0; i < 5000; ++i) world.service.told("user " + std::to_string(i));
        CHECK(world.peek("user 0") == "nothing");
        CHECK(world.peek("reader") == "nothing");
        THEN("they are forgotten in time") {
            CHECK(world.read("reader") == "2");
            world.clock.advance(usual.busy_lag.count() + 1);
            world.busy();
            world.commit("3", 8);
            CHECK(world.peek("user 4999") == "2");
        }
    }
}

SCENARIO("a load that a commit overtook is joined by those alone who cannot know of it", "[cache][busy]") {
    BusyWorld world;
    world.busy();
    world.clock.advance(sought.ttl.count());
    world.busy();
    Task<atr::Result<CacheService::Value>> first = world.value.get("reader");
    const auto reading = [](Task<atr::Result<CacheService::Value>> task, std::string& into) -> Task<> {
        const auto out = co_await task;
        into = out ? **out : "failed";
    };
    std::string early, unknowing, knowing;
    world.scope.spawn(reading(std::move(first), early));
    world.executor.run_until_idle();
    CHECK(world.loads == 2);
    world.commit("2", 7);
    world.service.told("writer");
    world.scope.spawn(reading(world.value.get("another"), unknowing));
    world.executor.run_until_idle();
    CHECK(world.loads == 2);
    world.scope.spawn(reading(world.value.get("writer"), knowing));
    world.executor.run_until_idle();
    CHECK(world.loads == 3);
    world.executor.advance(world.load_time.count());
    CHECK(early == "1");
    CHECK(unknowing == "1");
    CHECK(knowing == "2");
}

SCENARIO("after a loss of commits nothing is given on", "[cache][busy]") {
    BusyWorld world;
    world.busy();
    world.service.went_back(9, 5);
    CHECK(world.peek("reader") == "nothing");
}

SCENARIO("a user who is forgotten may know what he knew", "[cache][busy]") {
    support::ManualClock clock;
    cache::Told told(clock, Millis{100}, 2);
    const cache::Moment before = told.happens();
    told.tell("slow reader");
    clock.advance(101);
    const cache::Moment after = told.happens();
    told.tell("second");
    told.tell("third");
    CHECK(told.may_know("slow reader", before));
    CHECK_FALSE(told.may_know("slow reader", after));
    CHECK(told.may_know("third", after));
}

SCENARIO("who was told anything since a commit began is not shown what it made stale, whoever tells of it first",
         "[cache][busy]") {
    BusyWorld world;
    world.busy();
    const auto began = world.service.begins();
    world.service.told("reader");  // perhaps of that very commit: storage showed it before its answer came
    GIVEN("the feed tells of it first") {
        world.commit("2", 7);
        world.service.invalidate({"treasury:balance"}, 7, began);
    }
    GIVEN("one that began later is told of before it") {
        world.commit("2", 8);
        world.service.invalidate({"treasury:balance"}, 7, began);
    }
    CHECK(world.peek("reader") == "nothing");
    CHECK(world.peek("another") == "1");
}
