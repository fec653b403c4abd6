/// The cache stays within its bytes, whatever is put into it.
#include <malloc.h>

#include <random>

#include "memory.hpp"

using namespace memory;

namespace {

constexpr std::size_t max_bytes = 4 << 20;

CacheSettings small() {
    return {.max_bytes = max_bytes, .max_entry_bytes = 64 << 10};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool allocator_is_plain = false;
#else
constexpr bool allocator_is_plain = true;
#endif

}  // namespace

SCENARIO("ten times more than fits leaves what fits, the newest", "[cache_memory]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::size_t before = ::mallinfo2().uordblks;
    Memory memory(small());
    std::vector<std::string> keys;
    for (std::size_t put = 0; put < 10 * max_bytes;) {
        keys.push_back("key-" + std::to_string(keys.size()));
        const std::string value(random() % (random() % 20 == 0 ? 60'000 : 200), 'x');
        REQUIRE(memory.set(keys.back(), value, random() % 2, 0, 1'000'000) == Outcome::ok);
        put += keys.back().size() + value.size();
        if (keys.size() % 1000 == 0) CHECK(memory.cache->usage().bytes <= max_bytes);
    }
    const auto usage = memory.cache->usage();
    CHECK(usage.bytes <= max_bytes);
    CHECK(usage.bytes > max_bytes / 2);
    CHECK(usage.evictions > 0);
    if (allocator_is_plain) {
        std::size_t of_this_test = 0;
        for (const auto& key : keys) of_this_test += sizeof key + (key.size() > 15 ? key.size() + 16 : 0);
        CHECK(::mallinfo2().uordblks - before < max_bytes + 2 * of_this_test + (1 << 20));
    }
    CHECK(memory.get(keys.back()) != "-");
    CHECK(memory.get(keys.front()) == "-");
    std::size_t found = 0, held = 0;
    for (const auto& key : keys)
        if (const std::string value = memory.get(key); value != "-") {
            ++found;
            held += key.size() + value.size();
        }
    CHECK(found == usage.entries);
    CHECK(held <= max_bytes);
}

SCENARIO("what is used stays, what is not used goes", "[cache_memory]") {
    Memory memory(small());
    memory.set("hot", "v", 0, 0, 1'000'000);
    for (int i = 0; i < 100'000; ++i) {
        memory.set("cold-" + std::to_string(i), "v", 0, 0, 1'000'000);
        if (i % 100 == 0) REQUIRE(memory.get("hot") == "v");
    }
    CHECK(memory.get("cold-0") == "-");
}

SCENARIO("versions of evicted values are remembered, within an eighth of the bytes", "[cache_memory]") {
    Memory memory(small());
    constexpr int keys = 100'000;
    for (int i = 0; i < keys; ++i) memory.set("k" + std::to_string(i), "v", 9, 0, 1'000'000);
    const auto usage = memory.cache->usage();
    CHECK(usage.bytes <= max_bytes);
    CHECK(usage.tombstones > 1000);
    CHECK(usage.tombstones * cache_memory::Shard::overhead <= max_bytes / 8);
    std::size_t refused = 0;
    for (int i = keys; i-- > 0;) refused += memory.newer("k" + std::to_string(i), "late", 9) == Outcome::conflict;
    CHECK(refused > usage.entries + usage.tombstones / 2);
    CHECK(memory.cache->usage().bytes <= max_bytes);
}

SCENARIO("deleting for ever does not grow the cache", "[cache_memory]") {
    Memory memory(small());
    for (int i = 0; i < 100'000; ++i) {
        const std::string key = "k" + std::to_string(i);
        memory.set(key, "v", 1);
        memory.del(key);
    }
    CHECK(memory.cache->usage().entries == 0);
    CHECK(memory.cache->usage().bytes <= max_bytes / 8);
}

SCENARIO("expired values go as others are written, without being asked for", "[cache_memory]") {
    Memory memory(small());
    for (int i = 0; i < 5000; ++i) memory.set("short-" + std::to_string(i), "v", 0, 0, 10);
    memory.pass(10);
    for (int i = 0; i < 5000; ++i) memory.set("long-" + std::to_string(i), "v", 0, 0, 1'000'000);
    CHECK(memory.cache->usage().entries < 5500);
    CHECK(memory.cache->usage().evictions == 0);
    CHECK(nlohmann::json::parse(
              memory.call([&](const atr::Call& c) { return memory.cache->health(c); }).value())["max_bytes"] ==
          max_bytes);
}
