/// Figures, not a test: what a get costs. Run with "[figures]".
#include <chrono>
#include <cstdio>

#include "memory.hpp"

using namespace memory;

TEST_CASE("nanoseconds a get of 100 bytes among 10,000 keys", "[.][figures]") {
    constexpr int keys = 10'000, rounds = 200;
    for (int threads : {1, 2}) {
        Memory memory;
        std::vector<std::string> names;
        for (int i = 0; i < keys; ++i) {
            names.push_back("tenant:dashboard:" + std::to_string(i));
            memory.set(names.back(), std::string(100, 'x'), 0, 0, 1'000'000);
        }
        const auto start = std::chrono::steady_clock::now();
        in_threads(threads, [&](int) {
            const atr_call raw = support::make_call(memory.host.now_unix_ms);
            const atr::Call call(&raw);
            std::size_t bytes = 0;
            for (int round = 0; round < rounds; ++round)
                for (const auto& name : names) bytes += memory.cache->get(call, name)->value.size();
            if (bytes != std::size_t{100} * keys * rounds) std::abort();
        });
        const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
        std::printf("%d threads: %.0f ns/get each\n", threads, taken.count() / (keys * rounds));
    }
}
