#include <cache_redis/circuit.hpp>
#include <catch2/catch.hpp>
#include <set>

using cache_redis::Circuit;
using cache_redis::Millis;

namespace {

const atr::Error refused = atr::rejected(ATR_E_AUTH, "user and password are refused");

}  // namespace

SCENARIO("after a failure calls fail at once, for a time that doubles up to its bound and is never quite the same",
         "[cache_redis]") {
    Circuit circuit(Millis(100), Millis(1000), 7);
    auto now = Circuit::Clock::time_point{};
    CHECK_FALSE(circuit.refusal(now));
    for (const int whole : {100, 200, 400, 800, 1000, 1000}) {
        circuit.failed(now, refused);
        CHECK(circuit.refusal(now + Millis(whole / 2 - 1)));
        CHECK(circuit.refusal(now)->retry_after_ms >= whole / 2);
        CHECK(circuit.refusal(now)->retry_after_ms <= whole);
        now += Millis(whole);
        CHECK_FALSE(circuit.refusal(now));
    }
    std::set<int> pauses;
    for (unsigned seed = 0; seed < 20; ++seed) {
        Circuit other(Millis(1000), Millis(1000), seed);
        other.failed(now, refused);
        pauses.insert(other.refusal(now)->retry_after_ms);
    }
    CHECK(pauses.size() > 5);
}

SCENARIO("one call tries whether it is over; what it finds out holds for all", "[cache_redis]") {
    Circuit circuit(Millis(100), Millis(1000), 7);
    auto now = Circuit::Clock::time_point{};
    CHECK(circuit.failed(now, refused));
    now += Millis(100);
    CHECK_FALSE(circuit.refusal(now));
    CHECK(circuit.refusal(now));
    WHEN("it is") {
        CHECK(circuit.succeeded());
        CHECK_FALSE(circuit.succeeded());
        CHECK_FALSE(circuit.refusal(now));
    }
    WHEN("it is not") {
        CHECK_FALSE(circuit.failed(now, refused));
        CHECK(circuit.refusal(now + Millis(99)));
    }
    WHEN("it never comes back, another tries in the end") {
        CHECK(circuit.refusal(now + Millis(999)));
        CHECK_FALSE(circuit.refusal(now + Millis(1000)));
    }
}

SCENARIO("those that fail together count once, and what they say is why", "[cache_redis]") {
    Circuit circuit(Millis(100), Millis(100'000), 7);
    const auto now = Circuit::Clock::time_point{};
    for (int i = 0; i < 10; ++i) circuit.failed(now, refused);
    CHECK(circuit.refusal(now)->retry_after_ms <= 100);
    const auto refusal = *circuit.refusal(now);
    CHECK(refusal.outcome == atr::Outcome::retry);
    CHECK(refusal.code == ATR_E_AUTH);
    CHECK(refusal.message == refused.message);
}
