// Routes that may have their answer at hand: then it is given on the spot, else by their handler.
#include "tests/unit/http_router/test_routes.hpp"

#include <stdexcept>

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct Peeking : RouterBench {
    Peeking() {
        Route route = slow_route(*this, "/thing", Access::needs(auth::Permission::manage_users));
        route.method = "GET";
        route.produces = {"application/json"};
        route.peek = [this](const RequestContext& context) -> std::optional<Response> {
            ++peeks;
            if (breaks) throw std::runtime_error("no luck");
            if (!has) return std::nullopt;
            return Response::json(200, "\"at hand for " + context.principal.user + '"');
        };
        router.add(std::move(route));
        token = sign_in("ann", {auth::Role::admin});
        stranger = sign_in("bob", {auth::Role::viewer});
        CHECK(ask("GET", "/thing", {{"Authorization", token}})->status == 200);  // its token is known from now on
        CHECK(ask("GET", "/thing", {{"Authorization", stranger}})->status == 403);
        peeks = 0;
    }
    Answer start(Fields more = {}) {
        auto asked = request("GET", "/thing", {{"Authorization", token}});
        for (const auto& [name, value] : more) asked.headers.set(name, value);
        return RouterBench::start(std::move(asked));
    }
    std::string token, stranger;
    bool has = true, breaks = false;
    int peeks = 0;
};

}  // namespace

SCENARIO("a route that has its answer at hand gives it on the spot", "[router]") {
    Peeking bench;
    const auto answer = bench.start();
    REQUIRE(answer.is_there());
    CHECK(answer->content() == "\"at hand for ann\"");
    CHECK(answer.header("Cache-Control") == "private, no-cache");
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(bench.router.in_flight() == 0);
    CHECK(bench.log.lines().back().find("\"msg\":\"request\"") != std::string::npos);
    THEN("and tells who has it already that nothing has changed") {
        const auto again = bench.start({{"If-None-Match", answer.header("ETag")}});
        REQUIRE(again.is_there());
        CHECK(again->status == 304);
    }
}

SCENARIO("a route that has no answer at hand asks its handler", "[router]") {
    Peeking bench;
    bench.has = false;
    SECTION("it has none") {}
    SECTION("looking for it failed, which the log tells") {
        bench.breaks = true;
    }
    const auto answer = bench.start();
    CHECK_FALSE(answer.is_there());
    CHECK(bench.router.in_flight() == 1);
    bench.bench.executor.advance(1000);
    REQUIRE(answer.is_there());
    CHECK(answer->status == 200);
    CHECK(answer.json()["user"] != "");
    const auto lines = bench.log.lines();
    const bool told = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        return line.find("\"msg\":\"handler failed\"") != std::string::npos &&
               line.find("no luck") != std::string::npos;
    });
    CHECK(told == bench.breaks);
}

SCENARIO("nothing is looked for that the sender may not have", "[router]") {
    Peeking bench;
    SECTION("of no one") {
        CHECK(bench.start({{"Authorization", ""}})->status == 401);
    }
    SECTION("without the permission") {
        CHECK(bench.start({{"Authorization", bench.stranger}})->status == 403);
    }
    SECTION("in another type") {
        CHECK(bench.start({{"Accept", "text/html"}})->status == 406);
    }
    CHECK(bench.peeks == 0);
}

SCENARIO("what a user is told other than from what is cached is noted before it leaves", "[router]") {
    std::vector<std::string> told;
    RouterBench bench({.tells = [&](std::string_view user) { told.emplace_back(user); }});
    Route cached = slow_route(bench, "/cached", Access::needs(auth::Permission::read));
    cached.method = "GET";
    bool is_at_hand = true;
    cached.peek = [&](const RequestContext&) -> std::optional<Response> {
        if (!is_at_hand) return std::nullopt;
        Response out = Response::json(200, "1");
        out.of_cache = true;
        return out;
    };
    bench.router.add(std::move(cached));
    bench.router.add(slow_route(bench, "/doing", Access::needs(auth::Permission::read)));
    const std::string token = bench.sign_in("ann", {auth::Role::viewer});
    told.clear();
    CHECK(bench.ask("GET", "/cached", {{"Authorization", token}})->status == 200);
    CHECK(told.empty());
    is_at_hand = false;
    CHECK(bench.ask("GET", "/cached", {{"Authorization", token}})->status == 200);
    CHECK(told == std::vector<std::string>{"ann"});
    told.clear();
    const auto answer = bench.start(bench.request("POST", "/doing", {{"Authorization", token}}));
    CHECK(told.empty());
    bench.bench.executor.run_until([&] { return !told.empty(); });
    CHECK(told == std::vector<std::string>{"ann"});
    CHECK(answer->status == 200);
}
