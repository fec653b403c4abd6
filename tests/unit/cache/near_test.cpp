// What a host keeps of the answers it gave: at hand without a call, and as true as what storage would say.
#include <catch2/catch.hpp>
#include <optional>

#include "cache/cached_value.hpp"
#include "tests/unit/cache/cached_truth.hpp"

using namespace treasurer;
using cache::CacheService;

namespace {

/// Nothing of it is given after its time: stale_test.cpp tells of what is.
constexpr cache::CacheKey figures{"treasury:balance", Millis{30'000}};
const std::vector<std::string> figures_only = {"treasury:balance"};

struct NearWorld : CachedTruth {
    CacheService service{&plugin, executor, clock, scope};

    ~NearWorld() { come_to_rest(); }

    std::string read(CacheService& from, cache::CacheKey key = figures) {
        auto out = executor.await(from.get_or_load(key, loader()));
        REQUIRE(out);
        executor.run_until_idle();
        return **out;
    }
    std::string read() { return read(service); }
    std::string peek(cache::CacheKey key = figures) {
        const auto out = service.peek(key, loader());
        return out ? *out : "nothing";
    }
    /// A commit of this host; the change feed has not told of it yet.
    void commit(std::string value, std::uint64_t seq) {
        truth = std::move(value);
        service.invalidate(figures_only, seq);
    }
    void feed_tells(CacheService& whom, std::uint64_t seq) {
        whom.invalidate(figures_only, seq);
        whom.advance(seq);
        whom.looked(seq);
    }
    Task<> read_into(std::optional<std::string>& answer) {
        Task<atr::Result<CacheService::Value>> reading = service.get_or_load(figures, loader());
        const atr::Result<CacheService::Value> out = co_await reading;
        answer = out ? **out : "failed";
    }
    /// As a host would leave it that has read `value` when the feed was at `seq`.
    void another_host_filled(std::uint64_t seq, const std::string& value, Millis ttl) {
        REQUIRE(executor.await(
            plugin.set("treasury:balance", std::to_string(seq) + ' ' + value, (seq << 24) | 9, ttl, 0, {})));
    }
};

}  // namespace

SCENARIO("what was given once is at hand for everybody, until its time is over", "[cache][near]") {
    NearWorld world;
    CHECK(world.peek() == "nothing");
    CHECK(world.read() == "1");
    CHECK(world.peek() == "1");
    THEN("whatever becomes of the plugin") {
        world.plugin.fail(true);
        CHECK(world.read() == "1");
        CHECK(world.loads == 1);
        CHECK(world.service.counts().at("treasury:balance").errors == 0);
    }
    THEN("to the last millisecond") {
        world.clock.advance(figures.ttl.count() - 1);
        CHECK(world.peek() == "1");
        world.clock.advance(1);
        CHECK(world.peek() == "nothing");
    }
    THEN("and no longer because the clock was set back") {
        world.clock.advance(-1);
        CHECK(world.peek() == "nothing");
    }
    THEN("each look counts as a hit") {
        CHECK(world.peek() == "1");
        CHECK(world.service.counts().at("treasury:balance").hits == 2);
        CHECK(world.service.counts().at("treasury:balance").misses == 1);
    }
}

SCENARIO("the time that a load took is part of an answer's life", "[cache][near]") {
    NearWorld world;
    world.load_time = Millis{4000};
    std::optional<std::string> answer;
    world.scope.spawn(world.read_into(answer));
    world.executor.advance(4000);
    REQUIRE(answer == "1");
    world.clock.advance(figures.ttl.count() - 4001);
    CHECK(world.peek() == "1");
    world.clock.advance(1);
    CHECK(world.peek() == "nothing");
}

SCENARIO("what another host has read lives here no longer than in the plugin", "[cache][near]") {
    NearWorld world;
    world.another_host_filled(0, "theirs", Millis{10'000});
    CHECK(world.read() == "theirs");
    CHECK(world.loads == 0);
    world.clock.advance(9'999);
    CHECK(world.peek() == "theirs");
    world.clock.advance(1);
    CHECK(world.peek() == "nothing");
}

SCENARIO("a commit takes away at once what it made stale", "[cache][near]") {
    NearWorld world;
    CHECK(world.read() == "1");
    GIVEN("one of this host") {
        world.commit("2", 7);
        CHECK(world.peek() == "nothing");
        CHECK(world.read() == "2");
        CHECK(world.peek() == "2");
        THEN("what ends on another host meanwhile takes it away when the feed tells of it, whatever its number") {
            world.truth = "3";
            world.feed_tells(world.service, 6);
            CHECK(world.peek() == "nothing");
            CHECK(world.read() == "3");
            world.feed_tells(world.service, 7);
            CHECK(world.read() == "3");
            CHECK(world.peek() == "3");
        }
    }
    GIVEN("one of another host, that the feed tells of") {
        world.truth = "2";
        world.feed_tells(world.service, 7);
        CHECK(world.peek() == "nothing");
        CHECK(world.read() == "2");
        CHECK(world.peek() == "2");
        THEN("being told again of what it reflects leaves it there") {
            world.feed_tells(world.service, 7);
            CHECK(world.peek() == "2");
        }
    }
    GIVEN("one that nobody can list") {
        world.service.invalidate_all(7);
        CHECK(world.peek() == "nothing");
    }
    GIVEN("one that touches other keys") {
        world.service.invalidate({"treasury:settings"}, 7);
        CHECK(world.peek() == "1");
    }
}

SCENARIO("a filler that is held back while a commit ends leaves nothing at hand", "[cache][near]") {
    NearWorld world;
    world.load_time = Millis{1000};
    std::optional<std::string> early, late;
    world.scope.spawn(world.read_into(early));
    world.executor.run_until_idle();
    world.commit("2", 7);
    world.feed_tells(world.service, 7);
    GIVEN("nobody asked meanwhile") {
        world.executor.advance(1000);
        CHECK(early == "1");  // it asked before the commit
        CHECK(world.peek() == "nothing");
    }
    GIVEN("somebody asked after the commit, and was answered first") {
        world.load_time = Millis{10};
        world.scope.spawn(world.read_into(late));
        world.executor.advance(10);
        CHECK(late == "2");
        CHECK(world.peek() == "2");
        world.executor.advance(1000);
        CHECK(early == "1");
        THEN("nobody knows which of the two is newer, and who asks next has it looked up") {
            CHECK(world.peek() == "nothing");
            CHECK(world.read() == "2");
        }
    }
}

SCENARIO("who asks after a commit shares one load, before the feed has told of it", "[cache][near]") {
    NearWorld world;
    world.commit("2", 7);
    world.load_time = Millis{1000};
    std::optional<std::string> first, second, third;
    world.scope.spawn(world.read_into(first));
    world.executor.run_until_idle();
    world.scope.spawn(world.read_into(second));
    world.executor.run_until_idle();
    CHECK(world.loads == 1);
    THEN("but who asks after the next commit does not join it") {
        world.commit("3", 8);
        world.scope.spawn(world.read_into(third));
        world.executor.run_until_idle();
        CHECK(world.loads == 2);
    }
    world.executor.advance(1000);
    CHECK(first == "2");
    CHECK(second == "2");
    CHECK((!third || third == "3"));
}

SCENARIO("after a loss of commits nothing is at hand until the store has as many again", "[cache][near]") {
    NearWorld world;
    world.feed_tells(world.service, 9);
    CHECK(world.read() == "1");
    CHECK(world.peek() == "1");
    world.truth = "lost";
    world.service.went_back(9, 5);
    CHECK(world.peek() == "nothing");
    CHECK(world.read() == "lost");
    CHECK(world.peek() == "nothing");
    world.feed_tells(world.service, 9);
    CHECK(world.read() == "lost");
    CHECK(world.peek() == "nothing");
    world.feed_tells(world.service, 10);
    CHECK(world.read() == "lost");
    CHECK(world.peek() == "lost");
}

SCENARIO("after a loss of commits those who ask at one time share a load, as ever", "[cache][near]") {
    NearWorld world;
    world.feed_tells(world.service, 9);
    world.load_time = Millis{1000};
    std::optional<std::string> before, first, second;
    world.scope.spawn(world.read_into(before));
    world.executor.run_until_idle();
    world.service.went_back(9, 5);
    world.scope.spawn(world.read_into(first));
    world.scope.spawn(world.read_into(second));
    world.executor.run_until_idle();
    CHECK(world.loads == 2);  // nobody joins a load that began before the loss
    world.executor.advance(1000);
    CHECK((before && first && second));
    CHECK(world.loads == 2);
}

SCENARIO("while the change feed cannot be read, nothing stays at hand for long", "[cache][near]") {
    constexpr cache::CacheKey lasting{"policy:limits", Millis{3'600'000}};
    NearWorld world;
    const cache::CachedValue policy(world.service, lasting, world.loader());
    REQUIRE(world.executor.await(policy.get()));
    world.feed_tells(world.service, 5);
    REQUIRE(world.executor.await(policy.get()));
    const Millis unheard = cache::CacheSettings{}.longest_unheard;
    world.clock.advance(unheard.count());
    CHECK(policy.peek());
    world.clock.advance(1);
    CHECK_FALSE(policy.peek());
    THEN("what another host has put into the cache may be as old, and is not taken either") {
        world.truth = "paused";
        CHECK(**world.executor.await(policy.get()) == "paused");
    }
    THEN("a look that ends brings it back") {
        world.feed_tells(world.service, 5);
        CHECK(policy.peek());
    }
}

SCENARIO("what was at hand and of no use without others is counted once", "[cache][near]") {
    NearWorld world;
    REQUIRE(world.read() == "1");
    REQUIRE(world.peek() == "1");
    world.service.not_given("treasury:balance");
    CHECK(world.read() == "1");
    CHECK(world.service.counts().at("treasury:balance").hits == 1);
}

SCENARIO("what another host read earlier is not given after what this one has given", "[cache][near]") {
    NearWorld world;
    world.feed_tells(world.service, 5);
    CHECK(world.read() == "1");  // perhaps it reflects commits after the fifth already
    world.clock.advance(figures.ttl.count());
    world.truth = "2";
    GIVEN("it was read when the feed was found where this host found it") {
        world.feed_tells(world.service, 5);
        world.feed_tells(world.service, 5);
        world.another_host_filled(5, "theirs", Millis{60'000});
        CHECK(world.read() == "2");
    }
    GIVEN("this host has not looked at the feed since") {
        world.another_host_filled(6, "theirs", Millis{60'000});
        CHECK(world.read() == "2");
    }
    GIVEN("the one look that has ended since may have begun before") {
        world.feed_tells(world.service, 5);
        world.another_host_filled(6, "theirs", Millis{60'000});
        CHECK(world.read() == "2");
    }
    GIVEN("it was read when the feed was further on than this host knows of: perhaps the store has lost that") {
        world.feed_tells(world.service, 5);
        world.feed_tells(world.service, 5);
        world.another_host_filled(6, "theirs", Millis{60'000});
        CHECK(world.read() == "2");
    }
    GIVEN("it was read when the feed was further on than this host found it in its look after it had given its own") {
        world.feed_tells(world.service, 5);
        world.feed_tells(world.service, 5);
        world.service.advance(6);
        world.service.looked(6);
        world.another_host_filled(6, "theirs", Millis{60'000});
        CHECK(world.read() == "theirs");
        CHECK(world.loads == 1);
    }
}

SCENARIO("a host that begins takes nothing that was in the plugin before", "[cache][near]") {
    NearWorld world;
    world.service.begin_shared_anew();
    world.another_host_filled(0, "of a time that is lost", Millis{60'000});
    GIVEN("it can be deleted") {
        CHECK(world.read() == "1");
        THEN("and takes what others put there from then on") {
            CacheService another(&world.plugin, world.executor, world.clock, world.scope);
            another.advance(1);
            world.another_host_filled(1, "theirs", Millis{60'000});
            CHECK(world.read(another) == "theirs");
        }
    }
    GIVEN("it comes to know only later whose entries it shares") {
        CHECK(world.read() == "1");
        world.service.belongs_to("store.life");
        REQUIRE(world.executor.await(
            world.plugin.set("policy:limits@store.life", "0 of a time that is lost", 0, Millis{60'000}, 0, {})));
        CHECK(world.read(world.service, cache::policy_limits) == "1");
    }
    GIVEN("the plugin is away at first") {
        world.plugin.fail(true);
        CHECK(world.read() == "1");
        world.plugin.fail(false);
        world.clock.advance(figures.ttl.count());
        CHECK(world.read() == "1");
    }
}

SCENARIO("the plugin is not asked for what could not be given", "[cache][near]") {
    NearWorld world;
    CHECK(world.read() == "1");
    world.plugin.fail(true);
    const auto failed_calls = [&] {
        world.executor.run_until_idle();
        return world.service.counts().at("treasury:balance").errors;
    };
    world.commit("2", 7);
    CHECK(failed_calls() == 1);  // the marker
    CHECK(world.read() == "2");
    CHECK(failed_calls() == 2);  // the fill
    THEN("but after two looks at the feed it is: another host may have read later") {
        world.service.looked(7);
        world.service.looked(7);
        world.commit("3", 8);
        CHECK(failed_calls() == 3);
        CHECK(world.read() == "3");
        CHECK(failed_calls() == 5);
    }
}

SCENARIO("who was given another host's answer does not join a load that began before", "[cache][near]") {
    NearWorld world;
    world.load_time = Millis{5000};
    std::optional<std::string> early, late;
    world.scope.spawn(world.read_into(early));
    world.executor.run_until_idle();
    world.truth = "2";
    world.service.advance(1);
    world.another_host_filled(1, "2", Millis{100});
    CHECK(world.read() == "2");
    world.executor.advance(100);  // its time is over, and the first load is still under way
    world.load_time = Millis{0};
    world.scope.spawn(world.read_into(late));
    world.executor.run_until_idle();
    CHECK(late == "2");
    CHECK(world.peek() == "2");
    world.executor.advance(5000);
    CHECK(early == "1");
    CHECK(world.read() == "2");
}

SCENARIO("a host keeps so many answers, and none that is large", "[cache][near]") {
    NearWorld world;
    CacheService small(&world.plugin, world.executor, world.clock, world.scope,
                       {.max_near_values = 1, .max_near_bytes = 3});
    constexpr cache::CacheKey other{"other:key", Millis{1000}};
    CHECK(world.read(small) == "1");
    CHECK(world.read(small, other) == "1");
    CHECK(small.peek(figures, world.loader()));
    CHECK_FALSE(small.peek(other, world.loader()));
    THEN("one that is stale makes room") {
        small.invalidate(figures_only, 1);
        world.plugin.clear();
        CHECK(world.read(small, other) == "1");
        CHECK(small.peek(other, world.loader()));
    }
    THEN("a large one is loaded by whoever asks") {
        CacheService none(nullptr, world.executor, world.clock, world.scope, {.max_near_bytes = 3});
        world.truth = "1234";
        CHECK(world.read(none) == "1234");
        CHECK_FALSE(none.peek(figures, world.loader()));
        world.truth = "123";
        CHECK(world.read(none) == "123");
        CHECK(none.peek(figures, world.loader()));
    }
}
