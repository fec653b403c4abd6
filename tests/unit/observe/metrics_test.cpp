#include "observe/metrics.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace treasurer::observe;

TEST_CASE("metrics read as Prometheus wants them", "[observe]") {
    Metrics metrics;
    metrics.counter("treasurer_requests_total", "Requests\nwith a \\ in help", {{"route", "a\"b\\c\nd"}}).add(3);
    metrics.gauge("treasurer_queue_length", "Waiting").set(-2.5);
    auto& seconds = metrics.histogram("treasurer_request_seconds", "Time", {0.1, 1}, {{"route", "x"}});
    for (const double value : {0.05, 0.1, 0.5, 7.0}) seconds.observe(value);
    metrics.gauge_from("treasurer_open_connections", "Open", [] { return 4.0; });
    metrics.counter_from("treasurer_refused_total", "Refused", [] { return 1e6; });
    CHECK(metrics.prometheus() ==
          "# HELP treasurer_open_connections Open\n"
          "# TYPE treasurer_open_connections gauge\n"
          "treasurer_open_connections 4\n"
          "# HELP treasurer_queue_length Waiting\n"
          "# TYPE treasurer_queue_length gauge\n"
          "treasurer_queue_length -2.5\n"
          "# HELP treasurer_refused_total Refused\n"
          "# TYPE treasurer_refused_total counter\n"
          "treasurer_refused_total 1e+06\n"
          "# HELP treasurer_request_seconds Time\n"
          "# TYPE treasurer_request_seconds histogram\n"
          "treasurer_request_seconds_bucket{route=\"x\",le=\"0.1\"} 2\n"
          "treasurer_request_seconds_bucket{route=\"x\",le=\"1\"} 3\n"
          "treasurer_request_seconds_bucket{route=\"x\",le=\"+Inf\"} 4\n"
          "treasurer_request_seconds_sum{route=\"x\"} 7.65\n"
          "treasurer_request_seconds_count{route=\"x\"} 4\n"
          "# HELP treasurer_requests_total Requests\\nwith a \\\\ in help\n"
          "# TYPE treasurer_requests_total counter\n"
          "treasurer_requests_total{route=\"a\\\"b\\\\c\\nd\"} 3\n");
}

TEST_CASE("the same name and labels are the same metric", "[observe]") {
    Metrics metrics;
    auto& first = metrics.counter("a_total", "A", {{"x", "1"}});
    CHECK(&metrics.counter("a_total", "A", {{"x", "1"}}) == &first);
    CHECK(&metrics.counter("a_total", "A", {{"x", "2"}}) != &first);
}

TEST_CASE("a family keeps its bound: what comes beyond is counted as other", "[observe]") {
    Metrics metrics(4);
    for (int i = 0; i < 100; ++i) metrics.counter("a_total", "A", {{"x", std::to_string(i)}}).add();
    const auto text = metrics.prometheus();
    CHECK(std::count(text.begin(), text.end(), '\n') == 2 + 4);
    CHECK(text.find("a_total{x=\"other\"} 97\n") != std::string::npos);
}

TEST_CASE("names that Prometheus does not allow are mistakes found at once", "[observe]") {
    Metrics metrics;
    CHECK_THROWS_AS(metrics.counter("requests", "no _total"), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("queue_total", "a gauge is no total"), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("9lives", "digit"), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("a-b", "hyphen"), std::logic_error);
    CHECK_THROWS_AS(metrics.gauge("a", "reserved", {{"le", "1"}}), std::logic_error);
    metrics.gauge("b", "B");
    CHECK_THROWS_AS(metrics.histogram("b", "B", {1}), std::logic_error);
}

TEST_CASE("no count is lost between threads", "[observe]") {
    Metrics metrics;
    auto& counter = metrics.counter("a_total", "A");
    auto& histogram = metrics.histogram("h", "H", {1});
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 10'000; ++i) {
                counter.add();
                histogram.observe(0.5);
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(counter.value() == 80'000);
    CHECK(histogram.snapshot().count == 80'000);
    CHECK(histogram.snapshot().sum == 40'000);
}

TEST_CASE("a family may have as many series as there are when it is read, and none", "[observe]") {
    Metrics metrics, other;
    std::vector<Sample> samples;
    metrics.counters_from("hits_total", "Hits", [&] { return samples; });
    CHECK(metrics.prometheus().empty());
    samples = {{{{"keys", "a"}}, 1}, {{{"keys", "b"}}, 2}};
    other.gauge("held_bytes", "Held").set(7);
    metrics.include(other);
    CHECK(metrics.prometheus() ==
          "# HELP hits_total Hits\n"
          "# TYPE hits_total counter\n"
          "hits_total{keys=\"a\"} 1\n"
          "hits_total{keys=\"b\"} 2\n"
          "# HELP held_bytes Held\n"
          "# TYPE held_bytes gauge\n"
          "held_bytes 7\n");
}

TEST_CASE("a summary has quantiles of lately beside its sum and count", "[observe]") {
    Metrics metrics;
    metrics.summaries_from("recent_seconds", "Time", [] {
        return std::vector<Summary>{{.labels = {{"route", "x"}}, .quantiles = {{0.5, 0.25}}, .sum = 9, .count = 3}};
    });
    CHECK(metrics.prometheus() ==
          "# HELP recent_seconds Time\n"
          "# TYPE recent_seconds summary\n"
          "recent_seconds{route=\"x\",quantile=\"0.5\"} 0.25\n"
          "recent_seconds_sum{route=\"x\"} 9\n"
          "recent_seconds_count{route=\"x\"} 3\n");
    CHECK_THROWS_AS(metrics.gauge("a", "reserved", {{"quantile", "0.5"}}), std::logic_error);
}
