#include "auth/users.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "auth/revoked_token.hpp"
#include "auth/tokens.hpp"
#include "records/expired.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;
using namespace treasurer::auth;

namespace {

struct Host {
    support::StoreBench& bench;
    PasswordHasher passwords{bench.executor, {.memory_bytes = 64 * 1024, .passes = 1}};
    Users users{bench.store, passwords, bench.clock, bench.random};
    Tokens tokens{bench.store, bench.clock, *key_from_secret("0123456789abcdef0123456789abcdef", "tokens"), {}};
};

template <class T>
std::int32_t code_of(const atr::Result<T>& result) {
    REQUIRE_FALSE(result);
    return result.error().code;
}

}  // namespace

TEST_CASE("a user signs in with the password given, and with no other", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    REQUIRE(bench.await(host.users.add("ann@acme.example", "a good password", {Role::approver, Role::viewer})));
    const auto user = bench.await(host.users.authenticate("ann@acme.example", "a good password"));
    REQUIRE(user);
    CHECK(user->roles == std::vector<std::string>{"approver", "viewer"});
    CHECK(code_of(bench.await(host.users.authenticate("ann@acme.example", "a bad password"))) == ATR_E_AUTH);
    CHECK(code_of(bench.await(host.users.authenticate("nobody", "a good password"))) == ATR_E_AUTH);
    CHECK(code_of(bench.await(host.users.authenticate("Ann@acme.example", "a good password"))) == ATR_E_AUTH);
    REQUIRE(bench.await(host.users.disable("ann@acme.example")));
    CHECK(code_of(bench.await(host.users.authenticate("ann@acme.example", "a good password"))) == ATR_E_AUTH);
}

TEST_CASE("names, passwords and roles keep their rules", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    const auto name = GENERATE(as<std::string>{}, "", "Ann", "a b", "a/b", "ä", std::string(65, 'a'));
    CHECK(code_of(bench.await(host.users.add(name, "a good password", {Role::viewer}))) == ATR_E_BAD_INPUT);
    CHECK(code_of(bench.await(host.users.add("ann", "too short", {Role::viewer}))) == ATR_E_BAD_INPUT);
    CHECK(code_of(bench.await(host.users.add("ann", "a good password", {}))) == ATR_E_BAD_INPUT);
    CHECK(bench.await(host.users.add(std::string(64, 'a'), "a good password", {Role::viewer})));
}

TEST_CASE("a name is given once, and every change leaves an audit entry", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    REQUIRE(bench.await(host.users.add("ann", "a good password", {Role::viewer}, Actor{"root", "r1"})));
    CHECK(bench.await(host.users.add("ann", "another password", {Role::admin})).outcome() == atr::Outcome::conflict);
    REQUIRE(bench.await(host.users.set_password("ann", "another password")));
    CHECK(bench.await(host.users.set_password("bob", "another password")).outcome() == atr::Outcome::not_found);
    const auto entries = bench.await(bench.store.list<AuditEntry>({}));
    REQUIRE(entries);
    REQUIRE(entries->items.size() == 2);
    CHECK(entries->items[0].actor == "root");
    CHECK(entries->items[0].action == "user.added");
    CHECK(entries->items[1].action == "user.password_changed");
    CHECK(entries->items[1].subject == "user/ann");
}

TEST_CASE("two admins that disable each other at the same moment do not leave nobody", "[auth]") {
    support::StoreBench bench;
    Host host{bench}, other{bench};
    for (const char* name : {"ann", "bob"})
        REQUIRE(bench.await(host.users.add(name, "a good password", {Role::admin})));
    std::vector<bool> done;
    const auto disable = [](Users& users, std::string whom, std::string by, std::vector<bool>& into) -> Task<> {
        Task<atr::Result<User>> disabling = users.disable(std::move(whom), Actor{std::move(by)});
        const atr::Result<User> disabled = co_await disabling;
        into.push_back(disabled.has_value());
    };
    bench.scope.spawn(disable(host.users, "ann", "bob", done));
    bench.scope.spawn(disable(other.users, "bob", "ann", done));
    bench.executor.run_until([&] { return done.size() == 2; });
    CHECK(std::count(done.begin(), done.end(), true) == 1);
    const bool ann_is_disabled = (*bench.await(host.users.find("ann")))->disabled;
    const bool bob_is_disabled = (*bench.await(host.users.find("bob")))->disabled;
    CHECK(ann_is_disabled != bob_is_disabled);
    // Who was disabled does nothing any more, whatever its token says.
    const std::string gone = ann_is_disabled ? "ann" : "bob", left = ann_is_disabled ? "bob" : "ann";
    CHECK(bench.await(host.users.set_roles(left, {Role::viewer}, Actor{gone})).outcome() == atr::Outcome::conflict);
}

TEST_CASE("the first start makes one admin, later starts none", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    SECTION("with the operator's password") {
        const auto first = bench.await(host.users.ensure_admin("chosen by ops"));
        REQUIRE(first);
        CHECK(first->made);
        CHECK_FALSE(first->generated_password);
        CHECK(bench.await(host.users.authenticate("admin", "chosen by ops")));
    }
    SECTION("with a random one") {
        const auto first = bench.await(host.users.ensure_admin(std::nullopt));
        REQUIRE(first);
        REQUIRE(first->generated_password);
        CHECK(first->generated_password->size() == 24);
        CHECK(bench.await(host.users.authenticate("admin", *first->generated_password)));
    }
    const auto second = bench.await(host.users.ensure_admin("something else"));
    REQUIRE(second);
    CHECK_FALSE(second->made);
    CHECK(bench.await(host.users.list(10, ""))->items.size() == 1);
}

TEST_CASE("a bad first password is an error, not a host without an admin", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    CHECK(code_of(bench.await(host.users.ensure_admin("short"))) == ATR_E_BAD_INPUT);
}

TEST_CASE("of two hosts that start at once, one makes the admin", "[auth]") {
    support::StoreBench bench;
    Host first{bench}, second{bench};
    std::vector<FirstAdmin> made;
    const auto start = [](Users& users, std::vector<FirstAdmin>& out) -> Task<> {
        Task<atr::Result<FirstAdmin>> call = users.ensure_admin(std::nullopt);
        const atr::Result<FirstAdmin> result = co_await call;
        if (result) out.push_back(*result);
    };
    bench.scope.spawn(start(first.users, made));
    bench.scope.spawn(start(second.users, made));
    bench.executor.run_until([&] { return bench.scope.running() == 0; });
    REQUIRE(made.size() == 2);
    CHECK(made[0].made != made[1].made);
    const auto& winner = made[0].made ? made[0] : made[1];
    CHECK(bench.await(first.users.authenticate("admin", *winner.generated_password)));
    CHECK_FALSE((made[0].made ? made[1] : made[0]).generated_password);
}

TEST_CASE("a user looked up again within two seconds costs no read, and is never older", "[auth]") {
    support::StoreBench bench;
    Host host{bench}, other{bench};
    REQUIRE(bench.await(host.users.add("ann", "a good password", {Role::viewer})));
    CHECK(*bench.await(host.users.find("ann")));
    const auto reads = bench.storage.reads();
    CHECK((*bench.await(host.users.find("ann")))->id == "ann");
    CHECK(bench.storage.reads() == reads);
    REQUIRE(bench.await(other.users.disable("ann")));
    bench.clock.advance(2000);
    CHECK((*bench.await(host.users.find("ann")))->disabled);
    CHECK_FALSE(*bench.await(host.users.find("nobody")));
}

TEST_CASE("a checked token is known for two seconds without asking storage", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    const auto ann = bench.await(host.users.add("ann", "a good password", {Role::approver}));
    REQUIRE(ann);
    const auto token = host.tokens.issue(*ann);
    CHECK(token.expires_in.count() == 1800);
    CHECK_FALSE(host.tokens.cached(token.text));
    const auto principal = bench.await(host.tokens.check(token.text));
    REQUIRE(principal);
    CHECK(principal->user == "ann");
    CHECK(principal->may(Permission::decide_approvals));
    CHECK_FALSE(principal->may(Permission::submit_invoices));
    bench.clock.advance(1999);
    CHECK(host.tokens.cached(token.text));
    bench.clock.advance(1);
    CHECK_FALSE(host.tokens.cached(token.text));
}

SCENARIO("storage is not asked again and again about a token that it has refused", "[auth]") {
    support::StoreBench bench;
    Host host{bench};
    host.users.on_changed([&](std::string_view user) { host.tokens.forget_user(user); });
    const auto ann = bench.await(host.users.add("ann", "a good password", {Role::viewer}));
    REQUIRE(ann);
    const auto token = host.tokens.issue(*ann).text;
    REQUIRE(bench.await(host.users.disable("ann")));
    const auto reads = [&] {
        const auto before = bench.storage.reads();
        for (int i = 0; i < 10; ++i) CHECK(code_of(bench.await(host.tokens.check(token))) == ATR_E_AUTH);
        return bench.storage.reads() - before;
    };
    CHECK(reads() == 1);
    bench.clock.advance(2000);
    CHECK(reads() == 1);
    THEN("and takes his next one at once when he is enabled") {
        const auto again = bench.await(host.users.enable("ann"));
        REQUIRE(again);
        CHECK(bench.await(host.tokens.check(host.tokens.issue(*again).text)));
    }
}

TEST_CASE("a token dies with sign-out, a new password, a disabled user, or its time", "[auth]") {
    support::StoreBench bench;
    Host host{bench}, other{bench};
    const auto ann = bench.await(host.users.add("ann", "a good password", {Role::viewer}));
    const auto token = host.tokens.issue(*ann).text;
    const auto sibling = host.tokens.issue(*ann).text;
    const auto principal = bench.await(host.tokens.check(token));
    REQUIRE(principal);
    REQUIRE(bench.await(other.tokens.check(token)));

    SECTION("signed out: at once here, within two seconds elsewhere, other tokens live on") {
        REQUIRE(bench.await(host.tokens.revoke(*principal)));
        REQUIRE(bench.await(host.tokens.revoke(*principal)));
        CHECK_FALSE(host.tokens.cached(token));
        CHECK(code_of(bench.await(host.tokens.check(token))) == ATR_E_AUTH);
        bench.clock.advance(2000);
        CHECK_FALSE(other.tokens.cached(token));
        CHECK(code_of(bench.await(other.tokens.check(token))) == ATR_E_AUTH);
        CHECK(bench.await(host.tokens.check(sibling)));
        AND_WHEN("it has expired") {
            bench.clock.advance(1'800'000);
            THEN("its revocation is removed") {
                const auto remove = [&] {
                    return *bench.await(remove_expired(bench.store, RevokedToken::collection, bench.clock.unix_ms()));
                };
                CHECK(remove() == 1);
                CHECK(remove() == 0);
            }
        }
    }
    SECTION("new password") {
        host.users.on_changed([&](std::string_view user) { host.tokens.forget_user(user); });
        REQUIRE(bench.await(host.users.set_password("ann", "another password")));
        CHECK_FALSE(host.tokens.cached(token));
        CHECK(code_of(bench.await(host.tokens.check(token))) == ATR_E_AUTH);
    }
    SECTION("disabled") {
        REQUIRE(bench.await(host.users.disable("ann")));
        bench.clock.advance(2000);
        CHECK(code_of(bench.await(host.tokens.check(token))) == ATR_E_AUTH);
    }
    SECTION("expired, even while it is remembered") {
        bench.clock.advance(1'799'000);
        REQUIRE(bench.await(host.tokens.check(token)));
        bench.clock.advance(1000);
        CHECK_FALSE(host.tokens.cached(token));
        CHECK(code_of(bench.await(host.tokens.check(token))) == ATR_E_AUTH);
    }
}

TEST_CASE("the permission table", "[auth]") {
    struct Row {
        Permission permission;
        bool viewer, submitter, approver;
    };
    const Row row = GENERATE(
        Row{Permission::read, true, true, true}, Row{Permission::submit_invoices, false, true, false},
        Row{Permission::decide_approvals, false, false, true}, Row{Permission::operate_payments, false, false, true},
        Row{Permission::manage_vendors, false, false, false}, Row{Permission::manage_policy, false, false, false},
        Row{Permission::manage_users, false, false, false}, Row{Permission::run_reconciliation, false, false, false},
        Row{Permission::reset_metrics, false, false, false});
    CHECK(gives(Role::viewer, row.permission) == row.viewer);
    CHECK(gives(Role::submitter, row.permission) == row.submitter);
    CHECK(gives(Role::approver, row.permission) == row.approver);
    CHECK(gives(Role::admin, row.permission));
    CHECK_FALSE(Principal{}.may(row.permission));
    CHECK(role_from("approver") == Role::approver);
    CHECK_FALSE(role_from("root"));
}

TEST_CASE("a cache forgets the least used first and keeps its bound", "[auth]") {
    BoundedCache<int> cache(320);
    cache.put("kept", 1);
    for (int i = 0; i < 5000; ++i) {
        cache.put(std::to_string(i), i);
        CHECK(cache.find("kept") == 1);
    }
    CHECK(cache.size() <= 400);
    CHECK_FALSE(cache.find("0"));
    CHECK(cache.find("4999") == 4999);
    cache.erase("kept");
    CHECK_FALSE(cache.find("kept"));
}
