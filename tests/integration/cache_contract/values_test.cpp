/// Values live as long as they should, and no longer; of two fillers the one that knows more wins.
#include <limits>

#include "cache_under_test.hpp"

using namespace contract;

SCENARIO("a value lives for its time to live, and no longer", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.get("k") == "-");
    CHECK(cache.set("k", "v", 0, 0, 60'000) == Outcome::ok);
    CHECK(cache.get("k") == "v");
    CHECK(cache.ttl("k") > 50'000);
    CHECK(cache.ttl("k") <= 60'000);
    for (const std::uint64_t version : {0U, 7U}) {
        CHECK(cache.set("short", "v", version, 0, 20) == Outcome::ok);
        cache.pass(21);
        CHECK(cache.get("short") == "-");
    }
    THEN("the longest time there is does not wrap around") {
        CHECK(cache.set("k", "v", 3, 0, std::numeric_limits<std::int64_t>::max()) == Outcome::ok);
        CHECK(cache.get("k") == "v");
        CHECK(cache.touch("k", std::numeric_limits<std::int64_t>::max()) == Outcome::ok);
        CHECK(cache.ttl("k") > 86'400'000);
    }
}

SCENARIO("values are bytes: empty, with zeros, and replaced whole", "[cache]") {
    CacheUnderTest cache;
    const std::string zeros("a\0b\r\n$5\r\n", 9);
    CHECK(cache.set("", "empty key") == Outcome::ok);
    CHECK(cache.set(zeros, zeros, 1) == Outcome::ok);
    CHECK(cache.set("a", "") == Outcome::ok);
    CHECK(cache.set("}{", "braces") == Outcome::ok);
    CHECK(cache.get("") == "empty key");
    CHECK(cache.get(zeros) == zeros);
    CHECK(cache.get("a").empty());
    CHECK(cache.get("}{") == "braces");
    CHECK(cache.set(zeros, "shorter") == Outcome::ok);
    CHECK(cache.get(zeros) == "shorter");
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    CHECK(cache.set(all, all + all) == Outcome::ok);
    CHECK(cache.get(all) == all + all);
}

SCENARIO("touch starts a new time to live", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.touch("k", 1000) == Outcome::not_found);
    for (const std::uint64_t version : {0U, 7U}) {
        cache.set("k", "v", version, 0, 60'000);
        CHECK(cache.touch("k", 200'000) == Outcome::ok);
        CHECK(cache.ttl("k") > 150'000);
        CHECK(cache.ttl("k") <= 200'000);
        CHECK(cache.touch("k", 20) == Outcome::ok);
        cache.pass(21);
        CHECK(cache.touch("k", 500) == Outcome::not_found);
        CHECK(cache.get("k") == "-");
    }
}

SCENARIO("if-absent wins only over an absent or expired value", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.set("k", "first", 0, ATR_SET_IF_ABSENT) == Outcome::ok);
    CHECK(cache.set("k", "second", 0, ATR_SET_IF_ABSENT) == Outcome::conflict);
    CHECK(cache.get("k") == "first");
    cache.touch("k", 20);
    cache.pass(21);
    CHECK(cache.set("k", "third", 8, ATR_SET_IF_ABSENT) == Outcome::ok);
    cache.del("k");
    CHECK(cache.set("k", "fourth", 0, ATR_SET_IF_ABSENT) == Outcome::ok);
    CHECK(cache.get("k") == "fourth");
    THEN("together with if-newer both must hold") {
        constexpr auto both = ATR_SET_IF_ABSENT | ATR_SET_IF_NEWER;
        CHECK(cache.set("k", "fifth", 9, both) == Outcome::conflict);
        cache.del("k");
        CHECK(cache.set("k", "fifth", 8, both) == Outcome::conflict);
        CHECK(cache.set("k", "fifth", 9, both) == Outcome::ok);
    }
}

SCENARIO("a filler with an older or equal version loses, whatever became of the value", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.newer("k", "five", 5, 20) == Outcome::ok);
    WHEN("it is still there") {
        cache.touch("k", 60'000);
    }
    WHEN("it was deleted") {
        cache.del("k");
    }
    WHEN("it was deleted twice, the second time with nothing there") {
        cache.del("k");
        cache.del("k");
    }
    WHEN("it has expired, unseen") {
        cache.pass(21);
    }
    WHEN("it has expired, seen") {
        cache.pass(21);
        CHECK(cache.get("k") == "-");
    }
    WHEN("it was replaced by an older one on purpose") {
        CHECK(cache.set("k", "four", 4) == Outcome::ok);
    }
    WHEN("it was replaced by one without a version") {
        CHECK(cache.set("k", "unversioned") == Outcome::ok);
    }
    WHEN("a counter took its place") {
        cache.pass(21);
        CHECK(cache.incr("k", 3).value().value == 3);
        CHECK(cache.get("k") == "3");
    }
    const std::string before = cache.get("k");
    CHECK(cache.newer("k", "late", 4) == Outcome::conflict);
    CHECK(cache.newer("k", "late", 5) == Outcome::conflict);
    if (before != "five") CHECK(cache.get("k") == before);
    CHECK(cache.newer("k", "six", 6) == Outcome::ok);
    CHECK(cache.get("k") == "six");
}

SCENARIO("an invalidation of what the cache does not know is a marker with its version; del leaves nothing behind",
         "[cache]") {
    // A filler has read version 5, and is slow; then version 6 is committed, and the key, which no cache holds, is
    // stale.
    CacheUnderTest cache;
    GIVEN("the invalidation is a del, which has no version to leave") {
        CHECK(cache.del("k") == Outcome::ok);
        CHECK(cache.newer("k", "stale, from 5", 5) == Outcome::ok);
    }
    GIVEN("it is a marker of version 6") {
        CHECK(cache.newer("k", "marker", 6, 20) == Outcome::ok);
        WHEN("it is still there") {}
        WHEN("its time is over") {
            cache.pass(21);
        }
        WHEN("it was deleted") {
            cache.del("k");
        }
        CHECK(cache.newer("k", "stale, from 5", 5) == Outcome::conflict);
        CHECK(cache.newer("k", "fresh, from 7", 7) == Outcome::ok);
    }
}

SCENARIO("versions are compared in all their 64 bits", "[cache]") {
    CacheUnderTest cache;
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t known = 0;
    for (const std::uint64_t version :
         {std::uint64_t{1}, (std::uint64_t{1} << 53) + 1, (std::uint64_t{1} << 53) + 2, std::uint64_t{9'999'999'999},
          std::uint64_t{10'000'000'000}, largest - 1, largest}) {
        const bool is_newer = version > known;
        INFO(version << " after " << known);
        CHECK(cache.newer("k", std::to_string(version), version) == (is_newer ? Outcome::ok : Outcome::conflict));
        CHECK(cache.newer("k", "equal", version) == Outcome::conflict);
        known = std::max(known, version);
        CHECK(cache.get("k") == std::to_string(known));
    }
}

SCENARIO("what makes no sense is refused", "[cache]") {
    CacheUnderTest cache;
    for (std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        CHECK(cache.set("k", "v", 0, 0, ttl) == Outcome::rejected);
        CHECK(cache.touch("k", ttl) == Outcome::rejected);
        CHECK(cache.incr("k", 1, ttl).outcome() == Outcome::rejected);
    }
    CHECK(cache.set("k", "v", 0, 4) == Outcome::rejected);
    CHECK(cache.get("k") == "-");
}

SCENARIO("a value that is too large is refused, and takes the stale one with it", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.set("k", std::string(9'999, 'x')) == Outcome::ok);
    CHECK(cache.get("k") == std::string(9'999, 'x'));
    CHECK(cache.cache.set(cache.call(), "k", std::string(10'000, 'x'), 0, 1000, 0).error().code == ATR_E_TOO_LARGE);
    CHECK(cache.get("k") == "-");
    const std::string long_key(10'001, 'k');
    CHECK(cache.incr(long_key).error().code == ATR_E_TOO_LARGE);
    CHECK(cache.cache.set(cache.call(), long_key, "", 0, 1000, 0).error().code == ATR_E_TOO_LARGE);
    CHECK(cache.get(long_key) == "-");
    CHECK(cache.touch(long_key, 1000) == Outcome::not_found);
    CHECK(cache.del(long_key) == Outcome::ok);
}

SCENARIO("del forgets many at once, also those that are not there", "[cache]") {
    CacheUnderTest cache;
    std::vector<std::string> names;
    for (int i = 0; i < 2500; ++i) names.push_back("key-" + std::to_string(i));
    for (int i = 0; i < 2500; i += 100)
        CHECK(cache.set(names[static_cast<std::size_t>(i)], "v", i % 200U) == Outcome::ok);
    std::vector<std::string_view> keys(names.begin(), names.end());
    CHECK(cache.cache.del(cache.call(), keys));
    CHECK(cache.cache.del(cache.call(), {}));
    for (int i = 0; i < 2500; i += 100) CHECK(cache.get(names[static_cast<std::size_t>(i)]) == "-");
}

SCENARIO("a counter starts at its first step, keeps its first time to live, and never wraps", "[cache]") {
    CacheUnderTest cache;
    CHECK(cache.incr("n", 5, 60'000).value().value == 5);
    const auto next = cache.incr("n", -7, 600'000).value();
    CHECK(next.value == -2);
    CHECK(next.ttl_ms_left <= 60'000);
    CHECK(next.ttl_ms_left > 50'000);
    CHECK(cache.get("n") == "-2");
    CHECK(cache.touch("n", 20) == Outcome::ok);
    cache.pass(21);
    CHECK(cache.incr("n", 1).value().value == 1);
    CHECK(cache.incr("n", std::numeric_limits<std::int64_t>::max()).error().code == ATR_E_LIMIT);
    CHECK(cache.get("n") == "1");
    for (const std::uint64_t version : {0U, 7U}) {
        cache.set("text", "12x", version);
        CHECK(cache.incr("text").error().code == ATR_E_BAD_INPUT);
        CHECK(cache.get("text") == "12x");
        cache.set("text", "12", version);
        CHECK(cache.incr("text").value().value == 13);
        CHECK(cache.get("text") == "13");
        cache.set("text", "9223372036854775806", version);
        CHECK(cache.incr("text").value().value == std::numeric_limits<std::int64_t>::max());
        CHECK(cache.incr("text").error().code == ATR_E_LIMIT);
        CHECK(cache.get("text") == "9223372036854775807");
    }
    CHECK(cache.newer("text", "late", 7) == Outcome::conflict);
    CHECK(cache.incr("low", std::numeric_limits<std::int64_t>::min()).value().value ==
          std::numeric_limits<std::int64_t>::min());
}

SCENARIO("health says in JSON how it is", "[cache]") {
    CacheUnderTest cache;
    const auto health = cache.cache.health(cache.call());
    REQUIRE(health);
    CHECK(nlohmann::json::parse(*health).is_object());
}
