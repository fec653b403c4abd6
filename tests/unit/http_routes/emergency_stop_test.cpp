// The emergency stop: one request of an admin holds every payment that has not left, another lets them go on.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

SCENARIO("an admin stops all payments with one request, and lets them go on with another", "[http][policy]") {
    ApiWorld world;
    const std::string boss = world.sign_in("boss");
    const auto pause = [&](bool paused) {
        const auto answer =
            world.ask("POST", "/api/settings/limits", {{"Authorization", boss}, {"Content-Type", "application/json"}},
                      json{{"paused", paused}}.dump());
        CHECK(answer->status == 200);
        CHECK(answer.json().at("paused") == paused);
        CHECK(answer.json().at("auto_approval_limit") == 500);  // what is not named stays
    };
    pause(true);
    const auto held = world.submit({.number = "INV-1"});
    CHECK(held.kind == intake::SubmitKind::waiting_approval);
    CHECK(held.reason == "payments are paused");
    CHECK(world.approve(held.invoice.approval_id).kind == intake::ApprovalKind::obstacle);
    CHECK(world.rail.moved() == 0);
    pause(false);
    CHECK(world.approve(held.invoice.approval_id).kind == intake::ApprovalKind::done);
    CHECK(world.submit({.number = "INV-2", .amount = "12"}).kind == intake::SubmitKind::paid);
}
