/// For tests of the router: a route that answers at once with what it was told, one that takes a second, and a key.
#pragma once

#include "tests/unit/http_router/router_bench.hpp"

namespace treasurer::http {

inline Response ok(const RequestContext& context) {
    return Response::json(200, R"({"user":")" + context.principal.user + R"(","id":")" +
                                   std::string(context.path_parameter("id")) + "\"}");
}

inline Route sync_route(std::string method, std::string pattern, Access access = Access::anyone()) {
    return {
        .method = method, .pattern = pattern, .name = method + pattern, .access = access, .handler = SyncHandler(ok)};
}

/// A handler that waits for a second of the executor's time.
inline Task<Response> slow(Executor& executor, RequestContext context) {
    co_await delay(executor, Millis(1000));
    co_return ok(context);
}

inline Route slow_route(RouterBench& bench, std::string pattern, Access access = Access::anyone()) {
    Executor& executor = bench.bench.executor;
    return {
        .method = "POST",
        .pattern = pattern,
        .name = "slow",
        .access = access,
        .handler = AsyncHandler([&executor](RequestContext context) { return slow(executor, std::move(context)); })};
}

/// A key of a user that is added with it.
inline std::string key_for(RouterBench& bench, const std::string& user, std::vector<auth::Role> roles,
                           std::vector<auth::Permission> scopes) {
    auth::Principal owner;
    owner.user = user;
    owner.roles = roles;
    REQUIRE(bench.bench.await(bench.users.add(user, "a good password", std::move(roles))));
    const auto made = bench.bench.await(bench.keys.add(owner, {"a program", std::move(scopes), {}}, {}));
    REQUIRE(made);
    return made->text;
}

}  // namespace treasurer::http
