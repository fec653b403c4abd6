// dry_run=true: whatever the request would meet is told, and nothing is written, nor kept under a key.
#include "tests/unit/http_routes/dry_world.hpp"

#include <map>
#include <set>

using namespace dry_runs;

namespace {

/// What cannot be tried without being done, and why.
const std::map<std::string, std::string> without_dry_run = {
    {"token", "its answer is what it does"},
    {"logout", "there is nothing that could refuse it"},
    {"session.open", "its answer is what it does"},
    {"session.close", "there is nothing that could refuse it"},
    {"reconciliation.run", "it changes nothing but what is known of the books, and that is what it is asked for"},
    {"metrics.reset", "there is nothing that could refuse it"},
};

}  // namespace

SCENARIO("every route that changes something takes a dry run, or says why not", "[http][dry_run]") {
    DryWorld world;
    std::set<std::string> rehearsed, tried;
    for (const auto& row : world.every_kind()) tried.insert(row.name);
    for (const Route& route : world.router.routes().routes()) {
        if (route.method == "GET") continue;
        INFO(route.name);
        const auto& names = route.parameters.value();
        const bool takes = std::find(names.begin(), names.end(), "dry_run") != names.end();
        CHECK(takes != (without_dry_run.count(route.name) > 0));
        if (takes) rehearsed.insert(route.name);
        if (takes) continue;
        const auto refused = world.untouched([&] {
            return world.ask(route.method, route.pattern + "?dry_run=true", {{"Authorization", world.boss}});
        });
        CHECK(refused->status == 422);
        CHECK(refused.json().at("detail") == "This cannot be tried without being done.");
        CHECK(refused.json().at("errors").at(0).at("pointer") == "/dry_run");
    }
    CHECK(rehearsed == tried);  // each of them is tried below
}

SCENARIO("a dry run tells what would be, and changes nothing", "[http][dry_run]") {
    const std::size_t kinds = DryWorld().every_kind().size();
    for (std::size_t i = 0; i < kinds; ++i) {
        DryWorld world;
        const Row row = world.every_kind().at(i);
        if (row.name == "quarantine.release") REQUIRE(world.await(world.quarantine.enter("a test")));
        INFO(row.method << " " << row.target);
        const std::string key = "key of " + row.name;
        const auto dry = world.dry(row.method, row.target, row.body, key);
        INFO(dry->content());
        CHECK(dry->status == row.status);
        CHECK(dry.header("Dry-Run") == "true");
        for (const char* name : {"Location", "ETag", "Preference-Applied"}) CHECK(dry.header(name) == "absent");
        CHECK(world.send(row.method, row.target + "?dry_run=yes", row.body)->status == 422);
        // The key is free: nothing was done under it.
        const auto newest = world.storage.last_seq();
        const auto real = world.send(row.method, row.target, row.body, key);
        INFO(real->content());
        CHECK(real->status < 300);
        CHECK(real.header("Dry-Run") == "absent");
        CHECK(real.header("Idempotency-Replayed") == "absent");
        CHECK(world.storage.last_seq() > newest);
    }
}

SCENARIO("a dry run is for whom the real request is for", "[http][dry_run]") {
    DryWorld world;
    const std::string nobody = world.sign_in("vera", {auth::Role::viewer});
    for (const auto& row : world.every_kind()) {
        if (row.name == "api_keys.create" || row.name == "api_keys.revoke" || row.name == "password.set") continue;
        INFO(row.name);
        const auto asked = world.ask(
            row.method, row.target + "?dry_run=true",
            {{"Authorization", nobody}, {"Content-Type", "application/json"}, {"If-Match", "*"}}, row.body.dump());
        CHECK(asked->status == 403);
    }
}

SCENARIO("a dry run of an invoice says what would become of it", "[http][dry_run][invoices]") {
    DryWorld world;
    const std::string target = GENERATE("/api/v1/invoices", "/api/process-invoice");
    const char* const member = target == "/api/v1/invoices" ? "text" : "raw_text";
    const auto ask = [&](const std::string& text) { return world.dry("POST", target, {{member, text}}); };

    GIVEN("one that would be paid") {
        const json told = ask(world.text("INV-1", "120.5")).json();
        CHECK(told.at("dry_run") == true);
        CHECK(told.at("outcome") == "pay");
        CHECK(told.at("creditor").at("address") == DryWorld::wallet);
        CHECK(told.at("rail") == "bank");
        CHECK(told.at("amount_due") == json{{"amount", "120.5"}, {"asset", "MNEE"}});
        CHECK(told.at("funds").at("needed").at("amount") == "120.5");
        CHECK(told.at("funds").at("available").at("amount") == "100000");
        CHECK(told.at("funds").at("sufficient") == true);
        CHECK(told.at("decision").at("outcome") == "pay");
        CHECK(told.at("decision").at("reasons").size() > 3);
        CHECK(told.at("fields").at(0).at("evidence").at("quote") == "Acme Hosting");
        CHECK(told.at("duplicate_of").is_null());
        CHECK_FALSE(told.contains("id"));
        CHECK_FALSE(told.contains("invoice_id"));
        CHECK_FALSE(told.contains("payment_id"));
    }
    GIVEN("one that a person would be asked about") {
        const json told = ask(world.text("INV-1", "501")).json();
        CHECK(told.at("outcome") == "ask");
        CHECK(told.at("creditor").at("address") == DryWorld::wallet);
        CHECK(told.at("reason").get<std::string>().find("500") != std::string::npos);
    }
    GIVEN("one that there are no funds for") {
        const json told = ask(world.text("INV-1", "100001")).json();
        CHECK(told.at("outcome") == "ask");
        CHECK(told.at("funds").at("sufficient") == false);
    }
    GIVEN("one that policy refuses") {
        const json told = ask(world.text("INV-1", "-5")).json();
        CHECK(told.at("outcome") == "refuse");
        CHECK(told.at("creditor").is_null());
        CHECK(told.at("rail").is_null());
    }
    GIVEN("one that was submitted before") {
        const auto first = world.submit_raw(world.text("INV-1"));
        for (const char* copy : {"", "a copy: of it\n"}) {
            const json told = ask(world.text("INV-1") + copy).json();
            CHECK(told.at("outcome") == "duplicate");
            CHECK(told.at("duplicate_of") == first.invoice.id);
        }
    }
    GIVEN("one that cannot be read") {
        const auto refused = ask("The weather is fine.");
        CHECK(refused->status == 422);
        CHECK(refused.json().at("code") == "unreadable_document");
        CHECK(refused.json().at("errors").at(0).at("pointer") == std::string("/") + member);
        CHECK(refused.header("Dry-Run") == "absent");
    }
    GIVEN("one that is too long") {
        const auto refused = ask(std::string(101 * 1024, 'x'));
        CHECK(refused->status == (target == "/api/v1/invoices" ? 422 : 413));
        CHECK(refused->status == world.send("POST", target, {{member, std::string(101 * 1024, 'x')}})->status);
    }
}

SCENARIO("a document is tried under its own media type, and in a form", "[http][dry_run][invoices]") {
    DryWorld world;
    const auto ask = [&](const std::string& type, const std::string& body) {
        return world.untouched([&] {
            return world.ask("POST", "/api/v1/invoices?dry_run=true",
                             {{"Authorization", world.boss}, {"Content-Type", type}}, body);
        });
    };
    CHECK(ask("text/plain", world.text("INV-1")).json().at("outcome") == "pay");
    CHECK(ask("application/x-spreadsheet", world.text("INV-1"))->status == 415);
    const std::string form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" +
                             world.text("INV-1") + "\r\n--x\r\nContent-Disposition: form-data; name=\"amount\"\r\n\r\n";
    CHECK(ask("multipart/form-data; boundary=x", form + "100\r\n--x--\r\n").json().at("outcome") == "pay");
    CHECK(ask("multipart/form-data; boundary=x", form + "7\r\n--x--\r\n").json().at("outcome") != "pay");
    CHECK(ask("multipart/form-data; boundary=x", "--x--\r\n")->status == 422);
}

SCENARIO("a dry run of a decision is told what the decision would be told", "[http][dry_run][approvals]") {
    DryWorld world;
    const Approval asked = world.waiting("INV-3");
    const std::string approve = "/api/v1/approvals/" + asked.id + "/approve";
    const json body = {{"payload_hash", asked.payload_hash}};
    const json told = world.dry("POST", approve, body).json();
    CHECK(told.at("status") == "approved");
    CHECK(told.at("payment").at("state") == "prepared");
    CHECK(told.at("given").at(0).at("by") == "boss");
    CHECK(world.get("/api/v1/approvals/" + asked.id).at("status") == "pending");
    CHECK(world.dry("POST", approve, {{"payload_hash", "another"}}).json().at("code") == "payload_hash_mismatch");

    // The second person's word ends a payment; the dry run of it knows the first's.
    const std::string resolve = "/api/v1/payments/" + asked.payment_id + "/resolve";
    const json word = {{"outcome", "paid_elsewhere"}, {"reference", "cheque 7"}};
    CHECK(world.dry("POST", resolve, word).json().at("state") == "waiting_approval");
    CHECK(world.send("POST", resolve, word)->status == 202);
    CHECK(world.dry("POST", resolve, word).json().at("state") == "waiting_approval");  // no second person
    const std::string other = world.sign_in("anna");
    const auto ended = world.untouched([&] {
        return world.ask("POST", resolve + "?dry_run=true",
                         {{"Authorization", other}, {"Content-Type", "application/json"}}, word.dump());
    });
    CHECK(ended.json().at("state") == "cancelled");

    world.clock.advance(8 * 86'400'000LL);
    const std::string late = "Bearer " + world.tokens.issue(**world.await(world.users.find("anna"))).text;
    const auto expired = world.untouched([&] {
        return world.ask("POST", approve + "?dry_run=true",
                         {{"Authorization", late}, {"Content-Type", "application/json"}}, body.dump());
    });
    CHECK(expired.json().at("code") == "expired");
}

SCENARIO("a dry run shows what the real one would", "[http][dry_run]") {
    DryWorld world;
    const auto dry = world.dry("POST", "/api/v1/vendors", {{"name", "Meridian Freight"}, {"accounts", {an_account}}});
    CHECK(dry.json().at("name") == "Meridian Freight");
    CHECK(dry.json().at("id").is_null());
    CHECK(dry.json().at("accounts").at(0).at("id").is_null());
    CHECK(dry.json().at("accounts").at(0).at("status") == "active");
    const auto more = world.dry("POST", "/api/v1/vendors/" + world.vendor + "/accounts", an_account);
    CHECK(more.json().at("id") == world.vendor);
    CHECK(more.json().at("accounts").back().at("address") == "0xbeef");
    CHECK(more.json().at("accounts").back().at("status") == "cooling_off");
    CHECK(world.dry("POST", "/api/settings/limit", {{"new_limit", 1}}).json().at("limit") == 1);
    REQUIRE(world.await(world.users.add("ruth", "a good password", {auth::Role::viewer})));
    CHECK(world.dry("PUT", "/api/v1/users/ruth/roles", {{"roles", {"approver"}}}).json().at("roles") ==
          json{"approver"});
    CHECK(world.dry("POST", "/api/v1/users/ruth/disable", json::object()).json().at("disabled") == true);
    CHECK(world.get("/api/v1/users/ruth").at("roles") == json{"viewer"});
    const json key = world.dry("POST", "/api/v1/api-keys", {{"name", "mine"}, {"scopes", {"read"}}}).json();
    CHECK(key.at("name") == "mine");
    CHECK(key.at("id").is_null());
    CHECK(key.at("prefix").is_null());
    CHECK_FALSE(key.contains("key"));
}

SCENARIO("a dry run is refused for what the real one would be refused for", "[http][dry_run]") {
    DryWorld world;
    const auto status = [&](const std::string& method, const std::string& target, const json& body) {
        return world.dry(method, target, body)->status;
    };
    CHECK(status("POST", "/api/v1/vendors", {{"name", "ALPINE  data"}}) == 409);
    CHECK(status("POST", "/api/v1/vendors",
                 {{"name", "Nova"}, {"accounts", {{{"rail", "ship"}, {"asset", "MNEE"}, {"address", "x"}}}}}) == 422);
    CHECK(status("POST", "/api/v1/vendors/nobody/accounts", an_account) == 404);
    CHECK(status("POST", "/api/settings/limit", {{"new_limit", -1}}) == 422);
    json policy = world.get("/api/v1/policy");
    policy["auto_approval_limit"]["asset"] = "EUR";
    CHECK(status("PUT", "/api/v1/policy", policy) == 422);
    CHECK(status("POST", "/api/v1/payments/nobody/cancel", json::object()) == 404);
    CHECK(status("POST", "/api/v1/quarantine/release", {{"reason", "looked"}}) == 409);
    CHECK(status("POST", "/api/v1/users/boss/disable", json::object()) == 409);
    CHECK(status("POST", "/api/v1/users", {{"name", "boss"}, {"password", "a good password"}, {"roles", {"viewer"}}}) ==
          409);
    CHECK(status("PUT", "/api/v1/password", {{"password", "another password"}, {"current_password", "a wrong one"}}) ==
          422);
    CHECK(status("DELETE", "/api/v1/api-keys/nobody", json::object()) == 404);
}

SCENARIO("guessing a password by dry runs is throttled as guessing is", "[http][dry_run]") {
    DryWorld world;
    int last = 0;
    for (int guess = 0; guess < 40 && last != 429; ++guess)
        last = world
                   .dry("PUT", "/api/v1/password",
                        {{"password", "another password"}, {"current_password", "guess " + std::to_string(guess)}})
                   ->status;
    CHECK(last == 429);
}

SCENARIO("a dry run under a key that was used is another request, and the real one is told its answer again",
         "[http][dry_run]") {
    DryWorld world;
    const json body = {{"text", world.text("INV-1")}};
    const auto real = world.send("POST", "/api/v1/invoices", body, "a key");
    REQUIRE(real->status == 201);
    const auto dry = world.send("POST", "/api/v1/invoices?dry_run=true", body, "a key");
    CHECK(dry->status == 422);
    CHECK(dry.code() == "idempotency_mismatch");
    CHECK(world.send("POST", "/api/v1/invoices", body, "a key")->content() == real->content());
}
