// Every route that changes something takes Idempotency-Key, or stands here with the reason why not; and each that takes
// one is carried out once under it, also where the host ended before it kept the answer.
#include "records/journal.hpp"
#include "tests/unit/http_routes/api_world.hpp"

#include <map>
#include <set>

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

/// The routes that change nothing a repeat could change again, by name.
const std::map<std::string, std::string> without_a_key = {
    {"token", "changes nothing, and its answer is a secret that may be kept nowhere"},
    {"logout", "ends the token it is sent with: a repeat is a 401, and another token's has to end that one too"},
    {"session.open", "changes nothing, and its answer holds a secret that may be kept nowhere"},
    {"session.close", "ends the session it is sent with: a repeat finds it ended"},
    {"api_keys.create", "its answer is a secret that may be kept nowhere; a key too many is seen and revoked"},
    {"api_keys.revoke", "a repeat finds the key revoked, and says the same"},
    {"users.create", "a digest of its body, and so of a password, may be kept nowhere; a repeat finds the name taken"},
    {"users.password.set", "neither may that of this; it says what is to be, whoever says it again"},
    {"password.set", "nor of this, and a repeat is sent with a token that it has revoked"},
    {"users.roles.set", "says what is to be: a repeat changes nothing"},
    {"users.disable", "says what is to be: a repeat changes nothing"},
    {"users.enable", "says what is to be: a repeat changes nothing"},
    {"metrics.reset", "changes the memory of one host, in which no key is kept"},
};

struct Post {
    std::string name, path;
    json body;
    int status;
    std::string method = "POST";
};

struct Keyed : ApiWorld {
    std::string boss = sign_in("boss");

    Post decision(const std::string& number, const std::string& verb) {
        const Approval asked = waiting(number);
        return {"approvals." + verb,
                "/api/v1/approvals/" + asked.id + "/" + verb,
                {{"payload_hash", asked.payload_hash}, {"reason", "looked at it"}},
                200};
    }
    json policy_now() {
        json out = ask("GET", "/api/v1/policy", {{"Authorization", boss}}).json();
        out["auto_approval_limit"]["amount"] = "450";
        return out;
    }

    /// One of each kind. What a request needs to be there is made first.
    std::vector<Post> every_post() {
        const std::string vendor = add_vendor("Alpine Data", "0xfeed");
        const json account = {{"rail", "bank"}, {"asset", "MNEE"}, {"address", "0xbeef"}};
        REQUIRE(await(quarantine.enter("a test")));
        REQUIRE(await(quarantine.release("test", "to begin with", "r", {})));
        const Approval elsewhere = waiting("INV-4");
        std::vector<Post> out = {
            {"process_invoice", "/api/process-invoice", {{"raw_text", text("INV-1", "11")}}, 200},
            {"invoices.submit", "/api/v1/invoices", {{"text", text("INV-2", "12")}}, 201},
            decision("INV-3", "approve"),
            decision("INV-5", "reject"),
            {"payments.cancel", "/api/v1/payments/" + open_payment() + "/cancel", json::object(), 202},
            {"payments.resolve",
             "/api/v1/payments/" + elsewhere.payment_id + "/resolve",
             {{"outcome", "paid_elsewhere"}, {"reference", "cheque 7"}, {"reason", "paid by hand"}},
             202},
            {"vendors.create", "/api/v1/vendors", {{"name", "Meridian Freight"}, {"accounts", {account}}}, 201},
            {"vendors.accounts.create", "/api/v1/vendors/" + vendor + "/accounts", account, 201},
            {"settings.limit.set", "/api/settings/limit", {{"new_limit", 450}}, 200},
            {"settings.limits.set", "/api/settings/limits", {{"critical_runway_months", 0}}, 200},
            {"reconciliation.run", "/api/v1/reconciliation", json::object(), 200},
            {"breaks.resolve",
             "/api/v1/reconciliation/breaks/" + found_break() + "/resolve",
             {{"action", "book"}, {"reason", "a direct debit"}},
             202},
            {"quarantine.release", "/api/v1/quarantine/release", {{"reason", "looked at it"}}, 200},
            {"policy.put", "/api/v1/policy", policy_now(), 200, "PUT"},
        };
        REQUIRE(await(quarantine.enter("a test")));
        return out;
    }
    RouterBench::Answer send(const Post& post) {
        return ask(post.method, post.path,
                   {{"Authorization", boss},
                    {"If-Match", "*"},
                    {"Content-Type", "application/json"},
                    {"Prefer", "wait=10"},
                    {"Idempotency-Key", "key of " + post.name}},
                   post.body.dump());
    }
    /// Everything anybody did, by the audit trail.
    std::size_t done() {
        atr::Query query;
        query.index = "by_time";
        query.limit = 1000;
        return await(host().store.list<AuditEntry>(query))->items.size();
    }
    /// As if the host had ended between the effect and the answer, a while ago.
    void lose_the_answer() {
        atr::Query query;
        query.index = "by_expiry";
        const auto records = await(host().store.list<IdempotencyRecord>(query));
        REQUIRE(records->items.size() == 1);
        IdempotencyRecord record = records->items.front();
        record.finished = false;
        record.body.clear();
        record.busy_until_ms = clock.unix_ms();
        store_one(record);
    }
};

}  // namespace

SCENARIO("every route that changes something takes a key, or says why not", "[http][idempotency]") {
    ApiWorld world;
    std::set<std::string> excused;
    for (const Route& route : world.router.routes().routes()) {
        if (route.method == "GET") continue;
        INFO(route.method << " " << route.pattern << " (" << route.name << ")");
        const bool is_excused = without_a_key.count(route.name) > 0;
        CHECK(static_cast<bool>(route.retell) != is_excused);
        if (is_excused) excused.insert(route.name);
    }
    CHECK(excused.size() == without_a_key.size());  // the list names no route that is gone
}

SCENARIO("whatever takes a key is done once under it, and told again when its answer was lost", "[http][idempotency]") {
    std::set<std::string> taking;
    std::size_t kinds = 0;
    {
        Keyed world;
        for (const Route& route : world.router.routes().routes())
            if (route.retell) taking.insert(route.name);
        kinds = world.every_post().size();
    }
    for (std::size_t i = 0; i < kinds; ++i) {
        Keyed world;
        const auto posts = world.every_post();
        const Post& post = posts.at(i);
        INFO(post.name);
        // Only what the request is about is held back while the store is in quarantine.
        if (post.name != "quarantine.release") REQUIRE(world.await(world.quarantine.release("test", "over", "r", {})));
        const std::size_t before = world.done();
        const auto first = world.send(post);
        INFO(first->content());
        CHECK(first->status == post.status);
        CHECK(first.header("Idempotency-Replayed") == "absent");
        const std::size_t after = world.done();
        CHECK(after > before);

        const auto repeat = world.send(post);
        CHECK(repeat->status == first->status);
        CHECK(repeat->content() == first->content());
        CHECK(repeat.header("Idempotency-Replayed") == "true");

        world.lose_the_answer();
        const auto told = world.send(post);
        INFO(told->content());
        CHECK(told->status == first->status);
        CHECK(told.header("Idempotency-Replayed") == "true");
        const auto kept = world.send(post);
        CHECK(kept->content() == told->content());
        CHECK(world.done() == after);
        taking.erase(post.name);
    }
    CHECK(taking == std::set<std::string>{});  // each route that takes a key is tried here
}
