#include "http/shared_limits.hpp"

#include "tests/support/fake_cache.hpp"
#include "tests/support/store_bench.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::http;
using auth::Role;

namespace {

auth::Principal viewer(const std::string& name) {
    auth::Principal out;
    out.user = name;
    out.roles = {Role::viewer};
    return out;
}

/// One of several hosts.
struct LimitedHost {
    LimitedHost(support::ManualClock& clock, support::ManualExecutor& executor, CachePort& cache,
                SharedLimitsSettings settings = {})
        : limiter(clock, {.per_minute = 10, .roles = {.viewer = 60}, .is_shared = true}),
          shared(limiter, cache, executor, clock, settings) {}

    /// How many of `wanted` requests are let pass.
    template <class Who>
    int ask(const Who& who, int wanted) {
        int out = 0;
        for (int i = 0; i < wanted; ++i) out += limiter.take(who)->allowed ? 1 : 0;
        return out;
    }
    RateLimiter limiter;
    SharedLimits shared;
};

struct Hosts {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    support::FakeCache cache{executor, clock};
    LimitedHost a{clock, executor, cache}, b{clock, executor, cache}, c{clock, executor, cache};

    TaskScope scope{executor};

    void round(LimitedHost& host) {
        scope.spawn(host.shared.round());
        executor.run_until_idle();
        REQUIRE(scope.running() == 0);
    }
};

}  // namespace

SCENARIO("hosts that share a cache let pass one limit together, not one each", "[limits]") {
    Hosts hosts;
    const auto ann = viewer("ann");
    CHECK(hosts.a.ask(ann, 100) == 60);
    hosts.round(hosts.a);
    WHEN("another host has let one pass and heard") {
        CHECK(hosts.b.ask(ann, 1) == 1);
        hosts.round(hosts.b);
        THEN("it lets no more pass than the limit gives back") {
            CHECK(hosts.b.ask(ann, 100) == 0);
            CHECK(hosts.b.shared.heard() == 60);
            hosts.clock.advance(2000);
            CHECK(hosts.b.ask(ann, 100) == 1);  // two came back, one was owed
        }
        THEN("others are not touched") {
            CHECK(hosts.b.ask(viewer("bob"), 100) == 60);
        }
    }
    WHEN("a request is refused") {
        CHECK(hosts.b.ask(ann, 60) == 60);  // before it has heard
        CHECK(hosts.b.ask(ann, 1) == 0);
        hosts.round(hosts.b);
        hosts.clock.advance(60'000);
        THEN("what was let pass too much is waited for") {
            CHECK(hosts.b.ask(ann, 100) == 0);
        }
        THEN("but no longer than one more limit") {
            hosts.clock.advance(60'000);
            CHECK(hosts.b.ask(ann, 100) == 60);
        }
    }
}

SCENARIO("hosts that all hear of each other let pass what one would, in the long run", "[limits]") {
    const auto step = GENERATE(100, 250, 1000);
    INFO("a round each " << step << " ms");
    Hosts hosts;
    const auto ann = viewer("ann");
    int passed = 0;
    constexpr int minutes = 30;
    for (int now = 0; now < minutes * 60'000; now += step) {
        for (auto* host : {&hosts.a, &hosts.b, &hosts.c}) passed += host->ask(ann, 5);
        for (auto* host : {&hosts.a, &hosts.b, &hosts.c}) hosts.round(*host);
        hosts.clock.advance(step);
    }
    // One limit at once, and one a minute. What is let pass before a host hears of it is owed.
    CHECK(passed >= 60 * minutes * 9 / 10);
    CHECK(passed <= 60 * (minutes + 1) + 3 * 5);
}

SCENARIO("a new minute does not make a new limit", "[limits]") {
    Hosts hosts;
    const auto ann = viewer("ann");
    hosts.clock.set(hosts.clock.unix_ms() / 60'000 * 60'000 + 59'000);
    CHECK(hosts.a.ask(ann, 100) == 60);
    CHECK(hosts.b.ask(ann, 1) == 1);
    hosts.round(hosts.b);  // it has heard of none
    hosts.round(hosts.a);
    hosts.clock.advance(2000);
    THEN("for who was told of a part of the old one") {
        CHECK(hosts.b.ask(ann, 1) == 1);
        hosts.round(hosts.b);
        CHECK(hosts.b.shared.heard() == 60);
        CHECK(hosts.b.ask(ann, 100) == 0);
    }
    THEN("for who was told of nothing, as if the old one had been used evenly") {
        CHECK(hosts.c.ask(ann, 1) == 1);
        hosts.round(hosts.c);
        CHECK(hosts.c.shared.heard() == 61 * 59 / 60);
        CHECK(hosts.c.ask(ann, 100) == 0);
        hosts.clock.advance(1000);
        CHECK(hosts.c.ask(ann, 100) == 1);
    }
}

SCENARIO("addresses are shared too, and a give-back is", "[limits]") {
    Hosts hosts;
    CHECK(hosts.a.ask(std::string_view("2001:db8::1"), 20) == 10);
    for (int i = 0; i < 4; ++i) hosts.a.limiter.give_back("2001:db8::1");
    hosts.round(hosts.a);
    CHECK(hosts.b.ask(std::string_view("2001:db8::2"), 1) == 1);  // the same subscriber
    hosts.round(hosts.b);
    CHECK(hosts.b.ask(std::string_view("2001:db8::3"), 20) == 3);
}

SCENARIO("without the cache each host has its own limit, and nobody waits", "[limits]") {
    Hosts hosts;
    const auto ann = viewer("ann");
    CHECK(hosts.a.ask(ann, 100) == 60);
    hosts.cache.fail(true);
    hosts.round(hosts.a);
    CHECK(hosts.a.shared.failures() == 1);
    CHECK(hosts.b.ask(ann, 100) == 60);
    hosts.round(hosts.b);
    THEN("what was not reported is dropped, and what comes then counts together again") {
        hosts.cache.fail(false);
        hosts.clock.advance(10'000);
        CHECK(hosts.a.ask(ann, 100) == 10);
        hosts.round(hosts.a);
        hosts.round(hosts.b);  // it was not asked for anything: it does not look
        CHECK(hosts.b.shared.heard() == 0);
        CHECK(hosts.b.ask(ann, 1) == 1);
        hosts.round(hosts.b);
        CHECK(hosts.b.shared.heard() == 10);
    }
}

SCENARIO("what was counted, and the answer of it lost, is not taken for that of another host", "[limits]") {
    Hosts hosts;
    const auto ann = viewer("ann");
    CHECK(hosts.a.ask(ann, 5) == 5);
    hosts.round(hosts.a);
    for (int i = 0; i < 10; ++i) {
        hosts.cache.lose_counts(i % 2 == 0);
        CHECK(hosts.a.ask(ann, 5) == 5);
        hosts.round(hosts.a);
    }
    CHECK(hosts.a.shared.failures() == 5);
    CHECK(hosts.a.shared.heard() == 0);
    CHECK(hosts.a.ask(ann, 100) == 5);
}

SCENARIO("a counter that was forgotten, or says what cannot be, takes nothing that was not taken", "[limits]") {
    Hosts hosts;
    const auto ann = viewer("ann");
    hosts.a.ask(ann, 20);
    hosts.round(hosts.a);
    hosts.b.ask(ann, 1);
    hosts.round(hosts.b);
    CHECK(hosts.b.shared.heard() == 20);
    hosts.cache.clear_counters();
    hosts.b.ask(ann, 1);
    hosts.round(hosts.b);
    CHECK(hosts.b.shared.heard() == 20);
    CHECK(hosts.b.ask(ann, 100) == 60 - 20 - 2);
}

SCENARIO("a round is bounded, users come first, and the rest is not lost", "[limits]") {
    Hosts hosts;
    LimitedHost small(hosts.clock, hosts.executor, hosts.cache, {.keys_a_round = 3});
    for (int i = 0; i < 5; ++i) small.ask("10.0.0." + std::to_string(i), 1);
    for (int i = 0; i < 5; ++i) small.ask(viewer("user-" + std::to_string(i)), 1);
    std::vector<std::size_t> told;
    for (int i = 0; i < 5; ++i) {
        hosts.round(small);
        told.push_back(hosts.cache.counters());
    }
    CHECK(told == std::vector<std::size_t>{6, 12, 18, 20, 20});  // of each key, that of the minute before too
    CHECK(hosts.cache.counters_named("viewer") == 10);
}

SCENARIO("a flood of addresses is noted down up to a bound, and still limited", "[limits]") {
    Hosts hosts;
    for (int i = 0; i < 100'000; ++i) hosts.a.limiter.take("10." + std::to_string(i));
    CHECK(hosts.a.limiter.used(1'000'000).size() <= 1024);
    CHECK(hosts.a.ask(std::string_view("192.0.2.1"), 100) <= 10);
}

SCENARIO("where limits are not shared nothing is noted down", "[limits]") {
    support::ManualClock clock;
    RateLimiter limiter(clock, {});
    limiter.take(viewer("ann"));
    limiter.take("10.0.0.1");
    CHECK(limiter.used(100).empty());
}

SCENARIO("the rounds go on until they are stopped", "[limits]") {
    Hosts hosts;
    hosts.a.shared.start(hosts.scope);
    hosts.a.ask(viewer("ann"), 1);
    hosts.executor.advance(300);
    CHECK(hosts.cache.counters() == 2);
    hosts.a.ask(viewer("bob"), 1);
    hosts.executor.advance(300);
    CHECK(hosts.cache.counters() == 4);
    hosts.a.shared.stop();
    hosts.executor.run_until_idle();
    CHECK(hosts.scope.running() == 0);
}
