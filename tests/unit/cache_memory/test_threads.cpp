/// The same promises when many threads use the cache at once.
#include <atomic>

#include "memory.hpp"

using namespace memory;

SCENARIO("eight threads that count lose no step", "[cache_memory]") {
    constexpr int threads = 8, each = 5000;
    Memory memory;
    in_threads(threads, [&](int) {
        for (int i = 0; i < each; ++i)
            if (!memory.incr("n", 1, 1'000'000)) std::abort();
    });
    CHECK(memory.get("n") == std::to_string(threads * each));
}

SCENARIO("of many that race to fill with if-newer, the newest version stays", "[cache_memory]") {
    constexpr int threads = 8, rounds = 300;
    Memory memory;
    for (int round = 0; round < rounds; ++round) {
        const std::string key = "k" + std::to_string(round);
        in_threads(threads, [&](int thread) {
            const auto version = static_cast<std::uint64_t>(1 + (thread * 5 + round) % threads);
            memory.newer(key, std::to_string(version), version);
            if (thread == round % threads) memory.del(key);
        });
        const std::string left = memory.get(key);
        REQUIRE((left == std::to_string(threads) || left == "-"));
        REQUIRE(memory.newer(key, "late", threads) == Outcome::conflict);
    }
}

SCENARIO("of many that race to set if-absent, one wins", "[cache_memory]") {
    Memory memory;
    for (int round = 0; round < 300; ++round) {
        std::atomic<int> winners = 0;
        in_threads(4, [&](int thread) {
            winners +=
                memory.set("k" + std::to_string(round), std::to_string(thread), 0, ATR_SET_IF_ABSENT) == Outcome::ok;
        });
        REQUIRE(winners == 1);
    }
}

SCENARIO("a reader never sees half a value, or another key's", "[cache_memory]") {
    Memory memory({.max_bytes = 256 << 10, .max_entry_bytes = 8 << 10});
    std::atomic<int> wrong = 0;
    in_threads(8, [&](int thread) {
        for (int i = 0; i < 5000; ++i) {
            const int number = (i * 7 + thread) % 200;
            const std::string key = "key-" + std::to_string(number);
            switch ((i + thread) % 5) {
                case 0:
                    memory.set(key, std::string(static_cast<std::size_t>(100 + i % 3000), static_cast<char>(number)));
                    break;
                case 1:
                    if (i % 50 == 1) memory.host.now_unix_ms += 1;
                    memory.touch(key, 3);
                    break;
                default:
                    if (const std::string value = memory.get(key); value != "-")
                        for (char c : value) wrong += c != static_cast<char>(number);
            }
        }
    });
    CHECK(wrong == 0);
    CHECK(memory.cache->usage().bytes <= 256 << 10);
}
