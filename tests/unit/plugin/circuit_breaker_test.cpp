#include "plugin/circuit_breaker.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using std::chrono::milliseconds;

namespace {

struct BreakerBench {
    CircuitBreaker breaker{{.failures = 3, .open = milliseconds{100}, .open_max = milliseconds{300}}};
    CircuitBreaker::Time now{};
    void fail(int times) {
        for (int i = 0; i < times; ++i) breaker.failed(now);
    }
    bool allows_after(int ms) {
        now += milliseconds{ms};
        return breaker.allows(now);
    }
};

}  // namespace

SCENARIO("a breaker opens after so many failures in a row, and a success in between begins the count anew",
         "[plugin]") {
    BreakerBench bench;
    bench.fail(2);
    bench.breaker.succeeded();
    bench.fail(2);
    CHECK(bench.breaker.allows(bench.now));
    bench.fail(1);
    CHECK_FALSE(bench.breaker.allows(bench.now));
    CHECK(bench.breaker.snapshot().state == BreakerState::open);
    CHECK(bench.breaker.snapshot().opened == 1);
    CHECK(bench.breaker.snapshot().refused == 1);
}

SCENARIO("an open breaker lets one probe through at a time, ever more rarely while they fail", "[plugin]") {
    BreakerBench bench;
    bench.fail(3);
    CHECK_FALSE(bench.allows_after(99));
    CHECK(bench.allows_after(1));
    CHECK_FALSE(bench.breaker.allows(bench.now));
    bench.fail(1);
    CHECK_FALSE(bench.allows_after(199));
    CHECK(bench.allows_after(1));
    bench.fail(1);
    CHECK_FALSE(bench.allows_after(299));
    CHECK(bench.allows_after(1));  // not 400: open_max
    WHEN("a probe succeeds") {
        bench.breaker.succeeded();
        CHECK(bench.breaker.snapshot().state == BreakerState::closed);
        CHECK(bench.breaker.allows(bench.now));
        THEN("the next time it opens for the first while again") {
            bench.fail(3);
            CHECK(bench.allows_after(100));
        }
    }
    WHEN("the end of a probe is never told") {
        CHECK_FALSE(bench.allows_after(299));
        CHECK(bench.allows_after(1));
    }
}

SCENARIO("failures of calls that began before it opened change nothing", "[plugin]") {
    BreakerBench bench;
    bench.fail(50);
    CHECK(bench.breaker.snapshot().opened == 1);
    CHECK(bench.allows_after(100));
}

SCENARIO("a breaker of no failures never opens", "[plugin]") {
    CircuitBreaker breaker({.failures = 0});
    for (int i = 0; i < 100; ++i) breaker.failed({});
    CHECK(breaker.allows({}));
}
