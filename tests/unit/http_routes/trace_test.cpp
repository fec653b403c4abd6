// What is asked of plugins for a request is part of its trace.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

SCENARIO("parser and rail are told the trace of the request that they are asked for", "[http][trace]") {
    ApiWorld world;
    const std::string boss = world.sign_in("boss");
    const auto send = [&](const std::string& target, const json& body, const std::string& parent) {
        return world.ask("POST", target,
                         {{"Authorization", boss},
                          {"Content-Type", "application/json"},
                          {parent.empty() ? "X-Nothing" : "traceparent", parent}},
                         body.dump());
    };
    const std::string trace = "0af7651916cd43dd8448eb211c80319c", parent = "00-" + trace + "-b7ad6b7169203331-01";
    const auto text = [](const std::string& number, const std::string& amount) {
        return ApiWorld::Text{.number = number, .amount = amount}.written();
    };

    for (const char* target : {"/api/v1/invoices", "/api/process-invoice"}) {
        INFO(target);
        const std::string member = target == std::string("/api/v1/invoices") ? "text" : "raw_text";
        const std::string told = send(target, {{member, text(member, "10")}}, parent).header("traceparent");
        CHECK(told.find(trace) != std::string::npos);
        CHECK(told != parent);  // the request's own span is the parent of what is asked for it
        CHECK(world.parser.traceparent == told);
        CHECK(world.rail.prepared_in_trace() == told);
        send(target, {{member, text("without " + member, "11")}}, "");
        CHECK(world.parser.traceparent.empty());
        CHECK(world.rail.prepared_in_trace().empty());
    }
    const auto asked = world.submit({.number = "A-1", .amount = "600"});
    REQUIRE(asked.kind == intake::SubmitKind::waiting_approval);
    const auto approved = send("/api/v1/approvals/" + asked.invoice.approval_id + "/approve",
                               {{"payload_hash", world.approval(asked.invoice.approval_id).payload_hash}}, parent);
    CHECK(approved->status == 200);
    CHECK(world.rail.prepared_in_trace() == approved.header("traceparent"));
}
