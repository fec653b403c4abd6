// Whoever asks for a dry run in the wrong place, or by a wrong name, is refused: nothing is carried out by mistake.
#include "tests/unit/http_routes/dry_world.hpp"

#include <set>

using namespace dry_runs;

SCENARIO("a wish for a dry run that stands in the wrong place is never passed over", "[http][dry_run]") {
    std::set<std::string> writes, tried;
    const json credentials = {{"username", "boss"}, {"password", "a good password"}};
    const std::vector<json> wishes = {true, false, nullptr, "true", 1, json::object()};
    DryWorld world;
    for (const Route& route : world.router.routes().routes())
        if (route.method != "GET") writes.insert(route.name);
    std::vector<Row> rows = world.every_kind();
    REQUIRE(world.await(world.quarantine.enter("a test")));
    rows.push_back({"token", "POST", "/token", credentials});
    rows.push_back({"session.open", "POST", "/session", credentials});
    rows.push_back({"session.close", "DELETE", "/session", json::object()});
    rows.push_back({"logout", "POST", "/logout", json::object()});
    rows.push_back({"metrics.reset", "POST", "/metrics/reset", json::object()});
    rows.push_back({"reconciliation.run", "POST", "/api/v1/reconciliation", json::object()});
    const auto is_refused = [&](const std::string& what, const std::function<RouterBench::Answer()>& asking) {
        INFO(what);
        const auto refused = world.untouched(asking);
        INFO(refused->content());
        CHECK(refused->status == 422);
        CHECK(refused.json().at("errors").at(0).at("pointer").get<std::string>().find("ry") != std::string::npos);
    };
    for (const Row& row : rows) {
        INFO(row.method << " " << row.target);
        tried.insert(row.name);
        for (const json& wish : wishes) {
            json body = row.body;
            body["dry_run"] = wish;
            is_refused("a member " + wish.dump(), [&] { return world.send(row.method, row.target, body, "a key"); });
            CHECK(world.send(row.method, row.target + "?dry_run=true", body)->status == 422);
        }
        const std::string escaped = R"({"dry\u005frun":true,)" + row.body.dump().substr(1);
        if (!row.body.empty())
            is_refused("a name with an escape", [&] {
                return world.ask(
                    row.method, row.target,
                    {{"Authorization", world.boss}, {"Content-Type", "application/json"}, {"If-Match", "*"}}, escaped);
            });
        is_refused("a header", [&] {
            return world.ask(row.method, row.target,
                             {{"Authorization", world.boss},
                              {"Content-Type", "application/json"},
                              {"If-Match", "*"},
                              {"Dry-Run", "true"}},
                             row.body.dump());
        });
    }
    CHECK(tried == writes);
}

SCENARIO("a misplaced wish for a dry run is told where it belongs", "[http][dry_run]") {
    DryWorld world;
    json body = {{"raw_text", world.text("INV-1")}, {"dry_run", true}, {"client_version", "1.2"}};
    const json refused = world.send("POST", "/api/process-invoice", body).json();
    CHECK(refused.at("detail") == "A dry run is asked for in the query: ?dry_run=true. Nothing was done.");
    CHECK(refused.at("errors").at(0).at("pointer") == "/dry_run");
    body.erase("dry_run");
    CHECK(world.send("POST", "/api/process-invoice", body)->status == 200);  // other members are old clients' own
    const json text = {{"text", world.text("INV-2") + "dry_run: true \\u0064"}};
    CHECK(world.send("POST", "/api/v1/invoices", text)->status < 300);  // a document may say what it likes
    const auto no_body = world.ask("POST", "/metrics/reset", {{"Authorization", world.boss}}, "{dry_run: true}");
    CHECK(no_body->status >= 400);
}

SCENARIO("requests that move money know all of their members", "[http][dry_run]") {
    DryWorld world;
    struct Request {
        std::string target;
        json body;
        std::string pointer;
    };
    const Approval asked = world.waiting("INV-3");
    const std::string approval = "/api/v1/approvals/" + asked.id;
    json account = an_account;
    account["memo"] = "x";
    const json decision = {{"payload_hash", asked.payload_hash}, {"comment", "x"}};
    const std::vector<Request> requests = {
        {"/api/v1/invoices", {{"text", world.text("INV-1")}, {"dryrun", true}}, "/dryrun"},
        {"/api/v1/invoices", {{"text", world.text("INV-1")}, {"raw_text", world.text("INV-2")}}, "/text"},
        {"/api/v1/invoices", {{"text", world.text("INV-1")}, {"amount", "1,5"}}, "/amount"},
        {approval + "/approve", decision, "/comment"},
        {approval + "/reject", decision, "/comment"},
        {"/api/v1/vendors", {{"name", "Perhaps Ltd"}, {"address", "x"}}, "/address"},
        {"/api/v1/vendors", {{"name", "Perhaps Ltd"}, {"accounts", {account}}}, "/accounts/0/memo"},
        {"/api/v1/vendors/" + world.vendor + "/accounts", account, "/memo"},
    };
    for (const auto& request : requests) {
        INFO(request.target);
        const auto refused = world.untouched([&] { return world.send("POST", request.target, request.body); });
        CHECK(refused->status == 422);
        CHECK(refused.json().at("errors").at(0).at("pointer") == request.pointer);
    }
    const json hinted = {{"text", world.text("INV-1")}, {"amount", 99}, {"currency", "MNEE"}, {"invoice_id", "INV-1"}};
    const auto taken = world.send("POST", "/api/v1/invoices", hinted);
    CHECK(taken->status == 202);  // the text says 100: what does not agree goes to a person
    CHECK(taken.json().at("status") == "waiting_approval");
}
