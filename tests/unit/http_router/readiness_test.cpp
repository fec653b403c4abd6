// /health/ready is open to everybody, so it is cheap for everybody: one question at a time, answered to all for a
// second.
#include <catch2/catch.hpp>

#include "http/health_routes.hpp"
#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct Asked : RouterBench {
    explicit Asked(RouterSettings settings = {}) : RouterBench(settings) {
        add_health_routes(router, bench.clock, bench.executor, "1", [this] { return look(); });
    }
    /// A look takes a tenth of a second.
    Task<std::vector<ServiceState>> look() {
        ++looks;
        co_await delay(bench.executor, Millis{100});
        if (is_broken) throw std::runtime_error("innards");
        std::vector<ServiceState> out;
        out.push_back({.name = "database", .is_healthy = true, .type = "sqlite"});
        co_return out;
    }
    Answer begin() { return start(request("GET", "/health/ready")); }

    int looks = 0;
    bool is_broken = false;
};

}  // namespace

TEST_CASE("who asks while the services are being asked is given what they say", "[health]") {
    Asked bench;
    std::vector<RouterBench::Answer> answers;
    for (int i = 0; i < 50; ++i) answers.push_back(bench.begin());
    bench.bench.executor.advance(100);
    for (const auto& answer : answers) {
        REQUIRE(answer.is_there());
        CHECK(answer->status == 200);
    }
    CHECK(bench.looks == 1);
}

TEST_CASE("what the services said is the answer for a second", "[health]") {
    Asked bench;
    bench.ask("GET", "/health/ready");
    bench.bench.executor.advance(999);
    CHECK(bench.ask("GET", "/health/ready").header("Cache-Control") == "no-store");
    CHECK(bench.looks == 1);
    bench.bench.executor.advance(1);
    bench.ask("GET", "/health/ready");
    CHECK(bench.looks == 2);
}

TEST_CASE("what the services said is no answer once the clock was set back", "[health]") {
    Asked bench;
    bench.ask("GET", "/health/ready");
    bench.bench.clock.advance(-3'600'000);
    bench.ask("GET", "/health/ready");
    CHECK(bench.looks == 2);
}

TEST_CASE("a look that fails is an answer to nobody else", "[health]") {
    Asked bench;
    bench.is_broken = true;
    const auto first = bench.begin(), second = bench.begin();
    bench.bench.executor.advance(50);
    bench.is_broken = true;
    bench.bench.executor.advance(50);
    CHECK(first->status == 500);
    bench.is_broken = false;
    bench.bench.executor.advance(100);
    CHECK(second->status == 200);
    CHECK(bench.looks == 2);
}

TEST_CASE("a host that has more to do than it takes still says how it is", "[health]") {
    Asked bench({.max_in_flight = 0});
    CHECK(bench.ask("GET", "/health/ready")->status == 200);
    CHECK(bench.router.in_flight() == 0);
}
