// The cache service under real threads: what a reader sees is never older than a commit it knew of when it asked.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "cache/cache_service.hpp"
#include "runtime/thread_executor.hpp"
#include "tests/support/fake_cache.hpp"
#include "tests/support/manual_clock.hpp"

using namespace treasurer;

namespace {

struct Shared {
    std::atomic<std::uint64_t> truth{0};  ///< the newest commit; what a load reads
    std::atomic<std::uint64_t> told{0};   ///< commits that the service was told of
    std::atomic<std::uint64_t> older{0};  ///< answers older than they may be
    std::atomic<int> loads{0};
};

Task<> read_often(cache::CacheService& service, Shared& shared, int times) {
    for (int i = 0; i < times; ++i) {
        const std::uint64_t known = shared.told;
        cache::CacheService::Loader loader = [&shared]() -> Task<atr::Result<std::string>> {
            ++shared.loads;
            co_return std::to_string(shared.truth.load());
        };
        Task<atr::Result<cache::CacheService::Value>> reading =
            service.get_or_load(cache::treasury_balance, std::move(loader));
        const atr::Result<cache::CacheService::Value> answer = co_await reading;
        if (!answer || std::stoull(**answer) < known) ++shared.older;
    }
}

}  // namespace

SCENARIO("readers on many threads never see older than what was told before they asked", "[cache]") {
    support::ManualClock clock;
    ThreadExecutor executor(4);
    TaskScope scope(executor);
    support::FakeCache plugin(executor, clock);
    cache::CacheService service(&plugin, executor, clock, scope);
    Shared shared;
    const std::vector<std::string> keys = {"treasury:balance"};

    for (int reader = 0; reader < 8; ++reader) scope.spawn(read_often(service, shared, 2000));
    for (std::uint64_t seq = 1; scope.running() > 0 && seq < 100'000; ++seq) {
        shared.truth = seq;
        service.invalidate(keys, seq);
        service.advance(seq);
        shared.told = seq;
        std::this_thread::yield();
    }
    REQUIRE(scope.wait_idle(std::chrono::seconds(60)));
    CHECK(shared.older == 0);
    CHECK(shared.loads > 0);
}
