#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "observe/route_times.hpp"
#include "tests/support/manual_clock.hpp"

using namespace treasurer;
using namespace treasurer::observe;

TEST_CASE("a time is kept right within one part in 32, up to an hour", "[observe]") {
    for (std::int64_t us = 0; us < std::int64_t{3'600'000'000}; us += 1 + us / 1000) {
        const auto upper = static_cast<std::int64_t>(LatencyBuckets::upper_us(LatencyBuckets::of(us)));
        const bool is_right = upper >= us && upper - us <= us / 32;
        if (!is_right) FAIL(us << " us is kept as " << upper);
    }
    CHECK(LatencyBuckets::of(-1) == 0);
    CHECK(LatencyBuckets::of(std::int64_t{1} << 60) == LatencyBuckets::count - 1);
}

TEST_CASE("each bucket begins where the one before it ends", "[observe]") {
    for (std::size_t bucket = 0; bucket + 1 < LatencyBuckets::count; ++bucket) {
        const auto upper = static_cast<std::int64_t>(LatencyBuckets::upper_us(bucket));
        if (LatencyBuckets::of(upper) != bucket || LatencyBuckets::of(upper + 1) != bucket + 1)
            FAIL("bucket " << bucket << " up to " << upper << " us");
    }
}

TEST_CASE("a quantile is never too low, and at most one part in 32 too high", "[observe]") {
    LatencyHistogram times;
    CHECK(times.quantile_us(0.5) == 0);
    for (std::int64_t us = 1; us <= 100'000; ++us) times.record(std::chrono::microseconds(us));
    for (const double share : {0.00001, 0.01, 0.5, 0.95, 0.99, 1.0}) {
        const auto found = static_cast<double>(times.quantile_us(share)), exact = share * 100'000;
        CHECK(found >= exact - 0.5);
        CHECK(found <= exact * 33 / 32 + 0.5);
    }
    CHECK(times.max_us() == 100'000);
    CHECK(times.total() == 100'000);
}

TEST_CASE("no time is lost between threads, and what was counted once is never less", "[observe]") {
    LatencyRecorder recorder;
    std::atomic<bool> over{false};
    bool has_grown = true;
    std::thread reader([&] {
        for (std::uint64_t last = 0; !over;) {
            const auto now = recorder.since_start().total();
            has_grown = has_grown && now >= last;
            last = now;
        }
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (std::int64_t us = 0; us < 10'000; ++us) recorder.record(us);
        });
    for (auto& thread : threads) thread.join();
    over = true;
    reader.join();
    CHECK(has_grown);
    CHECK(recorder.since_start().total() == 80'000);
}

TEST_CASE("what happened more than a minute ago no longer counts", "[observe]") {
    constexpr UnixMillis start = 1'700'000'000'000;
    LastMinute<double> events(start, 0);
    double total = 0;
    for (UnixMillis now = start + 10'000; now <= start + 600'000; now += 10'000) events.look(now, total += 50);
    CHECK(per_second(events, start + 600'000, total) == Approx(5));
    CHECK(per_second(events, start + 605'000, total) == Approx(250.0 / 55));
    for (UnixMillis now = start + 610'000; now <= start + 660'000; now += 10'000) events.look(now, total);
    CHECK(per_second(events, start + 660'000, total) == 0);
}

TEST_CASE("while the window is young, it counts by its own length, a second at least", "[observe]") {
    constexpr UnixMillis start = 1'700'000'000'000;
    LastMinute<double> events(start, 7);
    CHECK(per_second(events, start, 9) == 2);
    CHECK(per_second(events, start + 500, 9) == 2);
    CHECK(per_second(events, start + 4'000, 9) == 0.5);
}

TEST_CASE("a clock that is set back begins the minute anew", "[observe]") {
    constexpr UnixMillis start = 1'700'000'000'000;
    LastMinute<double> events(start, 0);
    events.look(start - 3'600'000, 100);
    CHECK(per_second(events, start - 3'590'000, 120) == 2);
}

TEST_CASE("a route has the quantiles of its own last minute, and what it took since the start", "[observe]") {
    support::ManualClock clock(1'700'000'000'000);
    Metrics metrics;
    RouteTimes times(metrics, clock);
    auto& fast = times.of("fast");
    times.of("idle");
    const auto minute = [&] {
        for (int i = 0; i < 6; ++i) {
            clock.advance(10'000);
            times.look();
        }
    };
    for (int i = 0; i < 100; ++i) fast.record(900'000);
    minute();
    minute();
    for (int i = 0; i < 98; ++i) fast.record(31);
    fast.record(2000);
    fast.record(2000);
    const auto text = metrics.prometheus();
    INFO(text);
    CHECK(text.find("# TYPE treasurer_http_request_recent_seconds summary\n") != std::string::npos);
    CHECK(text.find("treasurer_http_request_recent_seconds{route=\"fast\",quantile=\"0.5\"} 3.1e-05\n") !=
          std::string::npos);
    CHECK(text.find("treasurer_http_request_recent_seconds{route=\"fast\",quantile=\"0.99\"} 0.002015\n") !=
          std::string::npos);
    CHECK(text.find("treasurer_http_request_recent_seconds_count{route=\"fast\"} 200\n") != std::string::npos);
    CHECK(text.find("treasurer_http_request_seconds_count{route=\"fast\"} 200\n") != std::string::npos);
    CHECK(text.find("treasurer_http_request_recent_seconds_count{route=\"idle\"}") == std::string::npos);
    CHECK(times.since_start().total() == 200);
    minute();
    minute();
    CHECK(metrics.prometheus().find("quantile=") == std::string::npos);
}
