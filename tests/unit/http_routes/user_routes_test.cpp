#include "tests/unit/http_routes/api_world.hpp"

#include <algorithm>

using namespace treasurer;
using namespace treasurer::http;
using auth::Role;
using nlohmann::json;

namespace {

struct UserWorld : ApiWorld {
    std::string root = sign_in("root");

    RouterBench::Answer send(const std::string& sender, const char* method, const std::string& path,
                             const json& body = json::object()) {
        return ask(method, "/api/v1/users" + path, {{"Authorization", sender}, {"Content-Type", "application/json"}},
                   body.dump());
    }
    int sign_in_status(const std::string& name, const std::string& password) {
        return ask("POST", "/token", {{"Content-Type", "application/json"}},
                   json{{"username", name}, {"password", password}}.dump())
            ->status;
    }
};

}  // namespace

SCENARIO("an admin adds a user, who signs in", "[http][users]") {
    UserWorld world;
    const auto made =
        world.send(world.root, "POST", "", {{"name", "ann"}, {"password", "a good password"}, {"roles", {"viewer"}}});
    REQUIRE(made->status == 201);
    CHECK(made.header("Location") == "/api/v1/users/ann");
    CHECK(made.json()["roles"] == json::array({"viewer"}));
    CHECK(made->content().find("hash") == std::string_view::npos);
    CHECK(world.sign_in_status("ann", "a good password") == 200);
    CHECK(world.send(world.root, "POST", "", {{"name", "ann"}, {"password", "another password"}, {"roles", {"admin"}}})
              ->status == 409);
    const json listed = world.ask("GET", "/api/v1/users", {{"Authorization", world.root}}).json()["items"];
    REQUIRE(listed.size() == 2);
    CHECK(listed[0] == made.json());
    CHECK(world.send(world.root, "GET", "/ann").json() == made.json());
    CHECK(world.send(world.root, "GET", "/nobody")->status == 404);
}

SCENARIO("what is no user is not made", "[http][users]") {
    UserWorld world;
    const std::vector<json> refused = {
        json::object(),
        {{"name", "ann"}, {"password", "a good password"}},
        {{"name", "ann"}, {"password", "a good password"}, {"roles", json::array()}},
        {{"name", "ann"}, {"password", "a good password"}, {"roles", {"root"}}},
        {{"name", "ann"}, {"password", "short"}, {"roles", {"viewer"}}},
        {{"name", "Ann Smith"}, {"password", "a good password"}, {"roles", {"viewer"}}},
        {{"name", "ann"}, {"password", "a good password"}, {"roles", {"viewer"}}, {"disabled", true}},
    };
    for (const json& body : refused) {
        INFO(body.dump());
        CHECK(world.send(world.root, "POST", "", body)->status == 422);
    }
}

SCENARIO("other roles, and being disabled, count at once", "[http][users]") {
    UserWorld world;
    const auto ann = world.sign_in("ann", {Role::viewer});
    const auto may_submit = [&](const std::string& token) {
        return world.ask("POST", "/api/process-invoice", {{"Authorization", token}}, "{}")->status == 422;
    };
    CHECK_FALSE(may_submit(ann));
    const auto set = world.send(world.root, "PUT", "/ann/roles", {{"roles", {"submitter", "viewer"}}});
    CHECK(set->status == 200);
    CHECK(set.json()["roles"] == json::array({"submitter", "viewer"}));
    CHECK(may_submit(ann));
    CHECK(world.send(world.root, "PUT", "/nobody/roles", {{"roles", {"viewer"}}})->status == 404);
    CHECK(world.send(world.root, "PUT", "/ann/roles", {{"roles", json::array()}})->status == 422);

    CHECK(world.send(world.root, "POST", "/ann/disable").json()["disabled"] == true);
    CHECK(world.send(world.root, "POST", "/ann/disable")->status == 200);
    CHECK(world.ask("GET", "/api/v1/invoices", {{"Authorization", ann}})->status == 401);
    CHECK(world.sign_in_status("ann", "a good password") == 401);
    CHECK(world.send(world.root, "POST", "/ann/enable").json()["disabled"] == false);
    CHECK(world.sign_in_status("ann", "a good password") == 200);
    THEN("a token of before does not live again") {
        CHECK(world.ask("GET", "/api/v1/invoices", {{"Authorization", ann}})->status == 401);
    }
    THEN("every change stands in the audit trail") {
        std::vector<std::string> actions;
        const auto entries = world.await(world.host().store.list<AuditEntry>({}));
        for (const auto& entry : entries->items)
            if (entry.actor == "root" && entry.subject == "user/ann") actions.push_back(entry.action);
        std::sort(actions.begin(), actions.end());
        CHECK(actions == std::vector<std::string>{"user.disabled", "user.enabled", "user.roles_changed"});
    }
}

SCENARIO("nobody takes its own rights, so one admin is always left", "[http][users]") {
    UserWorld world;
    CHECK(world.send(world.root, "PUT", "/root/roles", {{"roles", {"viewer"}}})->status == 409);
    CHECK(world.send(world.root, "POST", "/root/disable")->status == 409);
}

SCENARIO("a user changes its own password by the one it has, an admin that of others", "[http][users]") {
    UserWorld world;
    const auto ann = world.sign_in("ann", {Role::viewer});
    const auto own = [&](const std::string& token, const json& body) {
        return world
            .ask("PUT", "/api/v1/password", {{"Authorization", token}, {"Content-Type", "application/json"}},
                 body.dump())
            ->status;
    };
    CHECK(own(ann, {{"password", "another password"}}) == 422);
    CHECK(own(ann, {{"password", "another password"}, {"current_password", "a bad password"}}) == 422);
    CHECK(own(ann, {{"password", "another password"}, {"current_password", "a good password"}}) == 204);
    CHECK(world.sign_in_status("ann", "another password") == 200);
    CHECK(world.ask("GET", "/api/v1/invoices", {{"Authorization", ann}})->status == 401);
    CHECK(world.send(world.root, "PUT", "/ann/password", {{"password", "given by root"}})->status == 204);
    CHECK(world.sign_in_status("ann", "given by root") == 200);
    CHECK(world.send(world.root, "PUT", "/ann/password", {{"password", "short"}})->status == 422);
    CHECK(world.send(world.root, "PUT", "/root/password", {{"password", "without the old"}})->status == 409);
    THEN("guessing it with a stolen token is slowed as a sign-in is") {
        const auto stolen = world.sign_in("bob", {Role::viewer});
        int last = 0;
        for (int i = 0; i < 25 && last != 429; ++i)
            last = own(stolen, {{"password", "another password"}, {"current_password", "guess " + std::to_string(i)}});
        CHECK(last == 429);
    }
}
