// Whoever decides sees at once what would be paid to whom.
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
