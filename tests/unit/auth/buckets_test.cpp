#include "auth/buckets.hpp"

#include <catch2/catch.hpp>

#include "auth/login_throttle.hpp"
#include "tests/support/manual_clock.hpp"

using namespace treasurer;
using namespace treasurer::auth;

TEST_CASE("a bucket gives its capacity at once and then one per refill", "[auth]") {
    Buckets buckets({.capacity = 3, .refill_us = 600'000});
    CHECK(buckets.take("a", 0).remaining == 2);
    CHECK(buckets.take("a", 0).remaining == 1);
    CHECK(buckets.take("a", 0).remaining == 0);
    const auto refused = buckets.take("a", 0);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after_ms == 600);
    CHECK(buckets.take("b", 0).allowed);
    CHECK_FALSE(buckets.take("a", 599).allowed);
    CHECK(buckets.take("a", 600).allowed);
    CHECK_FALSE(buckets.take("a", 600).allowed);
    CHECK(buckets.take("a", 600 + 10 * 600).remaining == 2);
}

TEST_CASE("a bucket never gives more than capacity plus refills, whatever the pattern", "[auth]") {
    Buckets buckets({.capacity = 100, .refill_us = 600'000});
    int given = 0;
    for (UnixMillis now = 0; now <= 60'000; now += 7)
        if (buckets.take("a", now).allowed) ++given;
    CHECK(given == 100 + 59'997 / 600);
}

TEST_CASE("a clock that was set back locks nobody out for longer than an empty bucket does", "[auth]") {
    Buckets buckets({.capacity = 2, .refill_us = 1'000'000});
    CHECK(buckets.take("a", 1'000'000'000).allowed);
    CHECK_FALSE(buckets.take("a", 0).allowed);
    CHECK(buckets.take("a", 1000).allowed);
}

TEST_CASE("a flood of keys keeps its bound, limits itself, and leaves known keys alone", "[auth]") {
    Buckets buckets({.capacity = 2, .refill_us = 1'000'000, .max_keys = 160});
    CHECK(buckets.take("regular", 0).allowed);
    int allowed = 0;
    for (int i = 0; i < 10'000; ++i) allowed += buckets.take("flood-" + std::to_string(i), 1).allowed ? 1 : 0;
    CHECK(buckets.keys() <= 160);
    CHECK(allowed <= 160 + 2 * 16);
    CHECK(buckets.take("regular", 1).allowed);
    THEN("full buckets make room again") {
        int later = 0;
        for (int i = 0; i < 100; ++i) later += buckets.take("later-" + std::to_string(i), 5000).allowed ? 1 : 0;
        CHECK(later > 90);
    }
}

TEST_CASE("what other hosts gave is taken out, and owed beyond an empty bucket, up to a bound", "[auth]") {
    Buckets buckets({.capacity = 3, .refill_us = 1'000'000, .max_noted = 16, .max_debt_us = 2'000'000});
    buckets.taken_elsewhere("a", 1, 0);
    CHECK(buckets.take("a", 0).remaining == 1);
    buckets.taken_elsewhere("a", 3, 0);  // empty, and two owed
    CHECK(buckets.take("a", 0).retry_after_ms == 2000 + 1000);
    buckets.taken_elsewhere("a", 1'000'000'000'000, 0);
    CHECK(buckets.take("a", 0).retry_after_ms == 2000 + 1000);
    CHECK(buckets.take("a", 3000).allowed);
    buckets.taken_elsewhere("b", -7, 0);  // nobody gets more than his own
    CHECK(buckets.take("b", 0).remaining == 2);
}

TEST_CASE("each use is told once, and a key that was asked for in vain too", "[auth]") {
    Buckets buckets({.capacity = 2, .refill_us = 1'000'000, .max_noted = 160});
    for (int i = 0; i < 3; ++i) buckets.take("a", 0);
    auto used = buckets.used(100);
    REQUIRE(used.size() == 1);
    CHECK(used[0].key == "a");
    CHECK(used[0].taken == 2);
    CHECK(buckets.used(100).empty());
    buckets.take("a", 0);
    CHECK(buckets.used(100).at(0).taken == 0);
    buckets.give_back("a");
    CHECK(buckets.used(100).at(0).taken == -1);
    for (int i = 0; i < 100; ++i) buckets.take("key " + std::to_string(i), 0);
    CHECK(buckets.used(30).size() == 30);
}

TEST_CASE("guessing is slowed per user at an address and per address; right passwords are free", "[auth]") {
    support::ManualClock clock;
    LoginThrottle throttle(clock, {.per_user_at_address = {.capacity = 3, .refill_us = 30'000'000},
                                   .per_address = {.capacity = 5, .refill_us = 10'000'000}});
    for (int i = 0; i < 3; ++i) CHECK_FALSE(throttle.refuse("ann", "1.1.1.1"));
    CHECK(throttle.refuse("ann", "1.1.1.1") == Millis(30'000));
    CHECK_FALSE(throttle.refuse("bob", "1.1.1.1"));
    CHECK_FALSE(throttle.refuse("cyd", "1.1.1.1"));
    CHECK(throttle.refuse("dan", "1.1.1.1") == Millis(10'000));
    clock.advance(30'000);
    CHECK_FALSE(throttle.refuse("ann", "1.1.1.1"));
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(throttle.refuse("eve", "4.4.4.4"));
        throttle.succeeded("eve", "4.4.4.4");
    }
}

TEST_CASE("nobody is locked out from elsewhere: not by one address, nor by many", "[auth]") {
    support::ManualClock clock;
    LoginThrottle throttle(clock, {.per_user_at_address = {.capacity = 3, .refill_us = 30'000'000},
                                   .per_user = {.capacity = 30, .refill_us = 10'000'000}});
    CHECK_FALSE(throttle.refuse("ann", "ann's own"));
    throttle.succeeded("ann", "ann's own");
    for (int i = 0; i < 10; ++i) throttle.refuse("ann", "one stranger");
    CHECK_FALSE(throttle.refuse("ann", "ann's other"));  // where she never was before
    throttle.not_judged("ann", "ann's other");
    for (int i = 0; i < 100; ++i) throttle.refuse("ann", "stranger " + std::to_string(i));
    CHECK(throttle.refuse("ann", "one more stranger") == Millis(10'000));
    CHECK_FALSE(throttle.refuse("ann", "ann's own"));
    THEN("guessing is slowed where she has signed in, too") {
        CHECK_FALSE(throttle.refuse("ann", "ann's own"));
        CHECK_FALSE(throttle.refuse("ann", "ann's own"));
        CHECK(throttle.refuse("ann", "ann's own") == Millis(30'000));
    }
}

TEST_CASE("who is refused for one reason costs no other bucket anything", "[auth]") {
    support::ManualClock clock;
    LoginThrottle throttle(clock, {.per_user_at_address = {.capacity = 1, .refill_us = 30'000'000},
                                   .per_address = {.capacity = 3, .refill_us = 10'000'000},
                                   .per_user = {.capacity = 2, .refill_us = 10'000'000}});
    CHECK_FALSE(throttle.refuse("ann", "office"));
    for (int i = 0; i < 10; ++i) CHECK(throttle.refuse("ann", "office"));
    CHECK_FALSE(throttle.refuse("bob", "office"));  // of three
    CHECK_FALSE(throttle.refuse("ann", "home"));    // of two
    for (int i = 0; i < 10; ++i) CHECK(throttle.refuse("ann", "abroad"));
    CHECK_FALSE(throttle.refuse("cyd", "abroad"));
}

TEST_CASE("a text far too long for a name takes no more memory than a name", "[auth]") {
    support::ManualClock clock;
    LoginThrottle throttle(clock, {.per_user_at_address = {.capacity = 1, .refill_us = 30'000'000}});
    CHECK_FALSE(throttle.refuse(std::string(1000, 'a'), "1.1.1.1"));
    CHECK(throttle.refuse(std::string(1024, 'a'), "1.1.1.1"));
    CHECK_FALSE(throttle.refuse(std::string(64, 'a'), "1.1.1.1"));
}
