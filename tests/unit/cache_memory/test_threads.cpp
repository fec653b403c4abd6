/// Many threads on a small cache. What holds of every cache stands in tests/integration/cache_contract.
#include <atomic>

#include "memory.hpp"

using namespace memory;

SCENARIO("a reader never sees half a value or another key's, also while others evict it", "[cache_memory]") {
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
