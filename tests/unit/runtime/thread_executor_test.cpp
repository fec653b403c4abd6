// Delays end although nothing else happens in the process, and a shorter one does not wait for a longer one.
#include "runtime/thread_executor.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>

using namespace treasurer;

namespace {

constexpr int times = 200;  // the timer thread must have fallen asleep before some of them
constexpr std::chrono::seconds patience{30};

bool ends(ThreadExecutor& executor, Millis delay) {
    auto ended = std::make_shared<std::promise<void>>();
    auto news = ended->get_future();
    executor.post_after(delay, [ended] { ended->set_value(); });
    return news.wait_for(patience) == std::future_status::ready;
}

}  // namespace

TEST_CASE("a delay ends when it is the only one", "[runtime]") {
    ThreadExecutor executor(1);
    for (int i = 0; i < times; ++i) REQUIRE(ends(executor, Millis(i % 2)));
}

TEST_CASE("a short delay does not wait for a long one that was there before", "[runtime]") {
    ThreadExecutor executor(2);
    executor.post_after(std::chrono::hours(1), [] {});
    for (int i = 0; i < times; ++i) REQUIRE(ends(executor, Millis(i % 2)));
}

TEST_CASE("work that was posted before stop() is done by then", "[runtime]") {
    std::atomic<int> done{0};
    ThreadExecutor executor(2);
    for (int i = 0; i < times; ++i) executor.post([&] { ++done; });
    executor.stop();
    CHECK(done == times);
}
