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
        return start_at("/api/dashboard", method, std::move(more));
    }
    RouterBench::Answer start_at(const std::string& path, const std::string& method = "GET", Fields more = {}) {
        Request asked = RouterBench::request(method, path, {{"Authorization", boss}});
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
    CHECK(world.is_at_hand());
    CHECK(world.start().json()["waiting_approvals"] == 1);
}

SCENARIO("what is at hand is read anew when its time is over, and shown no longer than its bound",
         "[http][dashboard]") {
    DashboardWorld world;
    const std::string first = world.start().json()["as_of"];
    world.clock.advance(cache::treasury_balance.ttl.count());
    CHECK(world.finish(world.start()).json()["as_of"] == first);  // the token is looked up again
    world.executor.run_until_idle();
    CHECK(world.finish(world.start()).json()["as_of"] != first);
    world.clock.advance((cache::treasury_balance.ttl + cache::treasury_balance.stale_for).count());
    CHECK_FALSE(world.is_at_hand());
}

SCENARIO("the newest lines of the log are given on the spot to all who ask for the first page", "[http][dashboard]") {
    DashboardWorld world;
    for (int i = 0; i < 60; ++i)
        REQUIRE(world.submit({.number = "INV-" + std::to_string(100 + i), .amount = std::to_string(600 + i)}).kind ==
                intake::SubmitKind::waiting_approval);
    world.feed_catches_up();
    const std::string path = "/api/dashboard/logs";
    const auto first = world.finish(world.start_at(path));
    CHECK(first->status == 200);
    const auto at_hand = world.start_at(path);
    REQUIRE(at_hand.is_there());
    CHECK(at_hand.json().size() == 50);
    CHECK(at_hand.header("ETag") == first.header("ETag"));
    CHECK(at_hand.header("Link") == first.header("Link"));
    CHECK(at_hand->shared_body == first->shared_body);
    THEN("compressed once, and told as unchanged to who has it") {
        const auto zipped = world.start_at(path, "GET", {{"Accept-Encoding", "gzip"}});
        REQUIRE(zipped.is_there());
        CHECK(zipped.header("Content-Encoding") == "gzip");
        CHECK(zipped->shared_body == world.start_at(path, "GET", {{"Accept-Encoding", "gzip"}})->shared_body);
        CHECK(world.start_at(path, "GET", {{"If-None-Match", at_hand.header("ETag")}})->status == 304);
    }
    THEN("its link leads to the next page") {
        const std::string link = at_hand.header("Link");
        const auto next = world.ask("GET", link.substr(1, link.find('>') - 1), {{"Authorization", world.boss}});
        CHECK(next->status == 200);
        CHECK(next.json().size() >= 10);
        CHECK(next.json().at(0)["id"] < at_hand.json().back()["id"]);
    }
    THEN("whoever adds a line finds it there at once") {
        world.clock.advance(1);
        REQUIRE(world.submit({.number = "INV-9", .amount = "999"}).kind == intake::SubmitKind::waiting_approval);
        const auto after = world.start_at(path);
        CHECK_FALSE(after.is_there());
        CHECK(world.finish(after).json().at(0)["amount"] == 999);
        CHECK(world.start_at(path).is_there());
    }
    THEN("any other page is looked for") {
        Request asked = RouterBench::request("GET", path, {{"Authorization", world.boss}});
        asked.query.push_back({"limit", "10"});
        const auto answer = world.ApiWorld::start(std::move(asked));
        CHECK_FALSE(answer.is_there());
        CHECK(world.finish(answer).json().size() == 10);
    }
}

SCENARIO("limits are given on the spot until somebody changes them", "[http][dashboard]") {
    DashboardWorld world;
    const std::string path = GENERATE("/api/settings/limit", "/api/settings/limits");
    const std::string member = path.back() == 's' ? "auto_approval_limit" : "limit";
    const auto first = world.finish(world.start_at(path));
    const auto at_hand = world.start_at(path);
    REQUIRE(at_hand.is_there());
    CHECK(at_hand->content() == first->content());
    CHECK(at_hand.json().size() == (path.back() == 's' ? 4 : 2));
    const auto changed = world.ask("POST", path, {{"Authorization", world.boss}, {"Content-Type", "application/json"}},
                                   R"({"new_limit": 77})");
    REQUIRE(changed->status == 200);
    CHECK(world.finish(world.start_at(path)).json()[member] == 77);
    CHECK(world.ask("GET", "/api/v1/policy", {{"Authorization", world.boss}}).json()["auto_approval_limit"]["amount"] ==
          "77");
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
        world.feed_catches_up();
        CHECK_FALSE(is_late());
        CHECK(world.is_at_hand());
        world.clock.advance(1);
        CHECK(is_late());
    }
}
