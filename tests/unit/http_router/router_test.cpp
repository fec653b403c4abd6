#include "http/router.hpp"

#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

namespace {

Response ok(const RequestContext& context) {
    return Response::json(200, R"({"user":")" + context.principal.user + R"(","id":")" +
                                   std::string(context.path_parameter("id")) + "\"}");
}

Route sync_route(std::string method, std::string pattern, Access access = Access::anyone()) {
    return {
        .method = method, .pattern = pattern, .name = method + pattern, .access = access, .handler = SyncHandler(ok)};
}

/// A handler that waits for a second of the executor's time.
Task<Response> slow(Executor& executor, RequestContext context) {
    co_await delay(executor, Millis(1000));
    co_return ok(context);
}

Route slow_route(RouterBench& bench, std::string pattern, Access access = Access::anyone()) {
    Executor& executor = bench.bench.executor;
    return {
        .method = "POST",
        .pattern = pattern,
        .name = "slow",
        .access = access,
        .handler = AsyncHandler([&executor](RequestContext context) { return slow(executor, std::move(context)); })};
}

}  // namespace

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

TEST_CASE("an address may ask a hundred times a minute, health excepted, whatever it claims to be", "[router]") {
    RouterBench bench;
    bench.router.add(sync_route("GET", "/ok"));
    auto exempt = sync_route("GET", "/health");
    exempt.is_rate_limited = false;
    bench.router.add(exempt);
    for (int i = 0; i < 100; ++i)
        REQUIRE(bench.ask("GET", i % 2 ? "/ok" : "/nowhere", {{"X-Forwarded-For", std::to_string(i)}})
                    .header("X-RateLimit-Remaining") == std::to_string(99 - i));
    const auto refused = bench.ask("GET", "/ok");
    CHECK(refused->status == 429);
    CHECK(refused.code() == "rate_limited");
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.header("X-RateLimit-Remaining") == "0");
    CHECK(bench.ask("GET", "/health")->status == 200);
    CHECK(bench.ask("GET", "/health").header("X-RateLimit-Limit") == "absent");
    auto other = RouterBench::request("GET", "/ok");
    other.remote_address = "10.0.0.2";
    CHECK(bench.ask(std::move(other))->status == 200);
    bench.bench.clock.advance(600);
    CHECK(bench.ask("GET", "/ok")->status == 200);
    CHECK(bench.ask("GET", "/ok")->status == 429);
}

TEST_CASE("who is signed in is counted as himself, not by the address that he shares", "[router]") {
    RouterBench bench({}, {.per_minute = 5, .roles = {.viewer = 3, .approver = 2, .admin = 4}});
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    bench.router.add(sync_route("GET", "/open"));
    const auto vic = bench.sign_in("vic", {Role::viewer}), ann = bench.sign_in("ann", {Role::viewer, Role::approver});
    for (int i = 0; i < 5; ++i) REQUIRE(bench.ask("GET", "/open")->status == 200);
    CHECK(bench.ask("GET", "/open")->status == 429);  // strangers have used up what the address has
    const auto first = bench.ask("GET", "/me", {{"Authorization", vic}});
    CHECK(first->status == 200);
    CHECK(first.header("X-RateLimit-Limit") == "3");
    CHECK(first.header("X-RateLimit-Remaining") == "2");
    CHECK(bench.ask("GET", "/open", {{"Authorization", vic}}).header("X-RateLimit-Remaining") == "1");
    CHECK(bench.ask("GET", "/nowhere", {{"Authorization", vic}}).header("X-RateLimit-Remaining") == "0");
    const auto refused = bench.ask("GET", "/me", {{"Authorization", vic}});
    CHECK(refused->status == 429);
    CHECK(refused.header("Retry-After") == "20");
    CHECK(refused.header("X-RateLimit-Limit") == "3");
    THEN("others behind the same address go on, by the largest limit of their roles") {
        CHECK(bench.ask("GET", "/me", {{"Authorization", ann}}).header("X-RateLimit-Limit") == "3");
    }
    THEN("another address, or another token, makes no second user of him") {
        auto elsewhere = RouterBench::request("GET", "/me", {{"Authorization", vic}});
        elsewhere.remote_address = "10.0.0.2";
        CHECK(bench.ask(std::move(elsewhere))->status == 429);
        const auto user = bench.bench.await(bench.users.find("vic"));
        CHECK(bench.ask("GET", "/me", {{"Authorization", "Bearer " + bench.tokens.issue(**user).text}})->status == 429);
    }
    THEN("he is known by his signature also where his token was not seen for a while") {
        bench.bench.clock.advance(20'000);
        for (int i = 0; i < 50; ++i) bench.ask("GET", "/open");
        CHECK(bench.ask("GET", "/me", {{"Authorization", vic}})->status == 200);
    }
}

TEST_CASE("a credential that is refused costs the address it came from, and no user", "[router]") {
    RouterBench bench({}, {.per_minute = 4, .roles = {.viewer = 3}});
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    bench.router.add(sync_route("GET", "/open"));
    const auto vic = bench.sign_in("vic", {Role::viewer});
    const auto user = bench.bench.await(bench.users.find("vic"));
    const std::string stolen = bench.tokens.issue(**user).text;
    const auto principal = bench.bench.await(bench.tokens.check(stolen));
    REQUIRE(bench.bench.await(bench.tokens.revoke(*principal)));
    const auto from_thief = [&](const char* path, const std::string& token) {
        auto asked = RouterBench::request("GET", path, {{"Authorization", "Bearer " + token}});
        asked.remote_address = "10.6.6.6";
        return bench.ask(std::move(asked));
    };
    const auto first = from_thief("/me", stolen);
    CHECK(first->status == 401);
    CHECK(first.header("X-RateLimit-Limit") == "4");
    CHECK(first.header("X-RateLimit-Remaining") == "3");
    CHECK(from_thief("/open", stolen).header("X-RateLimit-Remaining") == "2");
    CHECK(from_thief("/me", "x.y.z").header("X-RateLimit-Remaining") == "1");
    CHECK(from_thief("/me", stolen)->status == 401);
    const auto reads = bench.bench.storage.reads();
    CHECK(from_thief("/me", stolen)->status == 429);
    CHECK(from_thief("/me", "x.y.z")->status == 429);
    CHECK(bench.bench.storage.reads() == reads);
    CHECK(bench.ask("GET", "/me", {{"Authorization", vic}}).header("X-RateLimit-Remaining") == "2");
}

TEST_CASE("a token that this host has not seen is nobody's where nobody checks it", "[router]") {
    RouterBench bench({}, {.per_minute = 4, .roles = {.viewer = 3}});
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    bench.router.add(sync_route("GET", "/open"));
    const auto vic = bench.sign_in("vic", {Role::viewer});
    CHECK(bench.ask("GET", "/open", {{"Authorization", vic}}).header("X-RateLimit-Limit") == "4");
    CHECK(bench.ask("GET", "/me", {{"Authorization", vic}}).header("X-RateLimit-Limit") == "3");
    CHECK(bench.ask("GET", "/open", {{"Authorization", vic}}).header("X-RateLimit-Limit") == "3");
}

TEST_CASE("one subscriber's IPv6 addresses count as one client", "[router]") {
    CHECK(client_key("2001:db8::1") == client_key("2001:db8::ffff"));
    CHECK(client_key("2001:db8::1") != client_key("2001:db8:0:1::1"));
    CHECK(client_key("::ffff:10.0.0.1") == "10.0.0.1");
    CHECK(client_key("10.0.0.1") == "10.0.0.1");
}

TEST_CASE("the limit can be switched off", "[router]") {
    RouterBench bench({}, {.enabled = false});
    bench.router.add(sync_route("GET", "/ok"));
    for (int i = 0; i < 500; ++i) REQUIRE(bench.ask("GET", "/ok")->status == 200);
    CHECK(bench.ask("GET", "/ok").header("X-RateLimit-Limit") == "absent");
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

namespace {

std::string key_for(RouterBench& bench, const std::string& user, std::vector<Role> roles,
                    std::vector<Permission> scopes) {
    auth::Principal owner;
    owner.user = user;
    owner.roles = roles;
    REQUIRE(bench.bench.await(bench.users.add(user, "a good password", std::move(roles))));
    const auto made = bench.bench.await(bench.keys.add(owner, {"a program", std::move(scopes), {}}, {}));
    REQUIRE(made);
    return made->text;
}

}  // namespace

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

TEST_CASE("a key is counted as its user, one that nobody knows as its address", "[router]") {
    RouterBench bench({}, {.per_minute = 3, .roles = {.viewer = 5}});
    bench.router.add(sync_route("GET", "/read", Access::needs(Permission::read)));
    bench.router.add(sync_route("GET", "/open"));
    const auto key = key_for(bench, "ann", {Role::viewer}, {Permission::read});
    CHECK(bench.ask("GET", "/open").header("X-RateLimit-Remaining") == "2");
    const auto first = bench.ask("GET", "/read", {{"X-API-Key", key}});
    CHECK(first.header("X-RateLimit-Limit") == "5");
    CHECK(first.header("X-RateLimit-Remaining") == "4");
    CHECK(bench.ask("GET", "/open").header("X-RateLimit-Remaining") == "1");  // it got back what the look cost
    const std::string unknown = key.substr(0, key.size() - 1) + "x";
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", unknown}}).header("X-RateLimit-Remaining") == "0");
    const auto reads = bench.bench.storage.reads();
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", unknown}})->status == 429);
    CHECK(bench.bench.storage.reads() == reads);
    for (int left = 3; left >= 0; --left)
        CHECK(bench.ask("GET", "/read", {{"X-API-Key", key}}).header("X-RateLimit-Remaining") == std::to_string(left));
    CHECK(bench.ask("GET", "/read", {{"X-API-Key", key}})->status == 429);
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
