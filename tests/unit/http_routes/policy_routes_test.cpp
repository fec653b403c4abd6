// The policy over HTTP: read and replaced as a whole, by whoever has seen the one that is in force.
#include "records/journal.hpp"
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

struct PolicyWorld : ApiWorld {
    std::string boss = sign_in("boss");

    RouterBench::Answer get() { return ask("GET", "/api/v1/policy", {{"Authorization", boss}}); }
    Request putting(const json& body, const std::string& tag, const std::string& key = "") {
        Request out = RouterBench::request("PUT", "/api/v1/policy", {}, body.dump());
        out.headers.add("Authorization", boss);
        out.headers.add("Content-Type", "application/json");
        if (!tag.empty()) out.headers.add("If-Match", tag);
        if (!key.empty()) out.headers.add("Idempotency-Key", key);
        return out;
    }
    RouterBench::Answer put(const json& body, const std::string& tag, const std::string& key = "") {
        return finish(start(putting(body, tag, key)));
    }
    RouterBench::Answer post_limits(const char* path, const std::string& body) {
        return ask("POST", path, {{"Authorization", boss}, {"Content-Type", "application/json"}}, body);
    }
    std::size_t changes() {
        atr::Query query;
        query.index = "by_subject";
        query.eq = {atr::Value::of(std::string(Policy::current))};
        return await(host().store.list<AuditEntry>(query))->items.size();
    }
};

json tier(const char* above, int approvals) {
    return {{"above", above}, {"approvals", approvals}};
}

}  // namespace

SCENARIO("the policy is replaced as a whole by who has read the one in force", "[http][policy]") {
    PolicyWorld world;
    const auto read = world.get();
    REQUIRE(read->status == 200);
    json policy = read.json();
    CHECK(policy.at("auto_approval_limit") == json{{"amount", "500"}, {"asset", "MNEE"}});
    policy["auto_approval_limit"]["amount"] = "90";
    policy["paused"] = false;
    policy["min_confidence"] = "0.75";
    policy["payee_cool_off_s"] = 3600;
    const auto written = world.put(policy, read.header("ETag"));
    INFO(written->content());
    REQUIRE(written->status == 200);
    CHECK(written.json().at("auto_approval_limit").at("amount") == "90");
    CHECK(written.json().at("min_confidence") == "0.75");
    CHECK(written.json().at("payee_cool_off_s") == 3600);
    const auto again = world.get();
    CHECK(again->content() == written->content());
    CHECK(again.header("ETag") == written.header("ETag"));
    CHECK(again.header("ETag") != read.header("ETag"));
    CHECK(world.changes() == 1);
    THEN("decisions are made by it, and name it") {
        const auto asked = world.submit({.number = "INV-1", .amount = "91"});
        CHECK(asked.kind == intake::SubmitKind::waiting_approval);
        CHECK(asked.invoice.policy_hash == again.json().at("hash"));
    }
    THEN("who has seen the old one alone is refused, and told which one there is") {
        const auto late = world.put(policy, read.header("ETag"));
        CHECK(late->status == 412);
        CHECK(late.code() == "precondition_failed");
        CHECK(late.header("ETag") == again.header("ETag"));
        CHECK(world.put(policy, "W/" + again.header("ETag"))->status == 412);
        CHECK(world.put(policy, "")->status == 428);
        CHECK(world.put(policy, "*")->status == 200);
    }
}

SCENARIO("of two who replace the same policy at once, one is refused", "[http][policy]") {
    PolicyWorld world;
    const auto read = world.get();
    json low = read.json(), high = read.json();
    low["auto_approval_limit"]["amount"] = "1";
    high["auto_approval_limit"]["amount"] = "1000";
    const auto first = world.start(world.putting(low, read.header("ETag"))),
               second = world.start(world.putting(high, read.header("ETag")));
    world.finish(first);
    world.finish(second);
    std::vector<int> statuses{first->status, second->status};
    std::sort(statuses.begin(), statuses.end());
    CHECK(statuses == std::vector<int>{200, 412});
    CHECK(world.changes() == 1);
}

SCENARIO("a policy is taken whole, or not at all", "[http][policy]") {
    PolicyWorld world;
    json good = world.get().json();
    good["approval_tiers"] = {tier("1000", 2), tier("5000.50", 3)};
    REQUIRE(world.put(good, "*")->status == 200);
    good = world.get().json();
    CHECK(good.at("approval_tiers") == json{tier("1000", 2), tier("5000.5", 3)});
    struct Row {
        std::string pointer;
        json value;  ///< null: left out
    };
    const auto row =
        GENERATE(Row{"/auto_approval_limit", nullptr}, Row{"/auto_approval_limit", "500"},
                 Row{"/auto_approval_limit/amount", "-1"}, Row{"/auto_approval_limit/amount", "1e16"},
                 Row{"/auto_approval_limit/asset", nullptr}, Row{"/critical_runway_months", nullptr},
                 Row{"/critical_runway_months", "1201"}, Row{"/min_confidence", "1.01"},
                 Row{"/min_confidence", "0.12345"}, Row{"/min_confidence", nullptr}, Row{"/payee_cool_off_s", -1},
                 Row{"/payee_cool_off_s", nullptr}, Row{"/approval_ttl_s", 59}, Row{"/approval_ttl_s", 1.5},
                 Row{"/approval_ttl_s", nullptr}, Row{"/approval_reserves_funds", nullptr},
                 Row{"/approval_reserves_funds", "yes"}, Row{"/approval_tiers", nullptr}, Row{"/approval_tiers", "two"},
                 Row{"/approval_tiers", json::array_t(9, tier("1", 2))}, Row{"/approval_tiers/0", "two"},
                 Row{"/approval_tiers/0/above", "-1"}, Row{"/approval_tiers/0/above", nullptr},
                 Row{"/approval_tiers/0/approvals", nullptr}, Row{"/approval_tiers/0/approvals", 1},
                 Row{"/approval_tiers/0/approvals", 17}, Row{"/approval_tiers/0/by", "cfo"},
                 Row{"/approval_tiers/1/above", "1000"}, Row{"/approval_tiers/1/approvals", 2}, Row{"/paused", nullptr},
                 Row{"/pause", true});
    INFO(row.pointer << " = " << row.value.dump());
    json body = good;
    const json::json_pointer at(row.pointer);
    if (row.value.is_null())
        body[at.parent_pointer()].erase(at.back());
    else
        body[at] = row.value;
    const auto refused = world.put(body, "*");
    CHECK(refused->status == 422);
    INFO(refused->content());
    const json errors = refused.json().at("errors");
    CHECK(std::any_of(errors.begin(), errors.end(),
                      [&](const json& error) { return error.at("pointer").get<std::string>() == row.pointer; }));
    CHECK(world.get().json() == good);
    CHECK(world.changes() == 1);
}

SCENARIO("limits stay in the asset they are in", "[http][policy]") {
    PolicyWorld world;
    json body = world.get().json();
    body["auto_approval_limit"]["asset"] = "EUR";
    const auto refused = world.put(body, "*");
    CHECK(refused->status == 422);
    CHECK(refused.json().at("detail") == "limits are in MNEE here, not in EUR");
}

SCENARIO("a limit is set in the asset it is in, once, and within what a policy holds", "[http][policy]") {
    PolicyWorld world;
    const char* path = GENERATE("/api/settings/limit", "/api/settings/limits");
    const json before = world.get().json();
    for (const char* body :
         {R"({"new_limit":"100000","currency":"JPY"})", R"({"paused":true,"currency":"mnee"})",
          R"({"new_limit":"1","auto_approval_limit":"2"})", R"({"new_limit":1e30})",
          R"({"auto_approval_limit":"1e16"})", R"({"new_limit":-1})", R"({"critical_runway_months":1201})"}) {
        const auto refused = world.post_limits(path, body);
        INFO(body << ": " << refused->content());
        CHECK(refused->status == 422);
        CHECK(refused.code() == "validation_failed");
    }
    CHECK(world.get().json() == before);
    CHECK(world.changes() == 0);
    THEN("the original's request is, and so is what says the same twice; what is then shown can be put back") {
        for (const char* body : {R"({"new_limit":750})", R"({"new_limit":"750","currency":"MNEE"})",
                                 R"({"new_limit":750,"auto_approval_limit":"750.0","currency":null})",
                                 R"({"auto_approval_limit":1000000000000000,"critical_runway_months":1200})"}) {
            const auto set = world.post_limits(path, body);
            INFO(body << ": " << set->content());
            CHECK(set->status == 200);
            CHECK(world.put(world.get().json(), "*")->status == 200);
        }
    }
}

SCENARIO("the audit trail is for admins, by subject and by time", "[http][audit]") {
    ApiWorld world;
    int asked = 0;
    const auto list = [&](const std::string& query) {
        const std::string boss =
            world.sign_in("boss-" + std::to_string(++asked));  // days pass, and a token does not last
        const auto answer = world.ask("GET", "/api/v1/audit" + query, {{"Authorization", boss}});
        INFO(answer->content());
        REQUIRE(answer->status == 200);
        return answer.json();
    };
    world.submit({.number = "INV-1"});
    const UnixMillis between = world.clock.unix_ms() + 1;
    world.clock.advance(3 * ledger::day_ms);
    const auto second = world.submit({.number = "INV-2", .amount = "12"});
    const json of_second = list("?subject=" + second.invoice.id).at("items");
    REQUIRE(of_second.size() == 1);
    CHECK(of_second.at(0).at("action") == "invoice.approved");
    CHECK(of_second.at(0).at("at") == time_text(second.invoice.created_ms));
    CHECK(list("?subject=" + second.invoice.id + "&created_to=" + time_text(between)).at("items").empty());
    const json before = list("?created_to=" + time_text(between)).at("items");
    CHECK_FALSE(before.empty());
    for (const auto& entry : before) CHECK(entry.at("at").get<std::string>() < time_text(between));
    const json page = list("?limit=1");
    CHECK(page.at("items").size() == 1);
    CHECK(page.at("next_cursor").is_string());
    REQUIRE(world.await(world.users.add("ann", "a good password", {auth::Role::approver})));
    const auto user = world.await(world.users.authenticate("ann", "a good password"));
    REQUIRE(user);
    CHECK(world.ask("GET", "/api/v1/audit", {{"Authorization", "Bearer " + world.tokens.issue(*user).text}})->status ==
          403);
}
