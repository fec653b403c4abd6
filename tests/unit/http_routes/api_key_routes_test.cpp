#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using auth::Role;
using nlohmann::json;

namespace {

struct KeyWorld : ApiWorld {
    RouterBench::Answer post(const std::string& sender, const json& body) {
        return ask("POST", "/api/v1/api-keys", {{"Authorization", sender}, {"Content-Type", "application/json"}},
                   body.dump());
    }
    json make(const std::string& sender, const json& scopes) {
        const auto made = post(sender, {{"name", "nightly"}, {"scopes", scopes}});
        INFO(made->content());
        REQUIRE(made->status == 201);
        return made.json();
    }
    json list(const std::string& sender, const std::string& query = "") {
        const auto listed = ask("GET", "/api/v1/api-keys" + query, {{"Authorization", sender}});
        REQUIRE(listed->status == 200);
        return listed.json()["items"];
    }
    int revoke(const std::string& sender, const json& key) {
        return ask("DELETE", "/api/v1/api-keys/" + key["id"].get<std::string>(), {{"Authorization", sender}})->status;
    }
};

}  // namespace

SCENARIO("a user makes a key, sees its secret once, uses it and revokes it", "[http][api_keys]") {
    KeyWorld world;
    const auto ann = world.sign_in("ann", {Role::submitter});
    const auto answer = world.post(ann, {{"name", "nightly"}, {"scopes", {"read"}}, {"expires_in_s", 3600}});
    REQUIRE(answer->status == 201);
    CHECK(answer.header("Cache-Control") == "no-store");
    const json made = answer.json();
    const std::string key = made["key"];
    CHECK(key.starts_with(made["prefix"].get<std::string>()));
    CHECK(made["user"] == "ann");
    CHECK(made["status"] == "active");
    CHECK(made["scopes"] == json::array({"read"}));
    CHECK(made["last_used_at"].is_null());

    CHECK(world.ask("GET", "/api/v1/invoices", {{"X-API-Key", key}})->status == 200);
    CHECK(world.ask("POST", "/api/process-invoice", {{"X-API-Key", key}}, "{}")->status == 403);
    world.executor.run_until([&] { return world.host().scope.running() == 0; });
    const json listed = world.list(ann);
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["id"] == made["id"]);
    CHECK_FALSE(listed[0]["last_used_at"].is_null());
    CHECK_FALSE(listed[0].contains("key"));
    CHECK(listed.dump().find(key.substr(key.size() - 64)) == std::string::npos);
    CHECK_FALSE(listed[0].contains("secret_hash"));

    CHECK(world.revoke(ann, made) == 204);
    CHECK(world.revoke(ann, made) == 204);
    CHECK(world.ask("GET", "/api/v1/invoices", {{"X-API-Key", key}})->status == 401);
    CHECK(world.list(ann)[0]["status"] == "revoked");
}

SCENARIO("a user has to do with its own keys alone, who manages users with all", "[http][api_keys]") {
    KeyWorld world;
    const auto ann = world.sign_in("ann", {Role::viewer}), bob = world.sign_in("bob", {Role::viewer}),
               root = world.sign_in("root");
    const json made = world.make(ann, {"read"});
    world.make(bob, {"read"});
    CHECK(world.list(ann).size() == 1);
    CHECK(world.list(ann, "?user=ann").size() == 1);
    CHECK(world.ask("GET", "/api/v1/api-keys?user=bob", {{"Authorization", ann}})->status == 403);
    CHECK(world.ask("GET", "/api/v1/api-keys?owner=bob", {{"Authorization", ann}})->status == 422);
    CHECK(world.list(root).size() == 2);
    CHECK(world.list(root, "?user=ann")[0]["user"] == "ann");
    CHECK(world.revoke(bob, made) == 404);
    CHECK(world.revoke(root, made) == 204);
    CHECK(world.revoke(root, {{"id", "nothing"}}) == 404);
}

SCENARIO("a key makes, shows and revokes no keys, and signs nobody out", "[http][api_keys]") {
    KeyWorld world;
    const auto root = world.sign_in("root");
    const json made = world.make(root, {"read", "manage_users"});
    const std::string key = "Bearer " + made["key"].get<std::string>();
    CHECK(world.post(key, {{"name", "more"}, {"scopes", {"read"}}})->status == 403);
    CHECK(world.ask("GET", "/api/v1/api-keys", {{"Authorization", key}})->status == 403);
    CHECK(world.revoke(key, made) == 403);
    CHECK(world.ask("POST", "/logout", {{"Authorization", key}})->status == 403);
}

SCENARIO("a disabled user's keys are dead", "[http][api_keys]") {
    KeyWorld world;
    const auto ann = world.sign_in("ann", {Role::viewer});
    const std::string key = world.make(ann, {"read"})["key"];
    CHECK(world.ask("GET", "/api/v1/invoices", {{"X-API-Key", key}})->status == 200);
    REQUIRE(world.await(world.users.disable("ann")));
    CHECK(world.ask("GET", "/api/v1/invoices", {{"X-API-Key", key}})->status == 401);
}

SCENARIO("a key that is not well-formed, or for more than its maker may, is not made", "[http][api_keys]") {
    KeyWorld world;
    const auto ann = world.sign_in("ann", {Role::viewer});
    const std::vector<json> refused = {
        json::object(),
        {{"name", "x"}},
        {{"name", "x"}, {"scopes", json::array()}},
        {{"name", "x"}, {"scopes", "read"}},
        {{"name", "x"}, {"scopes", {"everything"}}},
        {{"name", "x"}, {"scopes", {7}}},
        {{"name", "x"}, {"scopes", {"manage_policy"}}},
        {{"name", std::string(101, 'x')}, {"scopes", {"read"}}},
        {{"name", "x"}, {"scopes", {"read"}}, {"expires_in_s", 0}},
        {{"name", "x"}, {"scopes", {"read"}}, {"expires_in_s", 91 * 86'400}},
        {{"name", "x"}, {"scopes", {"read"}}, {"user", "root"}},
    };
    for (const json& body : refused) {
        INFO(body.dump());
        CHECK(world.post(ann, body)->status == 422);
    }
    CHECK(world.list(ann).empty());
}
