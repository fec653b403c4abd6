// When more is asked than can be done: what is refused, how, and what never is.
#include "tests/unit/http_router/test_routes.hpp"

#include "http/health_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

/// One request at a time is worked on, one more of its kind may wait. Time stands still unless a test moves it.
struct Busy {
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
    RouterBench bench{{.admission = {.at_once = 1, .burst = 1, .herd = 1}, .now = [this] { return now; }}};

    Busy() { bench.router.add(slow_route(bench, "/slow/{id}")); }
    RouterBench::Answer start(const std::string& path) { return bench.start(arriving("POST", path)); }
    Request arriving(const std::string& method, const std::string& path) const {
        Request out = RouterBench::request(method, path);
        out.arrival = now;
        return out;
    }
    void advance(UnixMillis ms) { bench.bench.executor.advance(ms); }
    std::size_t lines_with(std::string_view text) const {
        const auto lines = bench.log.lines();
        return static_cast<std::size_t>(std::count_if(
            lines.begin(), lines.end(), [&](const auto& line) { return line.find(text) != std::string::npos; }));
    }
};

}  // namespace

TEST_CASE("what is too much is refused at once: 503, when to come again, a problem, and no line of its own",
          "[router][overload]") {
    Busy busy;
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    std::vector<RouterBench::Answer> refused;
    for (int i = 0; i < 5; ++i) refused.push_back(busy.start("/slow/3"));
    for (const auto& answer : refused) {
        REQUIRE(answer.is_there());
        CHECK(answer->status == 503);
        CHECK(answer.header("Retry-After") == "1");
        CHECK(answer.header("Content-Type") == "application/problem+json");
        CHECK(answer.header("Cache-Control") == "no-store");
        CHECK(answer.code() == "overloaded");
        CHECK(answer.json()["status"] == 503);
        CHECK(answer.json()["request_id"] == "r-1");
    }
    CHECK(busy.lines_with("requests refused") == 1);
    CHECK(busy.lines_with("\"request\"") == 0);
    const auto metrics = busy.bench.metrics.prometheus();
    CHECK(metrics.find(R"(treasurer_http_requests_shed_total{kind="write"} 5)") != std::string::npos);
    CHECK(metrics.find("treasurer_http_requests_waiting 2") != std::string::npos);

    busy.now += 1s;
    busy.start("/slow/4");
    CHECK(busy.lines_with(R"("writes":5)") == 1);  // one line a second says how many
}

TEST_CASE("what has begun is finished, and what waits has its turn when that is done", "[router][overload]") {
    Busy busy;
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    busy.advance(999);
    CHECK_FALSE(first.is_there());
    busy.advance(1);
    REQUIRE(first.is_there());
    CHECK(first.json()["id"] == "1");
    CHECK_FALSE(second.is_there());
    busy.advance(1000);
    REQUIRE(second.is_there());
    CHECK(second.json()["id"] == "2");
    CHECK(busy.bench.router.in_flight() == 0);
}

TEST_CASE("what has waited too long is refused before its work begins, while what has begun goes on",
          "[router][overload]") {
    Busy busy;
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    busy.advance(10);
    busy.now += 201ms;
    busy.advance(100);
    REQUIRE(second.is_there());
    CHECK(second->status == 503);
    CHECK(second.header("Retry-After") != "absent");
    CHECK_FALSE(first.is_there());
    busy.advance(1000);
    REQUIRE(first.is_there());
    CHECK(first->status == 200);
    CHECK(busy.bench.router.in_flight() == 0);
}

TEST_CASE("a request that takes long for others' sake lets the next one begin", "[router][overload]") {
    Busy busy;
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    busy.advance(10);
    busy.now += 150ms;
    busy.advance(100);
    CHECK_FALSE(second.is_there());
    const auto third = busy.start("/slow/3");
    CHECK(third->status == 503);
    busy.now += 400ms;  // `first` is not fresh any more; `second`, which waited for that, is too late
    const auto fourth = busy.start("/slow/4");
    busy.advance(10);
    CHECK(second->status == 503);
    busy.advance(1000);
    CHECK(first->status == 200);
    CHECK(fourth.is_there());
    CHECK(fourth->status == 200);
}

TEST_CASE("health is answered while everything else is refused", "[router][overload]") {
    Busy busy;
    add_health_routes(busy.bench.router, busy.bench.bench.clock, busy.bench.bench.executor, "1",
                      []() -> Task<std::vector<ServiceState>> { co_return std::vector<ServiceState>(); });
    busy.bench.router.add(sync_route("GET", "/quick"));
    const auto asked = [&](const std::string& path) {
        auto request = busy.arriving("GET", path);
        request.arrival -= 201ms;  // the transport thread is so far behind
        return busy.bench.ask(std::move(request));
    };
    CHECK(asked("/quick")->status == 503);
    CHECK(asked("/quick").code() == "overloaded");
    CHECK(asked("/health")->status == 200);
    CHECK(asked("/health/live")->status == 200);
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    CHECK(busy.start("/slow/3")->status == 503);
    CHECK(asked("/health/ready")->status == 200);
    CHECK_FALSE(first.is_there());
}

TEST_CASE("the edge is told to handle health first, and what will be refused anyway", "[router][overload]") {
    Busy busy;
    busy.bench.router.add(sync_route("GET", "/quick"));
    auto health = sync_route("GET", "/health");
    health.is_prompt = true;
    busy.bench.router.add(health);
    const auto prompt = busy.bench.router.prompt();
    CHECK(prompt(busy.arriving("GET", "/health"), 0ms));
    CHECK(prompt(busy.arriving("HEAD", "/health"), 0ms));
    CHECK_FALSE(prompt(busy.arriving("GET", "/quick"), 0ms));
    CHECK_FALSE(prompt(busy.arriving("GET", "/nothing"), 0ms));
    CHECK(prompt(busy.arriving("GET", "/quick"), 201ms));
}

TEST_CASE("reads and what changes something wait apart", "[router][overload]") {
    Busy busy;
    auto reading = slow_route(busy.bench, "/list/{id}");
    reading.method = "GET";
    busy.bench.router.add(reading);
    const auto first = busy.start("/slow/1"), second = busy.start("/slow/2");
    CHECK(busy.start("/slow/3")->status == 503);
    const auto list = busy.bench.start(busy.arriving("GET", "/list/1"));
    CHECK_FALSE(list.is_there());
    busy.advance(3000);
    CHECK(list->status == 200);
    CHECK(second->status == 200);
}
