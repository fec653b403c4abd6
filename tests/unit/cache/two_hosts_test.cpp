// Two hosts that commit to one store, share a cache plugin, and hear of each other by the change feed alone: whoever
// asks one of them reads its own writes, and never sees less than it saw. Seeded; a failure prints the seed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cache/cache_service.hpp"
#include "tests/support/fake_cache.hpp"
#include "tests/support/manual_executor.hpp"

using namespace treasurer;
using cache::CacheService;

namespace {

constexpr cache::CacheKey short_lived{"treasury:balance", Millis{120}, Millis{60}};
/// What reads it may be held back for longer than it lives.
constexpr unsigned held_back_ms = 400;
const std::vector<std::string> short_lived_only = {"treasury:balance"};

/// A letter for each commit, in the order of their numbers: '+' has ended, '-' has not.
bool shows_all_of(const std::string& now, const std::string& before) {
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] == '+' && (i >= now.size() || now[i] != '+')) return false;
    return true;
}

/// A plugin that takes its time.
class SlowCache final : public CachePort {
public:
    SlowCache(support::FakeCache& behind, Executor& executor, std::mt19937& random)
        : behind_(behind), executor_(executor), random_(random) {}
    Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions options) override {
        co_await delay(executor_, pause());
        Task<atr::Result<atr::CacheEntry>> call = behind_.get(std::move(key), options);
        atr::Result<atr::CacheEntry> out = co_await call;
        co_await delay(executor_, pause());
        co_return out;
    }
    Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl, std::uint32_t flags,
                            CallOptions options) override {
        co_await delay(executor_, pause());
        Task<atr::Result<>> call = behind_.set(std::move(key), std::move(value), version, ttl, flags, options);
        atr::Result<> out = co_await call;
        co_return out;
    }
    Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions options) override {
        return behind_.del(std::move(keys), options);
    }
    Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl,
                                              CallOptions options) override {
        return behind_.incr(std::move(key), by, ttl, options);
    }
    Task<atr::Result<std::string>> health(CallOptions options) override { return behind_.health(options); }

private:
    Millis pause() { return Millis{random_() % 8}; }
    support::FakeCache& behind_;
    Executor& executor_;
    std::mt19937& random_;
};

constexpr Millis never{0}, longest_lag{40};

struct TwoHosts {
    /// `lag`: of an answer that is asked for very often; here all are.
    TwoHosts(std::uint32_t seed, Millis longest) : random(seed), lag(longest) {
        cache::CacheSettings settings;
        settings.busy_lag = lag;
        settings.busy_reads = 1;
        for (int i = 0; i < 2; ++i)
            hosts.push_back(std::make_unique<CacheService>(&plugin, executor, clock, scope, settings));
    }

    std::mt19937 random;
    const Millis lag;
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    TaskScope scope{executor};
    support::FakeCache shared{executor, clock};
    SlowCache plugin{shared, executor, random};
    std::vector<std::unique_ptr<CacheService>> hosts;
    std::string store;  ///< see shows_all_of()
    std::map<const CacheService*, std::map<std::size_t, UnixMillis>>
        heard;  ///< of which commits a host heard, and when
    std::string failure;
    int at_hand = 0, reads = 0, held_back = 0;

    Millis some(unsigned most) { return Millis{random() % (most + 1)}; }

    std::uint64_t feed() const {
        const auto open = store.find('-');
        return open == std::string::npos ? store.size() : open;
    }
    Task<> follow(CacheService& host, int looks) {
        std::uint64_t position = 0;
        for (int i = 0; i < looks; ++i) {
            co_await delay(executor, some(30));
            const std::uint64_t found = feed();
            co_await delay(executor, some(10));
            if (found > position) host.invalidate(short_lived_only, found);
            for (auto at = position; at < found; ++at) heard[&host].emplace(at, clock.unix_ms());
            position = found;
            host.advance(found);
            host.looked(found);
        }
    }
    /// Commits, and hears of it.
    Task<std::size_t> commit(CacheService& host) {
        const std::size_t at = store.size();
        store += '-';
        co_await delay(executor, some(15));
        store[at] = '+';
        co_await delay(executor, some(3));
        host.invalidate(short_lived_only, at + 1);
        heard[&host].emplace(at, clock.unix_ms());
        co_return at;
    }
    /// A filler reads at one moment, and may be held back before it says what it found.
    Task<atr::Result<std::string>> load() {
        co_await delay(executor, some(10));
        const std::string out = store;
        const bool is_held_back = random() % 8 == 0;
        held_back += is_held_back ? 1 : 0;
        co_await delay(executor, some(is_held_back ? held_back_ms : 10));
        co_return out;
    }
    bool shows_all_heard_of(const CacheService& host, const std::string& now) {
        for (const auto& [at, when] : heard[&host])
            if (clock.unix_ms() - when >= std::max<UnixMillis>(lag.count(), 1) && (at >= now.size() || now[at] != '+'))
                return false;
        return true;
    }
    /// One after another, as one client does.
    Task<> client(CacheService& host, std::string name, int steps) {
        std::string seen;
        for (int i = 0; i < steps && failure.empty(); ++i) {
            co_await delay(executor, some(20));
            if (random() % 5 == 0) {
                Task<std::size_t> committing = commit(host);
                const std::size_t mine = co_await committing;
                host.told(name);
                if (seen.size() <= mine) seen.resize(mine + 1, '-');
                seen[mine] = '+';
                continue;
            }
            ++reads;
            std::string now;
            const CacheService::Loader loader = [this] { return load(); };
            if (const auto near = host.peek(short_lived, loader, name)) {
                ++at_hand;
                now = *near;
                if (!shows_all_heard_of(host, now)) failure = "at hand was what is long out of date: " + now;
            } else {
                Task<atr::Result<CacheService::Value>> reading = host.get_or_load(short_lived, loader, name);
                const atr::Result<CacheService::Value> answer = co_await reading;
                now = **answer;
            }
            if (!shows_all_of(now, seen)) failure = "saw " + seen + ", then " + now;
            seen = now;
        }
    }
};

}  // namespace

SCENARIO("with writers on two hosts a client of one of them never sees its view go backwards", "[cache][near]") {
    int at_hand = 0, reads = 0, held_back = 0;
    const Millis lag = GENERATE(never, longest_lag);
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        INFO("seed " << seed << ", lag " << lag.count() << " ms");
        TwoHosts world(seed, lag);
        for (auto& host : world.hosts) {
            world.scope.spawn(world.follow(*host, 40));
            for (int i = 0; i < 3; ++i) world.scope.spawn(world.client(*host, "user " + std::to_string(i), 30));
        }
        world.executor.run_until([&] { return world.scope.running() == 0; });
        REQUIRE(world.failure == "");
        at_hand += world.at_hand;
        reads += world.reads;
        held_back += world.held_back;
    }
    CHECK(at_hand > reads / (lag == never ? 20 : 4));  // or it would say nothing of what is kept
    CHECK(held_back > 400);
}
