// Whoever decides sees at once what would be paid to whom, and who has decided already.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

SCENARIO("an approval shows the amount and the creditor it is asked for, in the list and by itself",
         "[http][approvals]") {
    ApiWorld world;
    const std::string boss = world.sign_in("boss");
    const auto get = [&](const std::string& target) {
        return world.ask("GET", target, {{"Authorization", boss}}).json();
    };
    CHECK(get("/api/v1/approvals").at("items").empty());
    const auto first = world.submit({.number = "INV-1", .amount = "600"}),
               second = world.submit({.number = "INV-2", .amount = "700"});
    REQUIRE(first.kind == intake::SubmitKind::waiting_approval);
    REQUIRE(second.kind == intake::SubmitKind::waiting_approval);
    const json listed = get("/api/v1/approvals?status=pending").at("items");
    REQUIRE(listed.size() == 2);
    for (const auto& one : listed) {
        const json payment = get("/api/v1/payments/" + one.at("payment_id").get<std::string>());
        CHECK(one.at("amount") == payment.at("amount"));
        CHECK(one.at("creditor") == payment.at("creditor"));
        CHECK(one.at("creditor").at("address").is_string());
        CHECK(get("/api/v1/approvals/" + one.at("id").get<std::string>()) == one);
    }
    CHECK(listed.at(0).at("amount") != listed.at(1).at("amount"));
}

SCENARIO("an approval that others must give too is kept, and told as not done yet", "[http][approvals]") {
    ApiWorld world;
    Policy policy = *world.await(world.desks.policy.current());
    policy.approval_tiers = {{1000, 2}};
    REQUIRE(world.await(world.desks.policy.replace(
        policy, [](const Policy&) { return true; }, "admin", "r-1")));
    const std::string id = world.submit({.number = "INV-1", .amount = "2000"}).invoice.approval_id;
    const std::string boss = world.sign_in("boss"), anna = world.sign_in("anna");
    const auto approve = [&](const std::string& token, const std::string& key) {
        const json body = {{"payload_hash", world.approval(id).payload_hash}, {"reason", "looked at it"}};
        return world.ask("POST", "/api/v1/approvals/" + id + "/approve",
                         {{"Authorization", token}, {"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                         body.dump());
    };
    const auto first = approve(boss, "k-1");
    INFO(first->content());
    CHECK(first->status == 202);
    CHECK(first.json().at("status") == "pending");
    CHECK(first.json().at("required") == 2);
    CHECK(first.json().at("given").at(0).at("by") == "boss");
    CHECK(first.json().at("payment").at("state") == "waiting_approval");
    CHECK(approve(boss, "k-1")->content() == first->content());
    CHECK(approve(boss, "k-2")->status == 202);
    CHECK(world.approval(id).given.size() == 1);
    const auto shown = world.ask("GET", "/api/v1/approvals/" + id, {{"Authorization", boss}}).json();
    CHECK(shown.at("required") == 2);
    policy = *world.await(world.desks.policy.current());
    policy.approval_tiers = {{1000, 2}, {1500, 3}};
    REQUIRE(world.await(world.desks.policy.replace(
        policy, [](const Policy&) { return true; }, "admin", "r-1")));
    world.executor.advance(60'000);
    CHECK(world.ask("GET", "/api/v1/approvals/" + id, {{"Authorization", boss}}).json().at("required") == 3);
    policy.approval_tiers = {{1000, 2}};
    REQUIRE(world.await(world.desks.policy.replace(
        policy, [](const Policy&) { return true; }, "admin", "r-1")));
    const auto last = approve(anna, "k-3");
    CHECK(last->status == 200);
    CHECK(last.json().at("status") == "approved");
    CHECK(last.json().at("given").size() == 2);
}
