// dry_run=true: whatever the request would meet is told, and nothing is written, nor kept under a key.
#include "tests/unit/http_routes/api_world.hpp"

#include <map>
#include <set>

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

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

const json an_account = {{"rail", "bank"}, {"asset", "MNEE"}, {"address", "0xbeef"}};

struct Row {
    std::string name, method, target;
    json body;
    int status = 200;
};

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
    /// A dry run that leaves nothing behind.
    RouterBench::Answer dry(const std::string& method, const std::string& target, const json& body,
                            const std::string& key = "") {
        return untouched([&] { return send(method, target + "?dry_run=true", body, key); });
    }
    RouterBench::Answer untouched(const std::function<RouterBench::Answer()>& asking) {
        executor.run_until_idle();
        const auto flushes = storage.flushes(), newest = storage.last_seq();
        const auto moved = rail.events().size();
        const std::string counted = figures();
        auto out = asking();
        executor.run_until_idle();
        CHECK(storage.flushes() == flushes);  // not so much as a commit that was refused
        CHECK(storage.last_seq() == newest);
        CHECK(rail.events().size() == moved);
        CHECK(host().runner.active() == 0);
        CHECK(figures() == counted);
        return out;
    }
    /// What the API counts of invoices and payments.
    std::string figures() {
        const json all = ask("GET", "/metrics", {{"Accept", "application/json"}}).json();
        return json{all.at("invoices_processed"), all.at("transactions_approved"), all.at("transactions_rejected"),
                    all.at("total_amount_processed")}
            .dump();
    }

    std::string text(const std::string& number, const std::string& amount = "100") {
        Text out;
        out.number = number;
        out.amount = amount;
        return out.written();
    }
    Approval waiting(const std::string& number) {
        const auto asked = submit_raw(text(number, "600." + number.substr(number.size() - 1)));
        REQUIRE(asked.kind == intake::SubmitKind::waiting_approval);
        return approval(asked.invoice.approval_id);
    }
    Row decision(const std::string& number, const std::string& verb) {
        const Approval asked = waiting(number);
        return {"approvals." + verb,
                "POST",
                "/api/v1/approvals/" + asked.id + "/" + verb,
                {{"payload_hash", asked.payload_hash}, {"reason", "looked at it"}}};
    }
    std::string open_payment() {
        rail.next_submissions({support::Submission::pending});
        const auto taken = submit_raw(text("INV-OPEN", "7"));
        REQUIRE(taken.kind == intake::SubmitKind::processing);
        return taken.payment.id;
    }
    std::string found_break() {
        atr::RailEvent event;
        event.direction = ATR_DIR_OUT;
        event.state = atr::RailState::settled;
        event.is_final = true;
        event.money = *atr::Money::parse("3", "MNEE");
        rail.note(event);
        const auto report = await(comparison.run(reconcile::Extent::full));
        REQUIRE(report);
        for (const auto& found : report->breaks)
            if (found.kind == reconcile::kind::left_without_us) return reconcile::break_id(found);
        FAIL("the break is not found");
        return {};
    }
    std::string a_key() {
        auth::Principal owner;
        owner.user = "boss";
        owner.roles = {auth::Role::admin};
        auth::ApiKeyWish wish;
        wish.name = "report";
        wish.scopes = {auth::Permission::read};
        const auto made = await(keys.add(owner, wish, {}));
        REQUIRE(made);
        return made->record.id;
    }

    /// One of each kind. What a request needs to be there is made first.
    std::vector<Row> every_kind() {
        REQUIRE(await(users.add("ruth", "a good password", {auth::Role::viewer})));
        REQUIRE(await(users.add("gone", "a good password", {auth::Role::viewer})));
        REQUIRE(await(users.disable("gone")));
        json policy = get("/api/v1/policy");
        policy["auto_approval_limit"]["amount"] = "1";
        return {
            {"process_invoice", "POST", "/api/process-invoice", {{"raw_text", text("INV-1", "11")}}},
            {"invoices.submit", "POST", "/api/v1/invoices", {{"text", text("INV-2", "12")}}},
            decision("INV-3", "approve"),
            decision("INV-5", "reject"),
            {"payments.cancel", "POST", "/api/v1/payments/" + open_payment() + "/cancel", json::object()},
            {"payments.resolve",
             "POST",
             "/api/v1/payments/" + waiting("INV-4").payment_id + "/resolve",
             {{"outcome", "paid_elsewhere"}, {"reference", "cheque 7"}}},
            {"policy.put", "PUT", "/api/v1/policy", policy},
            {"settings.limit.set", "POST", "/api/settings/limit", {{"new_limit", 1}}},
            {"settings.limits.set", "POST", "/api/settings/limits", {{"paused", true}}},
            {"vendors.create", "POST", "/api/v1/vendors", {{"name", "Meridian Freight"}, {"accounts", {an_account}}}},
            {"vendors.accounts.create", "POST", "/api/v1/vendors/" + vendor + "/accounts", an_account},
            {"breaks.resolve",
             "POST",
             "/api/v1/reconciliation/breaks/" + found_break() + "/resolve",
             {{"action", "book"}, {"reason", "a direct debit"}}},
            {"quarantine.release", "POST", "/api/v1/quarantine/release", {{"reason", "looked at it"}}},
            {"users.create",
             "POST",
             "/api/v1/users",
             {{"name", "rob"}, {"password", "a good password"}, {"roles", {"viewer"}}}},
            {"users.roles.set", "PUT", "/api/v1/users/ruth/roles", {{"roles", {"approver"}}}},
            {"users.disable", "POST", "/api/v1/users/ruth/disable", json::object()},
            {"users.enable", "POST", "/api/v1/users/gone/enable", json::object()},
            {"users.password.set", "PUT", "/api/v1/users/ruth/password", {{"password", "another password"}}, 204},
            {"password.set",
             "PUT",
             "/api/v1/password",
             {{"password", "another password"}, {"current_password", "a good password"}},
             204},
            {"api_keys.create", "POST", "/api/v1/api-keys", {{"name", "mine"}, {"scopes", {"read"}}}},
            {"api_keys.revoke", "DELETE", "/api/v1/api-keys/" + a_key(), json::object(), 204},
        };
    }
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
