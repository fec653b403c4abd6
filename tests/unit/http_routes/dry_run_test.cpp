// dry_run=true: whatever the request would meet is told, and nothing is written, nor kept under a key.
#include "records/journal.hpp"
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

struct DryWorld : ApiWorld {
    std::string boss = sign_in("boss");
    std::string vendor = add_vendor("Alpine Data", "0xfeed");

    RouterBench::Answer send(const std::string& method, const std::string& target, const json& body,
                             const std::string& key = "") {
        return ask(method, target,
                   {{"Authorization", boss},
                    {"Content-Type", "application/json"},
                    {"If-Match", "*"},
                    {key.empty() ? "X-Nothing" : "Idempotency-Key", key}},
                   body.dump());
    }
    json get(const std::string& target) { return ask("GET", target, {{"Authorization", boss}}).json(); }
    std::size_t audited() {
        atr::Query query;
        query.index = "by_time";
        query.limit = 1000;
        return await(host().store.list<AuditEntry>(query))->items.size();
    }
};

const json an_account = {{"rail", "bank"}, {"asset", "MNEE"}, {"address", "0xbeef"}};

}  // namespace

SCENARIO("a dry run tells what would be, and changes nothing", "[http][dry_run]") {
    DryWorld world;
    json policy = world.get("/api/v1/policy");
    policy["auto_approval_limit"]["amount"] = "1";
    struct Row {
        std::string method, target;
        json body;
    };
    const std::vector<Row> rows = {
        {"PUT", "/api/v1/policy", policy},
        {"POST", "/api/settings/limit", {{"new_limit", 1}}},
        {"POST", "/api/settings/limits", {{"paused", true}}},
        {"POST", "/api/v1/vendors", {{"name", "Meridian Freight"}, {"accounts", {an_account}}}},
        {"POST", "/api/v1/vendors/" + world.vendor + "/accounts", an_account},
    };
    for (const auto& row : rows) {
        INFO(row.method << " " << row.target);
        const auto everything = [&] {
            return json{world.get("/api/v1/policy"), world.get("/api/settings/limits"), world.get("/api/v1/vendors"),
                        world.audited()};
        };
        const json before = everything();
        const auto dry = world.send(row.method, row.target + "?dry_run=true", row.body, "key of " + row.target);
        INFO(dry->content());
        CHECK(dry->status == 200);
        CHECK(dry.header("Dry-Run") == "true");
        CHECK(dry.header("Location") == "absent");
        CHECK(dry.header("ETag") == "absent");
        CHECK(world.send(row.method, row.target + "?dry_run=yes", row.body)->status == 422);
        CHECK(everything() == before);
        // The key is free: nothing was done under it.
        const auto real = world.send(row.method, row.target, row.body, "key of " + row.target);
        CHECK(real->status < 300);
        CHECK(real.header("Dry-Run") == "absent");
        CHECK(real.header("Idempotency-Replayed") == "absent");
        CHECK(everything() != before);
    }
}

SCENARIO("a dry run shows what the real one would", "[http][dry_run]") {
    DryWorld world;
    const auto dry =
        world.send("POST", "/api/v1/vendors?dry_run=true", {{"name", "Meridian Freight"}, {"accounts", {an_account}}});
    CHECK(dry.json().at("name") == "Meridian Freight");
    CHECK(dry.json().at("id").is_null());
    CHECK(dry.json().at("accounts").at(0).at("id").is_null());
    CHECK(dry.json().at("accounts").at(0).at("status") == "active");
    const auto more = world.send("POST", "/api/v1/vendors/" + world.vendor + "/accounts?dry_run=true", an_account);
    CHECK(more.json().at("id") == world.vendor);
    CHECK(more.json().at("accounts").back().at("address") == "0xbeef");
    CHECK(more.json().at("accounts").back().at("status") == "cooling_off");
    CHECK(world.send("POST", "/api/settings/limit?dry_run=true", {{"new_limit", 1}}).json().at("limit") == 1);
}

SCENARIO("a dry run is refused for what the real one would be refused for", "[http][dry_run]") {
    DryWorld world;
    CHECK(world.send("POST", "/api/v1/vendors?dry_run=true", {{"name", "ALPINE  data"}})->status == 409);
    CHECK(world
              .send("POST", "/api/v1/vendors?dry_run=true",
                    {{"name", "Nova"}, {"accounts", {{{"rail", "ship"}, {"asset", "MNEE"}, {"address", "x"}}}}})
              ->status == 422);
    CHECK(world.send("POST", "/api/v1/vendors/nobody/accounts?dry_run=true", an_account)->status == 404);
    CHECK(world.send("POST", "/api/settings/limit?dry_run=true", {{"new_limit", -1}})->status == 422);
    json policy = world.get("/api/v1/policy");
    policy["auto_approval_limit"]["asset"] = "EUR";
    CHECK(world.send("PUT", "/api/v1/policy?dry_run=true", policy)->status == 422);
}

SCENARIO("vendors are listed by the beginning of their names", "[http][vendors]") {
    DryWorld world;
    for (const char* name : {"Alpine Rail", "Beta", "Zürich Post", "Zürcher"}) world.add_vendor(name, "0x1");
    const auto names = [&](const std::string& query) {
        std::vector<std::string> out;
        const json page = world.get("/api/v1/vendors" + query);
        for (const auto& one : page.at("items")) out.push_back(one.at("name"));
        return out;
    };
    using Names = std::vector<std::string>;
    CHECK(names("?name_prefix=Alpine") == Names{"Alpine Data", "Alpine Rail"});
    CHECK(names("?name_prefix=Alpine R") == Names{"Alpine Rail"});
    CHECK(names("?name_prefix=Zü") == Names{"Zürcher", "Zürich Post"});
    CHECK(names("?name_prefix=alpine").empty());
    CHECK(names("?name_prefix=Al&limit=1").size() == 1);
    CHECK(world.ask("GET", "/api/v1/vendors?name_prefix=", {{"Authorization", world.boss}})->status == 422);
}
