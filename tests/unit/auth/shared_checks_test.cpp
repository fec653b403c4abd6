// Of the many requests of one sender, one asks storage whether he may still be let in.
#include "auth/shared_checks.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "tests/support/store_bench.hpp"

using namespace treasurer;
using namespace treasurer::auth;

namespace {

struct ChecksHost {
    ~ChecksHost() {
        bench.executor.run_until([this] { return bench.scope.running() == 0; });
    }
    support::StoreBench& bench;
    PasswordHasher passwords{bench.executor, {.memory_bytes = 64 * 1024, .passes = 1}};
    Users users{bench.store, passwords, bench.clock, bench.random};
    Tokens tokens{bench.store, bench.clock, *key_from_secret("0123456789abcdef0123456789abcdef", "tokens"), {}};
    ApiKeys keys{bench.store, bench.clock, bench.random, bench.scope, {}};
    SharedChecks checks{tokens, keys, bench.executor, bench.scope};

    std::string credential(CredentialKind kind) {
        const auto user = bench.await(users.add("ann", "a good password", {Role::viewer}));
        REQUIRE(user);
        if (kind == CredentialKind::token) return tokens.issue(*user).text;
        Principal owner;
        owner.user = "ann";
        owner.roles = {Role::viewer};
        const auto made = bench.await(keys.add(owner, {"a program", {Permission::read}, {}}, {}));
        REQUIRE(made);
        return made->text;
    }
    /// What happens to one of `count` requests that come at once.
    Task<> request(CredentialKind kind, std::string text) {
        const std::optional<Recognised> known = checks.recognise(kind, text);
        if (known && known->is_current) {
            ++let_in;
            co_return;
        }
        Task<atr::Result<Principal>> checking = checks.check(kind, std::move(text));
        const atr::Result<Principal> checked = co_await checking;
        checked ? ++let_in : ++refused;
    }
    void start(CredentialKind kind, const std::string& text, int count) {
        let_in = refused = 0;
        for (int i = 0; i < count; ++i) bench.scope.spawn(request(kind, text));
    }
    std::size_t reads_of(CredentialKind kind, const std::string& text, int count) {
        const auto before = bench.storage.reads();
        start(kind, text, count);
        bench.executor.run_until_idle();
        return bench.storage.reads() - before;
    }
    int let_in = 0, refused = 0;
};

}  // namespace

SCENARIO("many requests of one sender make one check", "[auth][checks]") {
    support::StoreBench bench;
    ChecksHost host{bench};
    const auto kind = GENERATE(CredentialKind::token, CredentialKind::api_key);
    const std::size_t one_check = kind == CredentialKind::token ? 1 : 2;  // of a key its record, then its user
    const std::string text = host.credential(kind);
    CHECK(host.reads_of(kind, text, 500) == one_check);
    CHECK(host.let_in == 500);

    WHEN("less than half of its time has passed") {
        bench.clock.advance(999);
        THEN("nothing is asked") {
            CHECK(host.reads_of(kind, text, 500) == 0);
        }
    }
    WHEN("half of its time has passed") {
        bench.clock.advance(1000);
        THEN("one asks ahead, and nobody waits for it") {
            const auto before = bench.storage.reads();
            host.start(kind, text, 500);
            CHECK(host.checks.recognise(kind, text)->is_current);
            bench.executor.run_until_idle();
            CHECK(bench.storage.reads() - before == one_check);
            CHECK(host.let_in == 500);
            bench.clock.advance(1500);  // later than the first check would have held
            CHECK(host.checks.recognise(kind, text)->is_current);
        }
    }
    WHEN("its time is over") {
        bench.clock.advance(2000);
        THEN("they share one check") {
            CHECK_FALSE(host.checks.recognise(kind, text)->is_current);
            CHECK(host.reads_of(kind, text, 500) == one_check);
            CHECK(host.let_in == 500);
        }
    }
}

SCENARIO("a renewal makes no revocation later than it was", "[auth][checks]") {
    support::StoreBench bench;
    ChecksHost host{bench}, other{bench};
    host.users.on_changed([&](std::string_view user) {
        host.tokens.forget_user(user);
        host.keys.forget_user(user);
    });
    const auto kind = GENERATE(CredentialKind::token, CredentialKind::api_key);
    const std::string text = host.credential(kind);
    REQUIRE(host.reads_of(kind, text, 1) > 0);
    const auto revoke_at = [&](ChecksHost& at) {
        const auto principal = bench.await(at.checks.check(kind, text));
        REQUIRE(principal);
        if (kind == CredentialKind::token)
            REQUIRE(bench.await(at.tokens.revoke(*principal)));
        else
            REQUIRE(bench.await(at.keys.revoke(principal->key_id, {}, {"ann"})));
    };
    WHEN("another host revokes it while it is young here") {
        revoke_at(other);
        THEN("the renewal finds out, before its time is over") {
            bench.clock.advance(1000);
            host.reads_of(kind, text, 1);
            const auto known = host.checks.recognise(kind, text);
            CHECK_FALSE((known && known->is_current));
        }
        THEN("without a renewal it holds no longer than its time") {
            bench.clock.advance(2000);
            host.reads_of(kind, text, 100);
            CHECK(host.let_in == 0);
            CHECK(host.refused == 100);
        }
    }
    WHEN("this host revokes it while a renewal is under way") {
        bench.clock.advance(1000);
        host.start(kind, text, 1);
        revoke_at(host);
        bench.executor.run_until_idle();
        THEN("it is refused at once") {
            host.reads_of(kind, text, 10);
            CHECK(host.let_in == 0);
            CHECK(host.refused == 10);
        }
    }
    WHEN("its user is disabled while a check is under way that read him before") {
        bench.clock.advance(2000);
        host.start(kind, text, 1);
        REQUIRE(bench.await(host.users.disable("ann")));
        bench.executor.run_until_idle();
        THEN("what that found is not kept") {
            host.reads_of(kind, text, 10);
            CHECK(host.let_in == 0);
            CHECK(host.refused == 10);
        }
    }
    WHEN("storage cannot be asked for the renewal") {
        bench.clock.advance(1000);
        bench.storage.fail_reads(atr::retry(ATR_E_UNSPEC, "away"));
        host.reads_of(kind, text, 5);
        bench.storage.fail_reads(std::nullopt);
        CHECK(host.let_in == 5);
        THEN("a later request renews it") {
            bench.clock.advance(500);
            CHECK(host.reads_of(kind, text, 5) > 0);
            bench.clock.advance(1000);
            CHECK(host.checks.recognise(kind, text)->is_current);
        }
    }
}

SCENARIO("a check that ends by throwing keeps nobody waiting, and the next one is made", "[auth][checks]") {
    struct Throwing final : support::MemoryStorage {
        using support::MemoryStorage::MemoryStorage;
        Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
            co_await resume_on(*executor);  // so that others come meanwhile
            if (throws) throw std::runtime_error("a storage that throws");
            Task<atr::Result<std::vector<atr::Record>>> reading =
                support::MemoryStorage::get(std::move(keys), std::move(options));
            co_return co_await reading;
        }
        Executor* executor = nullptr;
        bool throws = false;
    };
    support::StoreBench bench;
    Throwing storage(bench.clock, record_schema());
    storage.executor = &bench.executor;
    CommitPipeline pipeline(storage, bench.executor, bench.scope, {});
    Store store(storage, pipeline, bench.ids);
    PasswordHasher passwords(bench.executor, {.memory_bytes = 64 * 1024, .passes = 1});
    Users users(store, passwords, bench.clock, bench.random);
    Tokens tokens(store, bench.clock, *key_from_secret("0123456789abcdef0123456789abcdef", "tokens"), {});
    ApiKeys keys(store, bench.clock, bench.random, bench.scope, {});
    SharedChecks checks(tokens, keys, bench.executor, bench.scope);
    const auto user = bench.await(users.add("ann", "a good password", {Role::viewer}));
    REQUIRE(user);
    const std::string text = tokens.issue(*user).text;
    int threw = 0, refused = 0, let_in = 0;
    const auto ask = [&]() -> Task<> {
        try {
            Task<atr::Result<Principal>> checking = checks.check(CredentialKind::token, text);
            const atr::Result<Principal> checked = co_await checking;
            ++(checked ? let_in : refused);
        } catch (const std::exception&) {
            ++threw;
        }
    };
    bench.clock.advance(10'000);
    storage.throws = true;
    for (int i = 0; i < 5; ++i) bench.scope.spawn(ask());
    bench.executor.run_until_idle();
    CHECK(threw == 1);
    CHECK(refused == 4);
    storage.throws = false;
    bench.scope.spawn(ask());
    bench.executor.run_until_idle();
    CHECK(let_in == 1);
}
