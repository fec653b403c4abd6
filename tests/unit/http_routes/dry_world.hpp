/// Requests of every kind that changes something, and a look at whether one has left anything behind.
#pragma once

#include "tests/unit/http_routes/api_world.hpp"

namespace dry_runs {

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

inline const json an_account = {{"rail", "bank"}, {"asset", "MNEE"}, {"address", "0xbeef"}};

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

    Row decision(const std::string& number, const std::string& verb) {
        const Approval asked = waiting(number);
        return {"approvals." + verb,
                "POST",
                "/api/v1/approvals/" + asked.id + "/" + verb,
                {{"payload_hash", asked.payload_hash}, {"reason", "looked at it"}}};
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

}  // namespace dry_runs
