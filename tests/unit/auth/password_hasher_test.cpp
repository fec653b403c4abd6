#include "auth/password_hasher.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/support/manual_executor.hpp"

using namespace treasurer;
using namespace treasurer::auth;

namespace {

struct Bench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
};
const PasswordSettings cheap{.memory_bytes = 64 * 1024, .passes = 1};

}  // namespace

TEST_CASE("a hash is argon2id, salted, and only its own password is right", "[auth]") {
    Bench bench;
    PasswordHasher hasher(bench.executor, {});
    const auto hash = bench.executor.await(hasher.hash("correct horse"));
    REQUIRE(hash);
    CHECK(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    CHECK(*bench.executor.await(hasher.verify(*hash, "correct horse")));
    CHECK_FALSE(*bench.executor.await(hasher.verify(*hash, "correct horse ")));
    CHECK(*bench.executor.await(hasher.hash("correct horse")) != *hash);
}

TEST_CASE("no password is right for nobody, a broken hash or a password longer than any", "[auth]") {
    Bench bench;
    PasswordHasher hasher(bench.executor, cheap);
    CHECK_FALSE(*bench.executor.await(hasher.verify("", "whatever it is")));
    CHECK_FALSE(*bench.executor.await(hasher.verify("$argon2id$garbage", "whatever it is")));
    const std::string longest(1024, 'p');
    const auto hash = bench.executor.await(hasher.hash(longest));
    REQUIRE(hash);
    CHECK(*bench.executor.await(hasher.verify(*hash, longest)));
    CHECK_FALSE(*bench.executor.await(hasher.verify(*hash, longest + "p")));
}

TEST_CASE("passwords have 10 to 1024 bytes", "[auth]") {
    Bench bench;
    PasswordHasher hasher(bench.executor, cheap);
    CHECK(bench.executor.await(hasher.hash(std::string(9, 'a'))).error().code == ATR_E_BAD_INPUT);
    CHECK(bench.executor.await(hasher.hash(std::string(1025, 'a'))).error().code == ATR_E_BAD_INPUT);
    CHECK(bench.executor.await(hasher.hash(std::string(10, 'a'))));
}

TEST_CASE("beyond its queue the hasher refuses at once, and all it accepted are answered", "[auth]") {
    Bench bench;
    PasswordHasher hasher(bench.executor, {.memory_bytes = 1024 * 1024, .passes = 2, .at_once = 1, .max_waiting = 4});
    TaskScope scope(bench.executor);
    std::vector<atr::Outcome> outcomes;
    const auto sign_in = [](PasswordHasher& with, std::vector<atr::Outcome>& out) -> Task<> {
        Task<atr::Result<bool>> call = with.verify("", "some password");
        const atr::Result<bool> result = co_await call;
        out.push_back(result.outcome());
    };
    for (int i = 0; i < 50; ++i) scope.spawn(sign_in(hasher, outcomes));
    bench.executor.run_until([&] { return scope.running() == 0; });
    REQUIRE(outcomes.size() == 50);
    const auto refused = std::count(outcomes.begin(), outcomes.end(), atr::Outcome::retry);
    CHECK(refused > 0);
    CHECK(outcomes.size() - static_cast<std::size_t>(refused) >= 4);
}

TEST_CASE("a hasher that ends refuses what waits", "[auth]") {
    Bench bench;
    TaskScope scope(bench.executor);
    std::vector<atr::Outcome> outcomes;
    const auto sign_in = [](PasswordHasher& with, std::vector<atr::Outcome>& out) -> Task<> {
        Task<atr::Result<bool>> call = with.verify("", "some password");
        const atr::Result<bool> result = co_await call;
        out.push_back(result.outcome());
    };
    {
        PasswordHasher hasher(bench.executor, {.memory_bytes = 8 * 1024 * 1024, .passes = 2, .at_once = 1});
        for (int i = 0; i < 20; ++i) scope.spawn(sign_in(hasher, outcomes));
        bench.executor.run_until_idle();
    }
    bench.executor.run_until([&] { return scope.running() == 0; });
    CHECK(std::count(outcomes.begin(), outcomes.end(), atr::Outcome::retry) > 0);
}
