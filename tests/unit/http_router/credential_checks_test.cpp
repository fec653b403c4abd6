// What many requests of one sender at once cost storage and the executor.
#include "tests/unit/http_router/test_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

TEST_CASE("five hundred requests about when a credential is to be checked again make one check, and none is refused",
          "[router][checks]") {
    RouterBench bench({.admission = {.at_once = 1, .burst = 1, .herd = 1}}, {.enabled = false});
    bench.router.add(sync_route("GET", "/me", Access::needs(Permission::read)));
    const bool is_key = GENERATE(false, true);
    const std::string credential = is_key ? "Bearer " + key_for(bench, "ann", {Role::viewer}, {Permission::read})
                                          : bench.sign_in("ann", {Role::viewer});
    REQUIRE(bench.ask("GET", "/me", {{"Authorization", credential}})->status == 200);
    bench.bench.clock.advance(1000);
    const auto before = bench.bench.storage.reads();
    for (int i = 0; i < 500; ++i) {
        const auto answer = bench.start(RouterBench::request("GET", "/me", {{"Authorization", credential}}));
        REQUIRE(answer.is_there());  // by the transport thread
        CHECK(answer->status == 200);
    }
    bench.bench.executor.run_until_idle();
    CHECK(bench.bench.storage.reads() - before == (is_key ? 2 : 1));  // of a key its record, then its user
    bench.bench.clock.advance(1500);
    CHECK(bench.start(RouterBench::request("GET", "/me", {{"Authorization", credential}})).is_there());
}

TEST_CASE("requests whose credential is not current share one check", "[router][checks]") {
    RouterBench bench({.admission = {.target = Millis{60'000}, .at_once = 100}}, {.enabled = false});
    bench.router.add(sync_route("GET", "/me", Access::signed_in()));
    const std::string token = bench.sign_in("ann", {Role::viewer});
    const auto before = bench.bench.storage.reads();
    std::vector<RouterBench::Answer> answers;
    for (int i = 0; i < 100; ++i)
        answers.push_back(bench.start(RouterBench::request("GET", "/me", {{"Authorization", token}})));
    bench.bench.executor.run_until_idle();
    for (const auto& answer : answers) {
        REQUIRE(answer.is_there());
        CHECK(answer->status == 200);
    }
    CHECK(bench.bench.storage.reads() - before == 1);
}
