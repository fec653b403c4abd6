// Who may do what over HTTP. The table is that of docs/api.md: every route that a host serves is asked by every role,
// by keys of every scope, by nobody, and with every kind of credential that is not to be believed.
#include "auth/base64.hpp"
#include "http/health_routes.hpp"
#include "tests/unit/http_routes/api_world.hpp"

#include <algorithm>
#include <fstream>
#include <map>

using namespace treasurer;
using namespace treasurer::http;
using auth::Permission;
using auth::Role;

namespace {

constexpr const char* some_id = "0192d4e0-7c1a-7cc3-98c4-dc0c0c07398f";

/// "GET /api/v1/vendors" to "viewer", as the document says.
std::map<std::string, std::string> documented() {
    std::map<std::string, std::string> out;
    std::ifstream file("docs/api.md");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| `")) continue;
        const auto end = line.find("` | ", 3);
        if (end == std::string::npos) continue;
        // Of "anyone, or viewer with …" what holds by default.
        const auto who = line.substr(end + 4, std::min(line.find(" | ", end + 4), line.find(',', end + 4)) - end - 4);
        const auto endpoint = line.substr(3, end - 3);
        if (endpoint.find(" /") != std::string::npos) out[endpoint] = who;
    }
    return out;
}

const std::vector<Role> every_role = {Role::viewer, Role::submitter, Role::approver, Role::admin};
const std::vector<Permission> every_scope = {Permission::read,
                                             Permission::submit_invoices,
                                             Permission::decide_approvals,
                                             Permission::operate_payments,
                                             Permission::manage_vendors,
                                             Permission::manage_policy,
                                             Permission::manage_users,
                                             Permission::run_reconciliation,
                                             Permission::reset_metrics};

bool is_for(const std::string& who, Role role) {
    return who == "anyone" || who == "signed in" || who == "viewer" || role == Role::admin ||
           who == auth::to_string(role);
}

std::string base64url(std::string_view text) {
    std::string out = auth::base64(text);
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

struct TableWorld : ApiWorld {
    TableWorld() {
        add_health_routes(router, clock, executor, "1",
                          []() -> Task<std::vector<ServiceState>> { co_return std::vector<ServiceState>{}; });
        add_plugins(router, [] { return Json{{"items", Json::array()}}; });
        for (const Role role : every_role) sign_in(std::string(auth::to_string(role)), {role});
    }

    User user(const std::string& name) { return **await(host().store.find<User>(name)); }
    std::string token_of(const std::string& name) { return "Bearer " + tokens.issue(user(name)).text; }
    std::string key_of(const std::string& name, std::vector<Permission> scopes) {
        auth::Principal owner;
        owner.user = name;
        owner.roles = auth::roles_named(user(name).roles);
        const auto made = await(keys.add(owner, {"a program", std::move(scopes), std::chrono::hours(1)}, {}));
        REQUIRE(made);
        return made->text;
    }
    std::string cookie_of(const std::string& name) { return "treasurer_session=" + tokens.issue(user(name)).text; }
    /// The status of a request with an empty body.
    int status_of(const Route& route, Fields headers) {
        std::string path = route.pattern;
        for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
            path.replace(at, path.find('}') - at + 1, some_id);
        return ask(route.method, path, headers)->status;
    }
    bool is_let_in(int status) { return status != 401 && status != 403; }

    auth::Claims claims(const std::string& subject, UnixMillis lifetime_ms = 60'000) {
        return {subject, {"admin"}, 1, "jti-1", clock.unix_ms() - 60'000, clock.unix_ms() + lifetime_ms};
    }
    /// By what is wrong with it: the value of Authorization.
    std::map<std::string, std::string> bad_credentials() {
        const auto key = *auth::key_from_secret(std::string(32, 'k'), "tokens");
        const auto other = *auth::key_from_secret(std::string(32, 'x'), "tokens");
        const auto good = auth::TokenSigner(key).sign(claims("admin"));
        REQUIRE(await(tokens.check(good)));
        const auto payload = good.substr(good.find('.') + 1, good.rfind('.') - good.find('.') - 1);
        const auto changed = [](std::string text, std::size_t at) {
            text[at] = text[at] == 'A' ? 'B' : 'A';
            return text;
        };
        const auto signed_out = tokens.issue(user("admin")).text;
        const auto principal = await(tokens.check(signed_out));
        REQUIRE(principal);
        REQUIRE(await(tokens.revoke(*principal)));
        sign_in("former");
        const auto of_disabled = tokens.issue(user("former")).text;
        const auto key_of_disabled = key_of("former", every_scope);
        REQUIRE(await(users.disable("former")));
        const auto revoked_key = key_of("admin", every_scope);
        const auto record = await(keys.check(revoked_key));
        REQUIRE(record);
        REQUIRE(await(keys.revoke(record->key_id, {}, {})));
        return {
            {"no token", "Bearer x.y.z"},
            {"a changed claim", "Bearer " + changed(good, good.find('.') + 20)},
            {"a changed signature", "Bearer " + changed(good, good.size() - 5)},
            {"a changed header", "Bearer " + changed(good, 5)},
            {"no signature", "Bearer " + good.substr(0, good.rfind('.') + 1)},
            {"alg none", "Bearer " + base64url(R"({"alg":"none","typ":"JWT"})") + "." + payload + "."},
            {"alg none, signed", "Bearer " + base64url(R"({"alg":"none","typ":"JWT"})") + good.substr(good.find('.'))},
            {"another algorithm",
             "Bearer " + base64url(R"({"alg":"HS512","typ":"JWT"})") + good.substr(good.find('.'))},
            {"another key", "Bearer " + auth::TokenSigner(other).sign(claims("admin"))},
            {"another audience", "Bearer " + auth::TokenSigner(key, {}, "staging").sign(claims("admin"))},
            {"expired", "Bearer " + auth::TokenSigner(key).sign(claims("admin", 0))},
            {"of nobody", "Bearer " + auth::TokenSigner(key).sign(claims("stranger"))},
            {"signed out", "Bearer " + signed_out},
            {"of a disabled user", "Bearer " + of_disabled},
            {"another scheme", "Basic YWRtaW46cHc="},
            {"a changed API key", "Bearer " + changed(revoked_key, revoked_key.size() - 1)},
            {"a revoked API key", "Bearer " + revoked_key},
            {"a disabled user's API key", "Bearer " + key_of_disabled},
        };
    }
};

}  // namespace

SCENARIO("every route is for those whom docs/api.md names, and for nobody else", "[http][roles]") {
    TableWorld world;
    const auto table = documented();
    REQUIRE(table.size() > 40);
    for (const Route& route : world.router.routes().routes()) {
        const std::string endpoint = route.method + " " + route.pattern;
        INFO(endpoint);
        const auto row = table.find(endpoint);
        REQUIRE(row != table.end());
        INFO("is for: " << row->second);
        CHECK((row->second == "anyone" || row->second == "signed in" || auth::role_from(row->second)));
        const int nobody = world.status_of(route, {});
        if (row->second == "anyone")
            CHECK(world.is_let_in(nobody));
        else
            CHECK(nobody == 401);
        for (const Role role : every_role) {
            const std::string name(auth::to_string(role));
            INFO("asked by: " << name);
            const int status = world.status_of(route, {{"Authorization", world.token_of(name)}});
            if (is_for(row->second, role))
                CHECK(world.is_let_in(status));
            else
                CHECK(status == 403);
        }
    }
}

SCENARIO("no route believes a credential that is not good", "[http][roles]") {
    TableWorld world;
    const auto table = documented();
    const auto bad = world.bad_credentials();
    for (const Route& route : world.router.routes().routes()) {
        const std::string endpoint = route.method + " " + route.pattern;
        for (const auto& [what, value] : bad) {
            INFO(endpoint << " with " << what);
            const int status = world.status_of(route, {{"Authorization", value}});
            if (table.at(endpoint) == "anyone")
                CHECK(world.is_let_in(status));
            else
                CHECK(status == 401);
        }
        INFO(endpoint << " with two");
        const int of_two =
            world.status_of(route, {{"Authorization", world.token_of("admin")}, {"Authorization", "Bearer x"}});
        if (table.at(endpoint) == "anyone")
            CHECK((world.is_let_in(of_two) && of_two != 400));
        else
            CHECK(of_two == 400);
    }
}

SCENARIO("a session's cookie reaches what its user's token does, from a page of this host alone", "[http][roles]") {
    TableWorld world;
    const auto table = documented();
    for (const Route& route : world.router.routes().routes()) {
        const std::string endpoint = route.method + " " + route.pattern;
        const std::string who = table.at(endpoint);
        for (const Role role : every_role) {
            INFO(endpoint << " with the cookie of " << auth::to_string(role));
            const std::string cookie = world.cookie_of(std::string(auth::to_string(role)));
            const int own = world.status_of(
                route, {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}, {"X-Requested-With", "x"}});
            const int elsewhere = world.status_of(route, {{"Cookie", cookie}, {"Origin", "https://evil.example"}});
            if (is_for(who, role))
                CHECK(world.is_let_in(own));
            else
                CHECK(own == 403);
            if (route.access.needs_sign_in() && route.method != "GET") CHECK(elsewhere == 403);
        }
    }
}

SCENARIO("no route believes a cookie that is not good", "[http][roles]") {
    TableWorld world;
    const auto table = documented();
    std::map<std::string, std::string> bad;
    for (const auto& [what, value] : world.bad_credentials())
        if (value.starts_with("Bearer ")) bad[what] = "treasurer_session=" + value.substr(7);
    bad["an API key"] = "treasurer_session=" + world.key_of("admin", every_scope);
    bad["the name that counts by TLS alone"] = "__Host-treasurer=" + world.token_of("admin").substr(7);
    REQUIRE(bad.size() > 15);
    for (const Route& route : world.router.routes().routes()) {
        const std::string endpoint = route.method + " " + route.pattern;
        for (const auto& [what, cookie] : bad) {
            INFO(endpoint << " with " << what);
            const int status = world.status_of(
                route, {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}, {"X-Requested-With", "x"}});
            if (table.at(endpoint) == "anyone")
                CHECK(world.is_let_in(status));
            else
                CHECK(status == 401);
        }
        INFO(endpoint << " with two credentials");
        const std::string token = world.token_of("admin");
        const int of_two = world.status_of(route, {{"Authorization", token},
                                                   {"Cookie", "treasurer_session=" + token.substr(7)},
                                                   {"Sec-Fetch-Site", "same-origin"},
                                                   {"X-Requested-With", "x"}});
        if (table.at(endpoint) == "anyone")
            CHECK(world.is_let_in(of_two));
        else
            CHECK(of_two == 400);
    }
}

SCENARIO("an API key reaches the routes of its scope that its user's role reaches, and no others", "[http][roles]") {
    TableWorld world;
    std::map<Permission, std::string> keys;
    for (const Permission scope : every_scope) keys[scope] = world.key_of("admin", {scope});
    User lesser = world.user("viewer");
    lesser.roles = {"admin"};
    world.store_one(lesser);
    const std::string of_former_admin = world.key_of("viewer", every_scope);
    lesser = world.user("viewer");
    lesser.roles = {"viewer"};
    world.store_one(lesser);
    for (const Route& route : world.router.routes().routes()) {
        INFO(route.method << " " << route.pattern);
        if (!route.access.needs_sign_in()) continue;
        for (const Permission scope : every_scope) {
            INFO("scope " << auth::to_string(scope));
            const int status = world.status_of(route, {{"X-API-Key", keys[scope]}});
            if (route.access.permission() == scope)
                CHECK(world.is_let_in(status));
            else
                CHECK(status == 403);
        }
        const int status = world.status_of(route, {{"X-API-Key", of_former_admin}});
        if (route.access.permission() == Permission::read)
            CHECK(world.is_let_in(status));
        else
            CHECK(status == 403);
    }
}
