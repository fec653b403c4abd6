/// Figures, not a test: how many payments a second the bank settles. Run with "[figures]".
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "bank.hpp"

using namespace bank;

TEST_CASE("submits a second from 64 threads, synchronous=full", "[.][figures]") {
    constexpr int threads = 64, each = 500;
    Bank bank;
    const Desk desk = bank.open();
    std::atomic<int> paid = 0;
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread)
        running.emplace_back([&, thread] {
            for (int i = 0; i < each; ++i) paid += desk.submit(payment(thread * 10'000 + i + 1)).has_value();
        });
    for (auto& thread : running) thread.join();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    CHECK(paid == threads * each);
    std::printf("%.0f submits/s\n", threads * each / taken.count());
}
