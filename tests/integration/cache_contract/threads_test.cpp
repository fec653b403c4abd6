/// The same promises when many threads use the cache at once.
#include "cache_under_test.hpp"

using namespace contract;

SCENARIO("eight threads that count lose no step", "[cache]") {
    const int threads = 8, each = is_redis() ? 500 : 5000;
    CacheUnderTest cache;
    in_threads(threads, [&](int) {
        for (int i = 0; i < each; ++i)
            if (!cache.incr("n", 1, 1'000'000)) std::abort();
    });
    CHECK(cache.get("n") == std::to_string(threads * each));
}

SCENARIO("of many that race to fill with if-newer, the newest version stays", "[cache]") {
    const int threads = 8, rounds = is_redis() ? 60 : 300;
    CacheUnderTest cache;
    for (int round = 0; round < rounds; ++round) {
        const std::string key = "k" + std::to_string(round);
        in_threads(threads, [&](int thread) {
            const auto version = static_cast<std::uint64_t>(1 + (thread * 5 + round) % threads);
            cache.newer(key, std::to_string(version), version);
            if (thread == round % threads) cache.del(key);
        });
        const std::string left = cache.get(key);
        REQUIRE((left == std::to_string(threads) || left == "-"));
        REQUIRE(cache.newer(key, "late", static_cast<std::uint64_t>(threads)) == Outcome::conflict);
    }
}

SCENARIO("of many that race to set if-absent, one wins", "[cache]") {
    CacheUnderTest cache;
    for (int round = 0; round < (is_redis() ? 60 : 300); ++round) {
        std::atomic<int> winners = 0;
        in_threads(4, [&](int thread) {
            winners +=
                cache.set("k" + std::to_string(round), std::to_string(thread), 0, ATR_SET_IF_ABSENT) == Outcome::ok;
        });
        REQUIRE(winners == 1);
    }
}

SCENARIO("a reader never sees half a value, or another key's", "[cache]") {
    CacheUnderTest cache;
    std::atomic<int> wrong = 0;
    const int each = is_redis() ? 600 : 5000;
    in_threads(8, [&](int thread) {
        for (int i = 0; i < each; ++i) {
            const int number = (i * 7 + thread) % 100;
            const std::string key = "key-" + std::to_string(number);
            switch ((i + thread) % 5) {
                case 0:
                    cache.set(key, std::string(static_cast<std::size_t>(100 + i % 3000), static_cast<char>(number)),
                              static_cast<std::uint64_t>(i % 3), 0, i % 7 == 0 ? 3 : 10'000);
                    break;
                case 1:
                    if (!is_redis() && i % 50 == 1) cache.cache.host.now_unix_ms += 1;
                    cache.touch(key, 3);
                    break;
                default:
                    if (const std::string value = cache.get(key); value != "-")
                        for (char c : value) wrong += c != static_cast<char>(number);
            }
        }
    });
    CHECK(wrong == 0);
}
