#include "http/rate_limiter.hpp"

#include "tests/unit/http_router/test_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

TEST_CASE("what is exempt costs an address all the same whose credentials have to be looked up", "[router]") {
    RouterBench bench;
    auto figures = sync_route("GET", "/metrics", Access::needs(Permission::read));
    figures.is_rate_limited = false;
    bench.router.add(figures);
    const auto scraper = bench.sign_in("vera", {Role::viewer});
    const auto guess = [&](int i) {
        return bench.ask("GET", "/metrics", {{"X-API-Key", "trk_" + std::to_string(i)}})->status;
    };
    for (int i = 0; i < 100; ++i) REQUIRE(guess(i) == 401);
    CHECK(guess(100) == 429);
    for (int i = 0; i < 200; ++i) REQUIRE(bench.ask("GET", "/metrics", {{"Authorization", scraper}})->status == 200);
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
