#include "http/auth_routes.hpp"

#include "http/health_routes.hpp"
#include "http/metrics_routes.hpp"
#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Role;

namespace {

struct AuthBench : RouterBench {
    explicit AuthBench(auth::LoginThrottleSettings throttling = {}) : throttle(bench.clock, throttling) {
        REQUIRE(bench.await(users.add("ann", "a good password", {Role::admin})));
        routes.add_to(router);
        router.add({.method = "GET",
                    .pattern = "/me",
                    .name = "me",
                    .access = Access::signed_in(),
                    .handler = SyncHandler(
                        [](const RequestContext& context) { return Response::text(200, context.principal.user); })});
    }
    Answer sign_in_with(const std::string& user, const std::string& password) {
        return ask("POST", "/token", {{"Content-Type", "application/x-www-form-urlencoded"}},
                   "grant_type=password&username=" + user + "&password=" + password);
    }
    auth::LoginThrottle throttle;
    AuthRoutes routes{users, tokens, throttle};
};

}  // namespace

TEST_CASE("a token is given for a form, a multipart form and JSON", "[auth_routes]") {
    AuthBench bench;
    const std::string multipart =
        "--XyZ\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nann\r\n"
        "--XyZ\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\na good password\r\n--XyZ--\r\n";
    struct Row {
        std::string type, body;
    };
    const auto row = GENERATE_COPY(
        Row{"application/x-www-form-urlencoded", "username=ann&password=a+good%20password"},
        Row{"multipart/form-data; boundary=XyZ", multipart},
        Row{"application/json; charset=utf-8", R"({"username":"ann","password":"a good password","scope":7})"});
    const auto answer = bench.ask("POST", "/token", {{"Content-Type", row.type}}, row.body);
    REQUIRE(answer->status == 200);
    CHECK(answer.json()["token_type"] == "bearer");
    CHECK(answer.json()["expires_in"] == 1800);
    CHECK(answer.header("Cache-Control") == "no-store");
    const std::string token = answer.json()["access_token"];
    CHECK(bench.ask("GET", "/me", {{"Authorization", "Bearer " + token}})->content() == "ann");
}

TEST_CASE("wrong credentials are all the same to a client", "[auth_routes]") {
    AuthBench bench;
    const auto wrong = bench.sign_in_with("ann", "another+password");
    CHECK(wrong->status == 401);
    CHECK(wrong.code() == "wrong_credentials");
    CHECK(wrong.header("WWW-Authenticate") == R"(Bearer realm="treasurer")");
    CHECK(bench.sign_in_with("nobody", "a+good+password")->content() == wrong->content());
    CHECK(bench.sign_in_with("ANN", "a+good+password")->content() == wrong->content());
}

TEST_CASE("a sign-in that lacks something says what", "[auth_routes]") {
    AuthBench bench;
    const auto form =
        bench.ask("POST", "/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, "username=ann");
    CHECK(form->status == 422);
    CHECK(form.json()["errors"] == nlohmann::json::parse(R"([{"pointer":"/password","detail":"is required"}])"));
    const auto twice = bench.ask("POST", "/token", {{"Content-Type", "application/x-www-form-urlencoded"}},
                                 "username=ann&password=a+good+password&username=bob");
    CHECK(twice->status == 422);
    CHECK(twice.json()["errors"] == nlohmann::json::parse(R"([{"pointer":"/username","detail":"is given twice"}])"));
    const auto json = bench.ask("POST", "/token", {{"Content-Type", "application/json"}}, R"({"username":7})");
    CHECK(json->status == 422);
    CHECK(json.json()["errors"].size() == 2);
    CHECK(bench.ask("POST", "/token", {{"Content-Type", "application/json"}}, "{")->status == 400);
    CHECK(bench.ask("POST", "/token", {{"Content-Type", "text/plain"}}, "x")->status == 415);
    CHECK(bench.ask("POST", "/token")->status == 415);
    CHECK(bench.ask("POST", "/token", {{"Content-Type", "multipart/form-data"}}, "x")->status == 400);
    CHECK(bench.ask("POST", "/token", {{"Content-Type", "application/json"}}, std::string(20'000, ' '))->status == 413);
    CHECK(bench.ask("GET", "/token")->status == 405);
}

TEST_CASE("guessing is throttled, right passwords are not", "[auth_routes]") {
    AuthBench bench({.per_user_at_address = {.capacity = 3, .refill_us = 30'000'000},
                     .per_address = {.capacity = 100, .refill_us = 1'000'000}});
    for (int i = 0; i < 10; ++i) CHECK(bench.sign_in_with("ann", "a+good+password")->status == 200);
    for (int i = 0; i < 3; ++i) CHECK(bench.sign_in_with("ann", "a+bad+password!")->status == 401);
    const auto refused = bench.sign_in_with("ann", "a+good+password");
    CHECK(refused->status == 429);
    CHECK(refused.code() == "login_throttled");
    CHECK(refused.header("Retry-After") == "30");
    auto elsewhere = RouterBench::request("POST", "/token", {{"Content-Type", "application/x-www-form-urlencoded"}},
                                          "username=ann&password=a+good+password");
    elsewhere.remote_address = "10.0.0.2";
    CHECK(bench.ask(std::move(elsewhere))->status == 200);
    bench.bench.clock.advance(30'000);
    CHECK(bench.sign_in_with("ann", "a+good+password")->status == 200);
}

TEST_CASE("signing out ends the token at once", "[auth_routes]") {
    AuthBench bench;
    const std::string token =
        "Bearer " + bench.sign_in_with("ann", "a+good+password").json()["access_token"].get<std::string>();
    const std::string other =
        "Bearer " + bench.sign_in_with("ann", "a+good+password").json()["access_token"].get<std::string>();
    CHECK(bench.ask("POST", "/logout", {{"Authorization", token}})->status == 200);
    CHECK(bench.ask("GET", "/me", {{"Authorization", token}})->status == 401);
    CHECK(bench.ask("POST", "/logout", {{"Authorization", token}})->status == 401);
    CHECK(bench.ask("GET", "/me", {{"Authorization", other}})->status == 200);
    CHECK(bench.ask("POST", "/logout")->status == 401);
}

TEST_CASE("no password or token is ever logged", "[auth_routes]") {
    AuthBench bench;
    const std::string token = bench.sign_in_with("ann", "a+good+password").json()["access_token"];
    bench.sign_in_with("ann", "a+bad+password!");
    bench.ask("GET", "/me", {{"Authorization", "Bearer " + token}});
    for (const auto& line : bench.log.lines()) {
        CHECK(line.find("password") == std::string::npos);
        CHECK(line.find(token) == std::string::npos);
    }
}

TEST_CASE("health needs no sign-in, no I/O and no rate limit", "[health]") {
    RouterBench bench({}, {.per_minute = 1});
    std::vector<ServiceState> services{{.name = "database", .is_healthy = true, .type = "sqlite", .latency_ms = 0.5},
                                       {.name = "cache", .is_healthy = false, .is_required = false, .type = "memory"}};
    add_health_routes(bench.router, bench.bench.clock, bench.bench.executor, "1.2.3",
                      [&]() -> Task<std::vector<ServiceState>> { co_return services; });
    for (int i = 0; i < 5; ++i)
        CHECK(bench.start(RouterBench::request("GET", "/health"))->content() ==
              R"({"status":"healthy","version":"1.2.3","timestamp":"2023-11-14T22:13:20.000Z"})");
    CHECK(bench.ask("GET", "/health/live").json()["status"] == "alive");
    const auto ready = bench.ask("GET", "/health/ready");
    CHECK(ready->status == 200);
    CHECK(ready->content() ==
          R"({"status":"ready","services":{"database":{"status":"healthy","type":"sqlite","latency_ms":0.5},)"
          R"("cache":{"status":"unhealthy","type":"memory","latency_ms":null}},"version":"1.2.3"})");
    services[0].is_healthy = false;
    services[0].cause = "permission";
    CHECK(bench.ask("GET", "/health/ready")->status == 200);  // found out at most a second ago
    bench.bench.executor.advance(1000);
    CHECK(bench.ask("GET", "/health/ready").json()["services"]["database"]["cause"] == "permission");
    CHECK(bench.ask("GET", "/health/ready")->status == 503);
    CHECK(bench.ask("GET", "/health/ready").json()["status"] == "not_ready");
    CHECK(bench.bench.storage.reads() == 0);
}

TEST_CASE("a quarantine that cannot be read is null: neither yes nor no", "[health]") {
    const auto quarantined = GENERATE(std::optional<bool>(), std::optional(true), std::optional(false));
    RouterBench bench;
    add_health_routes(
        bench.router, bench.bench.clock, bench.bench.executor, "1",
        []() -> Task<std::vector<ServiceState>> { co_return std::vector<ServiceState>{}; },
        [=]() -> Task<std::optional<bool>> { co_return quarantined; });
    const auto ready = bench.ask("GET", "/health/ready").json();
    CHECK(ready["quarantined"] == (quarantined ? nlohmann::json(*quarantined) : nlohmann::json()));
}

TEST_CASE("metrics are text for Prometheus and JSON for those who ask for it", "[metrics]") {
    RouterBench bench;
    add_metrics_routes(bench.router, bench.metrics, bench.kpis, Access::anyone());
    const auto text = bench.ask("GET", "/metrics");
    CHECK(text.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(text->content().starts_with("# HELP treasurer_api_errors_total"));
    for (const char* prometheus :
         {"application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
          "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
          "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
          "*/*"})
        CHECK(bench.ask("GET", "/metrics", {{"Accept", prometheus}})->content().starts_with("# HELP"));
    for (const char* client : {"application/json", "application/json, text/plain, */*"})
        CHECK(bench.ask("GET", "/metrics", {{"Accept", client}}).header("Content-Type") == "application/json");
    const auto json = bench.ask("GET", "/metrics", {{"Accept", "application/json"}});
    CHECK(json.json()["api_requests"] == 6);
    CHECK(bench.ask("GET", "/metrics", {{"Accept", "text/html"}})->status == 406);
    CHECK(bench.ask("POST", "/metrics/reset")->status == 401);
    const auto viewer = bench.sign_in("vic", {Role::viewer}), admin = bench.sign_in("root", {Role::admin});
    CHECK(bench.ask("POST", "/metrics/reset", {{"Authorization", viewer}})->status == 403);
    CHECK(bench.ask("POST", "/metrics/reset", {{"Authorization", admin}})->status == 200);
    CHECK(bench.ask("GET", "/metrics", {{"Accept", "application/json"}}).json()["api_requests"] == 1);
}
