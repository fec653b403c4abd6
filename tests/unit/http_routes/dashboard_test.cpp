// The dashboard is given on the spot while nothing has happened, and says all that it says otherwise.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct DashboardWorld : ApiWorld {
    DashboardWorld() {
        feed_catches_up();
        CHECK(ask("GET", "/api/dashboard", {{"Authorization", boss}})->status == 200);
    }
    /// What the follower of the change feed does on a host.
    void feed_catches_up() {
        cache.advance(storage.last_seq());
        cache.looked(storage.last_seq());
    }
    RouterBench::Answer start(const std::string& method = "GET", Fields more = {}) {
        Request asked = RouterBench::request(method, "/api/dashboard", {{"Authorization", boss}});
        for (const auto& [name, value] : more) asked.headers.add(name, value);
        return ApiWorld::start(std::move(asked));
    }
    bool is_at_hand() {
        const auto answer = start();
        const bool out = answer.is_there();
        finish(answer);
        return out;
    }
    std::string boss = sign_in("boss");
};

}  // namespace

SCENARIO("the dashboard is given on the spot to all who ask for the same", "[http][dashboard]") {
    DashboardWorld world;
    const auto answer = world.start();
    REQUIRE(answer.is_there());
    CHECK(answer->status == 200);
    CHECK(answer.json()["status"] == "Online");
    THEN("with the fields of every answer") {
        CHECK(answer.header("Content-Type") == "application/json");
        CHECK(answer.header("Cache-Control") == "private, no-cache");
        CHECK(answer.header("Vary") == "Accept-Encoding");
        CHECK(answer.header("X-Frame-Options") == "DENY");
        CHECK(answer.header("Referrer-Policy") == "no-referrer");
        CHECK(answer.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
    }
    THEN("told as unchanged to who has it") {
        const auto again = world.start("GET", {{"If-None-Match", answer.header("ETag")}});
        REQUIRE(again.is_there());
        CHECK(again->status == 304);
        CHECK(again->content().empty());
    }
    THEN("to HEAD as well") {
        const auto head = world.start("HEAD");
        REQUIRE(head.is_there());
        CHECK(head.header("ETag") == answer.header("ETag"));
    }
    THEN("and to nobody without the right to read it") {
        const auto nobody = world.ask("GET", "/api/dashboard", {});
        CHECK(nobody->status == 401);
    }
}

SCENARIO("whoever has done something sees it on the dashboard at once", "[http][dashboard]") {
    DashboardWorld world;
    CHECK(world.is_at_hand());
    CHECK(world.start().json()["waiting_approvals"] == 0);
    REQUIRE(world.submit({.number = "INV-1", .amount = "900"}).kind == intake::SubmitKind::waiting_approval);
    const auto after = world.start();
    CHECK_FALSE(after.is_there());
    CHECK(world.finish(after).json()["waiting_approvals"] == 1);
    THEN("nothing is at hand until the change feed has told of it; and then it is") {
        CHECK_FALSE(world.is_at_hand());
        world.feed_catches_up();
        CHECK_FALSE(world.is_at_hand());
        CHECK(world.is_at_hand());
        CHECK(world.start().json()["waiting_approvals"] == 1);
    }
}

SCENARIO("what is at hand is not shown after its time", "[http][dashboard]") {
    DashboardWorld world;
    world.clock.advance(cache::treasury_dashboard.ttl.count() - 1);
    world.finish(world.start());  // the token is looked up again
    CHECK(world.is_at_hand());
    world.clock.advance(1);
    CHECK_FALSE(world.is_at_hand());
}

SCENARIO("what the dashboard says of the books is the last word, also while its figures are at hand",
         "[http][dashboard]") {
    DashboardWorld world;
    CHECK(world.start().json()["books"].is_null());
    const auto compare = [&] {
        const auto report = world.await(world.reconciliation.run());
        REQUIRE(report);
        world.feed_catches_up();
        return time_text((*report)->as_of_ms);
    };
    const auto shown = [&] { return world.finish(world.start()).json()["books"]["as_of"]; };
    const auto first = compare();
    CHECK(shown() == first);
    CHECK(world.is_at_hand());
    world.clock.advance(1000);
    const auto second = compare();
    CHECK(second != first);
    CHECK(shown() == second);
    CHECK(world.is_at_hand());
    THEN("and how old that is, to the moment at which it is too old") {
        const auto is_late = [&] {
            const auto told = world.finish(world.start()).json();
            for (const auto& alert : told["alerts"])
                if (alert["code"] == "books_not_compared") return true;
            return false;
        };
        world.clock.advance(world.services.settings.books_late_after.count());
        CHECK_FALSE(is_late());
        CHECK(world.is_at_hand());
        world.clock.advance(1);
        CHECK_FALSE(world.is_at_hand());
        CHECK(is_late());
    }
}
