/// Values live as long as they should, and no longer.
#include <limits>

#include "memory.hpp"

using namespace memory;

SCENARIO("a value lives for its time to live, and not a millisecond longer", "[cache_memory]") {
    Memory memory;
    CHECK(memory.get("k") == "-");
    CHECK(memory.set("k", "v", 0, 0, 1000) == Outcome::ok);
    memory.pass(999);
    CHECK(memory.get("k") == "v");
    CHECK(memory.ttl("k") == 1);
    memory.pass(1);
    CHECK(memory.get("k") == "-");
    CHECK(memory.cache->usage().bytes == 0);
    THEN("the longest time there is does not wrap around") {
        CHECK(memory.set("k", "v", 0, 0, std::numeric_limits<std::int64_t>::max()) == Outcome::ok);
        CHECK(memory.get("k") == "v");
    }
}

SCENARIO("values are bytes: empty, with zeros, and replaced whole", "[cache_memory]") {
    Memory memory;
    const std::string zeros("a\0b", 3);
    CHECK(memory.set("", "empty key") == Outcome::ok);
    CHECK(memory.set(zeros, zeros) == Outcome::ok);
    CHECK(memory.set("a", "") == Outcome::ok);
    CHECK(memory.get("") == "empty key");
    CHECK(memory.get(zeros) == zeros);
    CHECK(memory.get("a").empty());
    CHECK(memory.set(zeros, "shorter") == Outcome::ok);
    CHECK(memory.get(zeros) == "shorter");
}

SCENARIO("touch starts a new time to live", "[cache_memory]") {
    Memory memory;
    CHECK(memory.touch("k", 1000) == Outcome::not_found);
    memory.set("k", "v");
    memory.pass(900);
    CHECK(memory.touch("k", 500) == Outcome::ok);
    CHECK(memory.ttl("k") == 500);
    memory.pass(500);
    CHECK(memory.touch("k", 500) == Outcome::not_found);
}

SCENARIO("if-absent wins only over an absent or expired value", "[cache_memory]") {
    Memory memory;
    CHECK(memory.set("k", "first", 0, ATR_SET_IF_ABSENT) == Outcome::ok);
    CHECK(memory.set("k", "second", 0, ATR_SET_IF_ABSENT) == Outcome::conflict);
    CHECK(memory.get("k") == "first");
    memory.pass(1000);
    CHECK(memory.set("k", "third", 0, ATR_SET_IF_ABSENT) == Outcome::ok);
    memory.del("k");
    CHECK(memory.set("k", "fourth", 0, ATR_SET_IF_ABSENT) == Outcome::ok);
}

SCENARIO("a filler with an older or equal version loses, whatever became of the value", "[cache_memory]") {
    Memory memory;
    CHECK(memory.newer("k", "five", 5) == Outcome::ok);
    WHEN("it is still there") {}
    WHEN("it was deleted") {
        memory.del("k");
    }
    WHEN("it has expired, unseen") {
        memory.pass(5000);
    }
    WHEN("it has expired, seen") {
        memory.pass(5000);
        CHECK(memory.get("k") == "-");
    }
    WHEN("it was replaced by an older one on purpose") {
        CHECK(memory.set("k", "four", 4) == Outcome::ok);
    }
    const std::string before = memory.get("k");
    CHECK(memory.newer("k", "late", 4) == Outcome::conflict);
    CHECK(memory.newer("k", "late", 5) == Outcome::conflict);
    CHECK(memory.get("k") == before);
    CHECK(memory.newer("k", "six", 6) == Outcome::ok);
    CHECK(memory.get("k") == "six");
}

SCENARIO("what makes no sense is refused", "[cache_memory]") {
    Memory memory;
    for (std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        CHECK(memory.set("k", "v", 0, 0, ttl) == Outcome::rejected);
        CHECK(memory.touch("k", ttl) == Outcome::rejected);
        CHECK(memory.incr("k", 1, ttl).outcome() == Outcome::rejected);
    }
    CHECK(memory.set("k", "v", 0, 4) == Outcome::rejected);
    CHECK(memory.get("k") == "-");
    CHECK(MemoryCache::create(memory.host.host(), "", {.max_bytes = 1 << 20, .max_entry_bytes = (1 << 19) + 1})
              .error()
              .code == ATR_E_CONFIG);
    CHECK(cache_memory::cache_config().read(R"({"max_byte":1})").error().code == ATR_E_CONFIG);
}

SCENARIO("a value that is too large is refused, and takes the stale one with it", "[cache_memory]") {
    Memory memory({.max_bytes = 1 << 20, .max_entry_bytes = 1000});
    CHECK(memory.set("k", std::string(999, 'x')) == Outcome::ok);
    const auto refused =
        memory.call([&](const atr::Call& c) { return memory.cache->set(c, "k", std::string(1000, 'x'), 0, 1000, 0); });
    CHECK(refused.error().code == ATR_E_TOO_LARGE);
    CHECK(memory.get("k") == "-");
    CHECK(memory.incr(std::string(1001, 'k')).error().code == ATR_E_TOO_LARGE);
}

SCENARIO("a counter starts at its first step, keeps its first time to live, and never wraps", "[cache_memory]") {
    Memory memory;
    CHECK(memory.incr("n", 5, 1000).value().value == 5);
    memory.pass(400);
    const auto next = memory.incr("n", -7, 1000).value();
    CHECK(next.value == -2);
    CHECK(next.ttl_ms_left == 600);
    CHECK(memory.get("n") == "-2");
    memory.pass(600);
    CHECK(memory.incr("n", 1, 1000).value().value == 1);
    CHECK(memory.incr("n", std::numeric_limits<std::int64_t>::max()).error().code == ATR_E_LIMIT);
    CHECK(memory.get("n") == "1");
    memory.set("text", "12x");
    CHECK(memory.incr("text").error().code == ATR_E_BAD_INPUT);
    memory.set("text", "12");
    CHECK(memory.incr("text").value().value == 13);
}
