/// Time to the millisecond. What holds of every cache stands in tests/integration/cache_contract.
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

SCENARIO("settings that make no sense are refused", "[cache_memory]") {
    support::FakeHost host;
    CHECK(MemoryCache::create(host.host(), "", {.max_bytes = 1 << 20, .max_entry_bytes = (1 << 19) + 1}).error().code ==
          ATR_E_CONFIG);
    CHECK(cache_memory::cache_config().read(R"({"max_byte":1})").error().code == ATR_E_CONFIG);
}

SCENARIO("a counter's time to live starts when it is created", "[cache_memory]") {
    Memory memory;
    CHECK(memory.incr("n", 5, 1000).value().value == 5);
    memory.pass(400);
    CHECK(memory.incr("n", -7, 1000).value().ttl_ms_left == 600);
    memory.pass(600);
    CHECK(memory.incr("n", 1, 1000).value().value == 1);
}
