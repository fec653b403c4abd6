#include "auth/api_keys.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "records/expired.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;
using namespace treasurer::auth;

namespace {

constexpr UnixMillis day_ms = 86'400'000;

struct KeyHost {
    support::StoreBench& bench;
    ApiKeySettings settings = {};
    PasswordHasher passwords{bench.executor, {.memory_bytes = 64 * 1024, .passes = 1}};
    Users users{bench.store, passwords, bench.clock, bench.random};
    ApiKeys keys{bench.store, bench.clock, bench.random, bench.scope, settings};

    ~KeyHost() {
        bench.executor.run_until([this] { return bench.scope.running() == 0; });
    }

    Principal user(const std::string& name, std::vector<Role> roles) {
        REQUIRE(bench.await(users.add(name, "a good password", roles)));
        Principal out;
        out.user = name;
        out.roles = std::move(roles);
        return out;
    }
    NewApiKey make(const Principal& owner, std::vector<Permission> scopes,
                   std::optional<std::chrono::seconds> lifetime = {}) {
        const auto made =
            bench.await(keys.add(owner, {"nightly import", std::move(scopes), lifetime}, {owner.user, "r-7"}));
        REQUIRE(made);
        return *made;
    }
    ApiKey stored(const std::string& id) {
        bench.executor.run_until([this] { return bench.scope.running() == 0; });
        const auto found = bench.await(bench.store.find<ApiKey>(id));
        REQUIRE(found);
        REQUIRE(*found);
        return **found;
    }
    bool is_refused(const std::string& text) {
        const auto checked = bench.await(keys.check(text));
        return !checked && checked.error().outcome == atr::Outcome::rejected && checked.error().code == ATR_E_AUTH;
    }
    std::vector<std::string> audited() {
        std::vector<std::string> out;
        const auto entries = bench.await(bench.store.list<AuditEntry>({}));
        for (const auto& entry : entries->items)
            if (entry.subject.starts_with("api_key/")) out.push_back(entry.actor + " " + entry.action);
        std::sort(out.begin(), out.end());
        return out;
    }
};

}  // namespace

TEST_CASE("a key acts for its user, within its scopes and no further", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto made = host.make(host.user("ann", {Role::admin}), {Permission::submit_invoices, Permission::read});
    CHECK(made.text.starts_with("trk_"));
    CHECK(made.text.starts_with(shown_prefix(made.record)));
    const auto principal = bench.await(host.keys.check(made.text));
    REQUIRE(principal);
    CHECK(principal->user == "ann");
    CHECK(principal->key_id == made.record.id);
    CHECK(principal->token_expires_ms == made.record.expires_ms);  // what it opened ends with it
    CHECK(principal->may(Permission::submit_invoices));
    CHECK(principal->may(Permission::read));
    CHECK_FALSE(principal->may(Permission::decide_approvals));
    CHECK_FALSE(principal->may(Permission::manage_users));
}

TEST_CASE("of a key only its digest is stored", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto made = host.make(host.user("ann", {Role::viewer}), {Permission::read});
    const std::string secret = made.text.substr(made.text.rfind('_') + 1);
    CHECK(secret.size() == 64);
    for (const char* collection : {"api_keys", "audit", "users"}) {
        atr::Query query;
        query.collection = collection;
        const auto page = bench.await(bench.store.query(query));
        REQUIRE(page);
        for (const auto& record : page->records) CHECK(record.body.find(secret) == std::string::npos);
    }
    CHECK(host.make(host.user("bob", {Role::viewer}), {Permission::read}).text != made.text);
}

TEST_CASE("no changed byte of a key goes unseen", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto text = host.make(host.user("ann", {Role::viewer}), {Permission::read}).text;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == '0' ? '1' : '0';
        INFO(i);
        CHECK(host.is_refused(changed));
    }
    for (const std::string& junk : {std::string(), std::string("trk_"), text.substr(1), text + "0",
                                    text.substr(0, text.size() - 1), std::string(5000, 'k')})
        CHECK(host.is_refused(junk));
    CHECK(bench.await(host.keys.check(text)));
}

TEST_CASE("a key ends with its time, its revocation or its user", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench}, other{bench};
    host.users.on_changed([&](std::string_view user) { host.keys.forget_user(user); });
    const auto made = host.make(host.user("ann", {Role::viewer}), {Permission::read}, std::chrono::hours(1));
    REQUIRE(bench.await(host.keys.check(made.text)));
    REQUIRE(bench.await(other.keys.check(made.text)));
    CHECK(host.keys.recognise(made.text)->is_current);

    SECTION("expired, even while it is remembered") {
        bench.clock.advance(3'599'999);
        CHECK(bench.await(host.keys.check(made.text)));
        bench.clock.advance(1);
        CHECK_FALSE(host.keys.recognise(made.text));
        CHECK(host.is_refused(made.text));
    }
    SECTION("revoked: at once here, within two seconds elsewhere") {
        REQUIRE(bench.await(host.keys.revoke(made.record.id, "ann", {"ann"})));
        REQUIRE(bench.await(host.keys.revoke(made.record.id, {}, {"root"})));
        CHECK_FALSE(host.keys.recognise(made.text));
        CHECK(host.is_refused(made.text));
        CHECK(other.keys.recognise(made.text)->is_current);
        bench.clock.advance(2000);
        CHECK_FALSE(other.keys.recognise(made.text)->is_current);
        CHECK(other.is_refused(made.text));
        CHECK_FALSE(other.keys.recognise(made.text));
        CHECK(host.audited() == std::vector<std::string>{"ann api_key.added", "ann api_key.revoked"});
    }
    SECTION("its user disabled") {
        REQUIRE(bench.await(host.users.disable("ann")));
        CHECK_FALSE(host.keys.recognise(made.text));
        CHECK(host.is_refused(made.text));
        bench.clock.advance(2000);
        CHECK(other.is_refused(made.text));
    }
}

TEST_CASE("a key gives no more than its user's roles still do", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto made = host.make(host.user("ann", {Role::approver}), {Permission::read, Permission::decide_approvals});
    REQUIRE(bench.await(host.keys.check(made.text))->may(Permission::decide_approvals));
    User ann = **bench.await(bench.store.find<User>("ann"));
    ann.roles = {"viewer"};
    UnitOfWork unit = bench.store.begin();
    unit.update(ann);
    REQUIRE(bench.await(bench.store.commit(std::move(unit))).ok());
    const auto later = bench.await(host.keys.check(made.text));
    CHECK_FALSE(later->may(Permission::decide_approvals));
    CHECK(later->may(Permission::read));
}

TEST_CASE("a key is for scopes that its user has, for a time that is allowed, and has a name", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench, {.max_lifetime = std::chrono::hours(24)}};
    const auto ann = host.user("ann", {Role::viewer});
    const auto refused = [&](ApiKeyWish wish) {
        const auto made = bench.await(host.keys.add(ann, std::move(wish), {}));
        return !made && made.error().code == ATR_E_BAD_INPUT;
    };
    CHECK(refused({"x", {Permission::read, Permission::submit_invoices}, {}}));
    CHECK(refused({"x", {}, {}}));
    CHECK(refused({"", {Permission::read}, {}}));
    CHECK(refused({std::string(101, 'x'), {Permission::read}, {}}));
    CHECK(refused({"x", {Permission::read}, std::chrono::seconds(0)}));
    CHECK(refused({"x", {Permission::read}, std::chrono::hours(25)}));
    CHECK(host.make(ann, {Permission::read}).record.expires_ms == bench.clock.unix_ms() + day_ms);
}

TEST_CASE("a user has at most so many valid keys; ended ones make room", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench, {.max_valid = 3}};
    const auto ann = host.user("ann", {Role::viewer});
    const auto first = host.make(ann, {Permission::read});
    host.make(ann, {Permission::read}, std::chrono::hours(1));
    host.make(ann, {Permission::read});
    const auto more = [&] { return bench.await(host.keys.add(ann, {"x", {Permission::read}, {}}, {})).outcome(); };
    CHECK(more() == atr::Outcome::conflict);
    host.make(host.user("bob", {Role::viewer}), {Permission::read});
    REQUIRE(bench.await(host.keys.revoke(first.record.id, "ann", {})));
    CHECK(more() == atr::Outcome::ok);
    CHECK(more() == atr::Outcome::conflict);
    bench.clock.advance(3'600'000);
    CHECK(more() == atr::Outcome::ok);
}

TEST_CASE("so many valid keys are the most also where all are made at once, on two hosts", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench, {.max_valid = 5}}, other{bench, {.max_valid = 5}};
    const auto ann = host.user("ann", {Role::viewer});
    int made = 0, refused = 0;
    const auto make = [&](ApiKeys& keys) -> Task<> {
        Task<atr::Result<NewApiKey>> adding = keys.add(ann, {"x", {Permission::read}, {}}, {});
        const atr::Result<NewApiKey> added = co_await adding;
        ++(added ? made : refused);
    };
    for (int i = 0; i < 10; ++i) {
        bench.scope.spawn(make(host.keys));
        bench.scope.spawn(make(other.keys));
    }
    bench.executor.run_until([&] { return bench.scope.running() == 0; });
    CHECK(made == 5);
    CHECK(refused == 15);
    CHECK(bench.await(host.keys.list("ann", 100, ""))->items.size() == 5);
    CHECK(host.make(host.user("bob", {Role::viewer}), {Permission::read}).record.user == "bob");
}

TEST_CASE("a key belongs to one user: others neither see nor revoke it", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto made = host.make(host.user("ann", {Role::viewer}), {Permission::read});
    host.make(host.user("bob", {Role::viewer}), {Permission::read});
    CHECK(bench.await(host.keys.list("ann", 10, ""))->items.size() == 1);
    CHECK(bench.await(host.keys.list({}, 10, ""))->items.size() == 2);
    CHECK(bench.await(host.keys.revoke(made.record.id, "bob", {})).outcome() == atr::Outcome::not_found);
    CHECK(bench.await(host.keys.revoke("nothing", {}, {})).outcome() == atr::Outcome::not_found);
    CHECK(bench.await(host.keys.check(made.text)));
}

SCENARIO("storage is not asked again and again about a key that it does not know or that has ended",
         "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const Principal rob = host.user("rob", {Role::submitter});
    const auto made = host.make(rob, {Permission::read});
    const auto reads_of = [&](const std::string& text) {
        const auto before = bench.storage.reads();
        for (int i = 0; i < 10; ++i) CHECK(host.is_refused(text));
        return bench.storage.reads() - before;
    };
    GIVEN("one that nobody made") {
        std::string text = made.text;
        text.back() = text.back() == '0' ? '1' : '0';
        CHECK(reads_of(text) == 1);
        bench.clock.advance(host.settings.max_age.count());
        CHECK(reads_of(text) == 1);
        THEN("a good one of the same id is none the worse") {
            CHECK_FALSE(host.is_refused(made.text));
        }
    }
    GIVEN("one that was revoked") {
        REQUIRE(bench.await(host.keys.revoke(made.record.id, {}, {"rob", "r-8"})));
        CHECK(reads_of(made.text) == 2);  // the key and its user
    }
    GIVEN("one whose user is disabled") {
        host.users.on_changed([&](std::string_view user) { host.keys.forget_user(user); });
        REQUIRE(bench.await(host.users.disable("rob")));
        CHECK(reads_of(made.text) == 2);
        THEN("it is good at once when he is enabled") {
            REQUIRE(bench.await(host.users.enable("rob")));
            CHECK_FALSE(host.is_refused(made.text));
        }
    }
    GIVEN("a storage that cannot be asked") {
        bench.storage.fail_reads(atr::retry(ATR_E_UNREACHABLE, "storage is away"));
        CHECK_FALSE(host.is_refused(made.text));
        bench.storage.fail_reads(std::nullopt);
        CHECK(bench.await(host.keys.check(made.text)));  // that was no word on the key
    }
}

TEST_CASE("that a key was used is written behind, once a minute at most", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench}, other{bench};
    const auto made = host.make(host.user("ann", {Role::viewer}), {Permission::read});
    CHECK(host.stored(made.record.id).last_used_ms == 0);
    const auto first = bench.clock.unix_ms();
    REQUIRE(bench.await(host.keys.check(made.text)));
    REQUIRE(bench.await(other.keys.check(made.text)));
    const auto used = host.stored(made.record.id);
    CHECK(used.last_used_ms == first);
    bench.clock.advance(59'999);
    REQUIRE(bench.await(host.keys.check(made.text)));
    CHECK(host.stored(made.record.id).version == used.version);
    bench.clock.advance(1);
    REQUIRE(bench.await(host.keys.check(made.text)));
    CHECK(host.stored(made.record.id).last_used_ms == first + 60'000);
    CHECK(host.audited().size() == 1);
}

TEST_CASE("a key can be seen for a while after its end, and is then forgotten", "[auth][api_keys]") {
    support::StoreBench bench;
    KeyHost host{bench};
    const auto made = host.make(host.user("ann", {Role::viewer}), {Permission::read});
    REQUIRE(bench.await(host.keys.revoke(made.record.id, {}, {})));
    const auto sweep = [&] {
        return *bench.await(remove_expired(bench.store, ApiKey::collection, bench.clock.unix_ms()));
    };
    bench.clock.advance(29 * day_ms);
    CHECK(sweep() == 0);
    CHECK(host.stored(made.record.id).revoked_ms > 0);
    bench.clock.advance(day_ms + 1);
    CHECK(sweep() == 1);
}

TEST_CASE("scopes are the permissions by name", "[auth][api_keys]") {
    for (const Permission permission :
         {Permission::read, Permission::submit_invoices, Permission::decide_approvals, Permission::operate_payments,
          Permission::manage_vendors, Permission::manage_policy, Permission::manage_users,
          Permission::run_reconciliation, Permission::reset_metrics})
        CHECK(permission_from(to_string(permission)) == permission);
    CHECK_FALSE(permission_from("everything"));
}
