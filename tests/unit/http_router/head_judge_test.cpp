#include "http/head_judge.hpp"

#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

namespace {

Response echo_body(const RequestContext& context) {
    return Response::text(200, context.request.body);
}

/// Routes as the host has them: one for anyone, one for who may submit, one of one media type.
struct JudgeBench : RouterBench {
    explicit JudgeBench(RateLimiterSettings rate = {}) : RouterBench({}, rate) {
        const auto route = [&](std::string method, std::string pattern, Access access) {
            return Route{.method = method,
                         .pattern = pattern,
                         .name = method + pattern,
                         .access = access,
                         .handler = SyncHandler(echo_body),
                         .max_body_bytes = 1000};
        };
        router.add(route("POST", "/token", Access::anyone()));
        router.add(route("POST", "/invoices", Access::needs(Permission::submit_invoices)));
        Route json = route("POST", "/json", Access::needs(Permission::submit_invoices));
        json.consumes = {"application/json"};
        router.add(json);
        Route anything = route("POST", "/anything", Access::needs(Permission::submit_invoices));
        anything.consumes = {"application/json", "*/*"};
        router.add(anything);
    }
    BodyLeave judge(std::string method, std::string target, Fields headers = {}, std::uint64_t announced = 10) {
        return router.body_judge()(request(std::move(method), std::move(target), headers), announced, "10.0.0.1");
    }
    /// What comes of a request that was handed over without its body.
    Answer refused(std::string method, std::string target, Fields headers = {}, std::uint64_t announced = 10) {
        Request asked = request(std::move(method), std::move(target), headers);
        asked.unread_bytes = announced;
        return ask(std::move(asked));
    }
};

}  // namespace

TEST_CASE("no body is read for a path, method or sender that is refused in the end", "[router][head]") {
    JudgeBench bench;
    const auto submitter = bench.sign_in("sam", {Role::submitter});
    const auto viewer = bench.sign_in("vera", {Role::viewer});
    CHECK(bench.judge("POST", "/invoices", {{"Authorization", submitter}}).is_given);
    CHECK_FALSE(bench.judge("POST", "/nowhere", {{"Authorization", submitter}}).is_given);
    CHECK_FALSE(bench.judge("PUT", "/invoices", {{"Authorization", submitter}}).is_given);
    CHECK_FALSE(bench.judge("POST", "/invoices").is_given);
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", "Bearer made.up.token"}}).is_given);
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", "Basic c2FtOnB3"}}).is_given);
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", submitter + "x"}}).is_given);

    CHECK(bench.refused("POST", "/nowhere")->status == 404);
    CHECK(bench.refused("PUT", "/invoices")->status == 405);
    CHECK(bench.refused("POST", "/invoices")->status == 401);
    CHECK(bench.refused("POST", "/invoices", {{"Authorization", "Bearer made.up.token"}}).code() == "invalid_token");

    // A role that does not allow it stands in the token, whether or not it was revoked since.
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", viewer}}).is_given);
    CHECK(bench.ask("POST", "/invoices", {{"Authorization", viewer}}, "body")->status == 403);
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", viewer}}).is_given);
    CHECK(bench.refused("POST", "/invoices", {{"Authorization", viewer}})->status == 403);
}

TEST_CASE("what may be a key is heard out as a stranger, since only storage knows keys", "[router][head]") {
    JudgeBench bench;
    for (const auto& [name, value] : {std::pair{"X-API-Key", "trk_x"}, {"Authorization", "Bearer trk_x"}}) {
        const auto leave = bench.judge("POST", "/invoices", {{name, value}});
        CHECK(leave.is_given);
        CHECK(leave.share == BodyShare::unproven);
    }
}

TEST_CASE("a token that has expired gives no leave for a body", "[router][head]") {
    JudgeBench bench;
    const auto submitter = bench.sign_in("sam", {Role::submitter});
    bench.bench.clock.advance(1'801'000);
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", submitter}}).is_given);
}

TEST_CASE("a body is bounded by its route, in length and in type, before it is read", "[router][head]") {
    JudgeBench bench;
    const auto submitter = bench.sign_in("sam", {Role::submitter});
    const auto leave = bench.judge("POST", "/invoices", {{"Authorization", submitter}}, 1000);
    CHECK(leave.is_given);
    CHECK(leave.max_bytes == 1000);
    CHECK(leave.share == BodyShare::signed_in);  // though storage was not asked yet whether it was revoked
    CHECK_FALSE(bench.judge("POST", "/invoices", {{"Authorization", submitter}}, 1001).is_given);
    CHECK(bench.refused("POST", "/invoices", {{"Authorization", submitter}}, 1001).code() == "body_too_large");
    bench.bench.clock.advance(60'000);
    CHECK(bench.judge("POST", "/invoices", {{"Authorization", submitter}}, 1000).share == BodyShare::signed_in);

    const auto takes = [&](const char* path, const char* type) {
        return bench.judge("POST", path, {{"Authorization", submitter}, {"Content-Type", type}}).is_given;
    };
    CHECK(takes("/json", "application/json; charset=utf-8"));
    CHECK_FALSE(takes("/json", "text/plain"));
    CHECK(takes("/anything", "text/plain"));
    CHECK_FALSE(takes("/anything", "no type"));
    // As the router has it: what says nothing of its type is judged by whoever reads it.
    CHECK(bench.judge("POST", "/json", {{"Authorization", submitter}}).is_given);
    CHECK(bench.refused("POST", "/json", {{"Authorization", submitter}, {"Content-Type", "text/plain"}})->status ==
          415);
}

TEST_CASE("who need not sign in is a stranger, and has a rate to keep", "[router][head]") {
    JudgeBench bench({.per_minute = 2});
    const auto leave = bench.judge("POST", "/token");
    CHECK(leave.is_given);
    CHECK(leave.share == BodyShare::anyone);
    for (int i = 0; i < 9; ++i) REQUIRE(bench.judge("POST", "/token").is_given);  // judging takes nothing
    CHECK(bench.ask("POST", "/token")->status == 200);
    CHECK(bench.ask("POST", "/token")->status == 200);
    CHECK_FALSE(bench.judge("POST", "/token").is_given);
    CHECK(bench.refused("POST", "/token")->status == 429);
}

TEST_CASE("a request without its body reaches no handler, though nothing speaks against it by now", "[router][head]") {
    JudgeBench bench;
    const auto submitter = bench.sign_in("sam", {Role::submitter});
    const auto refused = bench.refused("POST", "/invoices", {{"Authorization", submitter}});
    CHECK(refused->status == 503);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(bench.refused("POST", "/token")->status == 503);
}
