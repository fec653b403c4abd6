#include "http/router.hpp"

#include "tests/unit/http_router/test_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

TEST_CASE("a route that changes something refuses a query parameter that it does not know", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("POST", "/things"));
    auto with_wait = sync_route("PUT", "/things");
    with_wait.parameters = {"wait"};
    bench.router.add(std::move(with_wait));
    const auto ask = [&](std::string method, std::vector<QueryParameter> query) {
        Request asked = RouterBench::request(std::move(method), "/things");
        asked.query = std::move(query);
        return bench.ask(std::move(asked));
    };
    const auto refused = ask("POST", {{"dry_run", "true"}});
    CHECK(refused->status == 422);
    CHECK(refused.json()["errors"][0]["pointer"] == "/dry_run");
    CHECK(ask("POST", {})->status == 200);
    CHECK(ask("PUT", {{"wait", "1"}})->status == 200);
    CHECK(ask("PUT", {{"wait", "1"}, {"dry_run", "true"}})->status == 422);
    CHECK(ask("PUT", {{"wait", "1"}, {"wait", "2"}})->status == 422);  // the first, or the last: nobody could tell
}

TEST_CASE("a path finds its route: literal segments before parameters", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/"));
    bench.router.add(sync_route("GET", "/api/v1/invoices"));
    bench.router.add(sync_route("GET", "/api/v1/invoices/{id}"));
    bench.router.add(sync_route("GET", "/api/v1/invoices/summary"));
    bench.router.add(sync_route("GET", "/api/v1/{id}/document"));
    bench.router.add(sync_route("GET", "/api/v1/invoices/{id}/document"));
    CHECK(bench.ask("GET", "/api/v1/invoices/42")->content() == R"({"user":"","id":"42"})");
    CHECK(bench.ask("GET", "/api/v1/invoices/42/document").json()["id"] == "42");
    CHECK(bench.ask("GET", "/api/v1/invoices/summary").json()["id"] == "");
    CHECK(bench.ask("GET", "/api/v1/x/document").json()["id"] == "x");
    CHECK(bench.ask("GET", "/")->status == 200);
    const auto nowhere = GENERATE(as<std::string>{}, "/api", "/api/v1/invoices/", "/api/v1/invoices//document", "//",
                                  "/API/v1/invoices", "/api/v1/invoices/42/document/x", "/api/v1/invoices/{id}/y", "x");
    const auto answer = bench.ask("GET", nowhere);
    CHECK(answer->status == 404);
    CHECK(answer.code() == "not_found");
    CHECK(answer.header("Content-Type") == "application/problem+json");
    CHECK(answer.json()["request_id"] == "r-1");
}

TEST_CASE("routes that cannot be told apart, or are malformed, are mistakes found at once", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/a/{id}"));
    CHECK_THROWS_AS(bench.router.add(sync_route("GET", "/a/{id}")), std::logic_error);
    CHECK_THROWS_AS(bench.router.add(sync_route("GET", "a")), std::logic_error);
    CHECK_THROWS_AS(bench.router.add(sync_route("GET", "/a//b")), std::logic_error);
    CHECK_THROWS_AS(bench.router.add(sync_route("GET", "/a/{id")), std::logic_error);
    CHECK_THROWS_AS(bench.router.add(sync_route("GET", "/a/x{id}")), std::logic_error);
}

TEST_CASE("HEAD answers as GET; OPTIONS and 405 name what is allowed", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/thing/{id}"));
    bench.router.add(sync_route("POST", "/thing/{id}", Access::signed_in()));
    CHECK(bench.ask("HEAD", "/thing/1").json()["id"] == "1");
    const auto options = bench.ask("OPTIONS", "/thing/1");
    CHECK(options->status == 204);
    CHECK(options.header("Allow") == "GET, HEAD, OPTIONS, POST");
    const auto method = GENERATE(as<std::string>{}, "PUT", "DELETE", "get", "BREW");
    const auto refused = bench.ask(method, "/thing/1");
    CHECK(refused->status == 405);
    CHECK(refused.header("Allow") == "GET, HEAD, OPTIONS, POST");
    CHECK(bench.ask("OPTIONS", "*")->status == 204);
    CHECK(bench.ask("OPTIONS", "/nowhere")->status == 404);
}

TEST_CASE("every answer tells browsers and caches to be careful", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/ok"));
    bench.router.add({.method = "GET",
                      .pattern = "/cached",
                      .name = "cached",
                      .access = Access::anyone(),
                      .handler = SyncHandler([](const RequestContext&) {
                          auto out = Response::text(200, "x");
                          out.headers.add("Cache-Control", "private, max-age=1");
                          return out;
                      })});
    for (const char* path : {"/ok", "/nowhere"}) {
        const auto answer = bench.ask("GET", path);
        CHECK(answer.header("X-Content-Type-Options") == "nosniff");
        CHECK(answer.header("X-Frame-Options") == "DENY");
        CHECK(answer.header("Referrer-Policy") == "no-referrer");
        CHECK(answer.header("Cache-Control") == (answer->status == 200 ? "private, no-cache" : "no-store"));
        CHECK(answer.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
        CHECK(answer.header("X-RateLimit-Limit") == "100");
    }
    CHECK(bench.ask("GET", "/cached").header("Cache-Control") == "private, max-age=1");
}

TEST_CASE("a route is for those whose roles allow it", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    bench.router.add(sync_route("POST", "/decide", Access::needs(Permission::decide_approvals)));
    const auto viewer = bench.sign_in("vic", {Role::viewer}), approver = bench.sign_in("ann", {Role::approver});
    CHECK(bench.ask("GET", "/me", {{"Authorization", viewer}}).json()["user"] == "vic");
    CHECK(bench.ask("GET", "/me", {{"authorization", "bEARER  " + viewer.substr(7)}}).json()["user"] == "vic");
    CHECK(bench.ask("POST", "/decide", {{"Authorization", approver}}).json()["user"] == "ann");
    const auto forbidden = bench.ask("POST", "/decide", {{"Authorization", viewer}});
    CHECK(forbidden->status == 403);
    CHECK(forbidden.code() == "forbidden");
    CHECK(forbidden.json()["detail"] ==
          "Your roles do not allow this: it takes the role approver or admin, which an admin can give you.");

    const auto nobody = bench.ask("GET", "/me");
    CHECK(nobody->status == 401);
    CHECK(nobody.code() == "unauthenticated");
    CHECK(nobody.header("WWW-Authenticate") == R"(Bearer realm="treasurer")");
    const auto bad =
        GENERATE(as<std::string>{}, "Bearer x.y.z", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "", "token");
    CHECK(bench.ask("GET", "/me", {{"Authorization", bad}})->status == 401);
    CHECK(bench.ask("GET", "/me", {{"Authorization", "Bearer x.y.z"}}).header("WWW-Authenticate") ==
          R"(Bearer realm="treasurer", error="invalid_token")");
}

TEST_CASE("of two Authorization headers none is believed", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    const auto viewer = bench.sign_in("vic", {Role::viewer}), other = bench.sign_in("ann", {Role::admin});
    const auto refused = bench.ask("GET", "/me", {{"Authorization", viewer}, {"authorization", other}});
    CHECK(refused->status == 400);
    CHECK(refused.code() == "bad_request");
    CHECK(bench.ask("GET", "/me", {{"Authorization", viewer}, {"Authorization", viewer}})->status == 400);
    CHECK(bench.ask("GET", "/me", {{"Authorization", "Basic x"}, {"Authorization", viewer}})->status == 400);
}

TEST_CASE("an API key reaches what its scopes name, in either header", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/read", Access::needs(Permission::read)));
    bench.router.add(sync_route("POST", "/decide", Access::needs(Permission::decide_approvals)));
    bench.router.add(sync_route("POST", "/session", Access::signed_in()));
    const auto key = key_for(bench, "ann", {Role::admin}, {Permission::read});
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", key}}).json()["user"] == "ann");
    CHECK(bench.ask("GET", "/read", {{"x-api-key", key}}).json()["user"] == "ann");
    CHECK(bench.ask("GET", "/read", {{"Authorization", "Bearer " + key}}).json()["user"] == "ann");
    const auto beyond = bench.ask("POST", "/decide", {{"X-API-Key", key}});
    CHECK(beyond->status == 403);
    CHECK(beyond.code() == "forbidden");
    CHECK(beyond.json()["detail"] ==
          "This API key does not allow this: it takes the scope decide_approvals, and a "
          "user with the role approver or admin.");
    CHECK(bench.ask("POST", "/session", {{"X-API-Key", key}})->status == 403);

    const auto wrong = bench.ask("GET", "/read", {{"X-API-Key", key.substr(0, key.size() - 1) + "x"}});
    CHECK(wrong->status == 401);
    CHECK(wrong.code() == "invalid_token");
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", ""}})->status == 401);
    CHECK(bench.ask("GET", "/read", {{"Authorization", key}})->status == 401);
    const auto token = bench.sign_in("bob", {Role::viewer});
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", token.substr(7)}})->status == 401);
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", key}, {"Authorization", token}})->status == 400);
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", key}, {"X-API-Key", key}})->status == 400);
}

TEST_CASE("the log names the key that a request came with, and never shows it", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/read", Access::needs(Permission::read)));
    const auto key = key_for(bench, "ann", {Role::viewer}, {Permission::read});
    bench.ask("GET", "/read", {{"X-API-Key", key}});
    bench.ask("GET", "/read", {{"X-API-Key", key + "0"}});
    const auto lines = bench.log.lines();
    REQUIRE(lines.size() == 2);
    const auto line = nlohmann::json::parse(lines[0]);
    CHECK(line["user"] == "ann");
    CHECK(line["key"].get<std::string>().size() == 36);
    for (const auto& one : lines) CHECK(one.find(key.substr(key.size() - 64)) == std::string::npos);
}

TEST_CASE("a body under a Content-Encoding is refused, not read as it stands", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("POST", "/doc"));
    for (const char* coding : {"gzip", "identity, br", "x"}) {
        const auto refused = bench.ask("POST", "/doc", {{"Content-Encoding", coding}}, "{}");
        CHECK(refused->status == 415);
        CHECK(refused.code() == "unsupported_media_type");
    }
    CHECK(bench.ask("POST", "/doc", {{"Content-Encoding", ""}, {"content-encoding", "gzip"}}, "{}")->status == 415);
    CHECK(bench.ask("POST", "/doc", {{"Content-Encoding", "Identity"}}, "{}")->status == 200);
}

TEST_CASE("a known token is judged on the transport thread, a new one on the executor", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    const auto token = bench.sign_in("vic", {Role::viewer});
    CHECK_FALSE(bench.start(RouterBench::request("GET", "/me", {{"Authorization", token}})).is_there());
    bench.bench.executor.run_until_idle();
    CHECK(bench.start(RouterBench::request("GET", "/me", {{"Authorization", token}})).is_there());
    CHECK(bench.router.in_flight() == 0);
}

TEST_CASE("what a route cannot take is refused before its handler", "[router]") {
    RouterBench bench;
    auto route = sync_route("POST", "/doc");
    route.max_body_bytes = 10;
    route.consumes = {"application/json", "text/plain"};
    route.produces = {"application/json"};
    bench.router.add(route);
    CHECK(bench.ask("POST", "/doc", {{"Content-Type", "Text/Plain; charset=utf-8"}}, "0123456789")->status == 200);
    CHECK(bench.ask("POST", "/doc")->status == 200);
    CHECK(bench.ask("POST", "/doc", {{"Content-Type", "text/plain"}}, "0123456789a")->status == 413);
    CHECK(bench.ask("POST", "/doc", {{"Content-Type", "text/html"}}, "x")->status == 415);
    CHECK(bench.ask("POST", "/doc", {}, "x")->status == 200);  // says nothing: who reads the body judges it
    CHECK(bench.ask("POST", "/doc", {{"Accept", "application/*;q=0.1"}})->status == 200);
    CHECK(bench.ask("POST", "/doc", {{"Accept", "text/html, application/json;q=0"}})->status == 406);
}

TEST_CASE("an asynchronous handler answers when it is done, with requests in flight bounded", "[router]") {
    RouterBench bench({.max_in_flight = 2});
    bench.router.add(slow_route(bench, "/slow/{id}"));
    bench.router.add(sync_route("GET", "/health"));
    const auto first = bench.start(RouterBench::request("POST", "/slow/1"));
    const auto second = bench.start(RouterBench::request("POST", "/slow/2"));
    const auto third = bench.start(RouterBench::request("POST", "/slow/3"));
    CHECK_FALSE(first.is_there());
    REQUIRE(third.is_there());
    CHECK(third->status == 503);
    CHECK(third.header("Retry-After") == "1");
    CHECK(bench.ask("GET", "/health")->status == 200);
    CHECK(bench.router.in_flight() == 2);
    bench.bench.executor.advance(1000);
    REQUIRE(second.is_there());
    CHECK(second.json()["id"] == "2");
    CHECK(bench.router.in_flight() == 0);
    CHECK(bench.start(RouterBench::request("POST", "/slow/4")).is_there() == false);
}

TEST_CASE("a request signed in on the executor keeps the one place in flight that it has", "[router]") {
    RouterBench bench({.max_in_flight = 1});
    bench.router.add(slow_route(bench, "/slow/{id}", Access::signed_in()));
    const auto token = bench.sign_in("vic", {Role::viewer});
    CHECK(bench.ask("POST", "/slow/1", {{"Authorization", token}}).json()["id"] == "1");
    CHECK(bench.router.in_flight() == 0);
}

TEST_CASE("what a handler throws stays inside: a plain 500, and a line in the log", "[router]") {
    RouterBench bench;
    bench.router.add(
        {.method = "GET",
         .pattern = "/sync",
         .name = "sync",
         .access = Access::anyone(),
         .handler = SyncHandler([](const RequestContext&) -> Response { throw std::runtime_error("innards"); })});
    const auto broken = [](RequestContext) -> Task<Response> {
        throw std::runtime_error("innards");
        co_return Response::empty(204);
    };
    bench.router.add({.method = "GET",
                      .pattern = "/async",
                      .name = "async",
                      .access = Access::anyone(),
                      .handler = AsyncHandler(broken)});
    const auto path = GENERATE(as<std::string>{}, "/sync", "/async");
    const auto answer = bench.ask("GET", path);
    CHECK(answer->status == 500);
    CHECK(answer.code() == "internal_error");
    CHECK(answer->content().find("innards") == std::string_view::npos);
    CHECK(bench.router.in_flight() == 0);
    const auto lines = bench.log.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(R"("level":"error","msg":"handler failed","request_id":"r-1")") != std::string::npos);
    CHECK(lines[0].find("innards") != std::string::npos);
}

TEST_CASE("every request leaves one line and is counted by its route", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/me/{id}", Access::signed_in()));
    const auto token = bench.sign_in("vic", {Role::viewer});
    bench.ask("GET", "/me/7", {{"Authorization", token}});
    bench.ask("GET", "/etc/passwd");
    const auto lines = bench.log.lines();
    REQUIRE(lines.size() == 2);
    const auto line = nlohmann::json::parse(lines[0]);
    CHECK(line["request_id"] == "r-1");
    CHECK(line["method"] == "GET");
    CHECK(line["path"] == "/me/7");
    CHECK(line["route"] == "GET/me/{id}");
    CHECK(line["status"] == 200);
    CHECK(line["user"] == "vic");
    CHECK(line["client"] == "10.0.0.1");
    CHECK(lines[0].find(token.substr(7)) == std::string::npos);
    const auto text = bench.metrics.prometheus();
    CHECK(text.find("treasurer_http_requests_total{route=\"GET/me/{id}\",status=\"2xx\"} 1\n") != std::string::npos);
    CHECK(text.find("treasurer_http_requests_total{route=\"unmatched\",status=\"4xx\"} 1\n") != std::string::npos);
    CHECK(text.find("treasurer_http_request_seconds_count{route=\"GET/me/{id}\"} 1\n") != std::string::npos);
    CHECK(text.find("etc/passwd") == std::string::npos);
    CHECK(nlohmann::json::parse(bench.kpis.json())["api_requests"] == 2);
}

TEST_CASE("the access log can be limited to failures", "[router]") {
    RouterBench bench({.access_log = RouterSettings::AccessLog::failures});
    bench.router.add(sync_route("GET", "/ok"));
    bench.ask("GET", "/ok");
    CHECK(bench.log.lines().empty());
    bench.ask("GET", "/nowhere");
    CHECK(bench.log.lines().size() == 1);
}

TEST_CASE("storage that cannot be asked about a token lets nobody in, and says so", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    const auto token = bench.sign_in("vic", {Role::viewer});
    bench.bench.storage.fail_reads(atr::retry(ATR_E_UNREACHABLE, "database host 10.9.8.7 is away"));
    const auto answer = bench.ask("GET", "/me", {{"Authorization", token}});
    CHECK(answer->status == 503);
    CHECK(answer.header("Retry-After") == "2");
    CHECK(answer->content().find("10.9.8.7") == std::string_view::npos);
}
