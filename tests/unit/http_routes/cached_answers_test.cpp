// What routes answer from the cache is what storage says, on every host, whatever was changed by whichever route.
#include "http/routes/cached_answers.hpp"
#include "cache/change_follower.hpp"
#include "http/routes/readable_cache.hpp"
#include "tests/support/fake_cache.hpp"
#include "tests/unit/http_routes/dry_world.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace dry_runs;

namespace {

/// Every key, and how it is read.
std::map<std::string, cache::CachedValue> all_cached(const ApiServices& services) {
    std::map<std::string, cache::CachedValue> out;
    out.emplace(cache::treasury_balance.name, cached_balance(services));
    out.emplace(cache::treasury_waiting.name, cached_waiting(services));
    out.emplace(cache::treasury_daily_logs.name, cached_newest_logs(services));
    out.emplace(cache::treasury_settings.name, cached_settings(services));
    out.emplace(cache::policy_limits.name, cached_policy(services));
    return out;
}

/// The services of `world`, but for what reads and caches.
ApiServices reading_by(ApiWorld& world, treasury::DashboardReader& dashboard, treasury::Logs& logs,
                       intake::PolicyDesk& policy, cache::CacheService& cache) {
    const ApiServices& all = world.services;
    return {all.store,      all.invoices, all.approvals, all.payments, all.resolver, all.elsewhere,      policy,
            all.vendors,    dashboard,    logs,          cache,        all.history,  all.reconciliation, all.breaks,
            all.quarantine, all.assets,   all.clock,     all.kpis,     all.settings};
}

/// What it was read when does not make an answer another.
std::string timeless(const std::string& text) {
    const auto at = text.find("\"as_of_ms\":");
    return at == std::string::npos ? text : text.substr(0, at) + text.substr(text.find_first_of(",}", at));
}

/// One host's cache, over a plugin that both share. Only the first one's host makes commits of its own.
struct CachingHost {
    CachingHost(ApiWorld& world, CachePort& plugin)
        : readable(plugin),
          cache(&readable, world.executor, world.clock, world.host().scope),
          follower(world.storage, cache, world.executor),
          services(reading_by(world, world.dashboard, world.logs, world.desks.policy, cache)),
          answers(all_cached(services)) {}
    ReadableCache readable;
    cache::CacheService cache;
    cache::ChangeFollower follower;
    ApiServices services;
    std::map<std::string, cache::CachedValue> answers;
};

struct TwoHosts : DryWorld {
    TwoHosts() {
        host().pipeline.on_committed([this](const atr::Batch& batch, std::uint64_t seq, std::uint64_t) {
            cache.invalidate(cache::stale_keys(batch), seq);
            first.cache.invalidate(cache::stale_keys(batch), seq);
        });
        executor.advance(1000);
    }
    ~TwoHosts() {
        first.follower.stop();
        second.follower.stop();
        executor.advance(1000);
    }
    /// Once nothing waits for another thread any more: followers wake so often that time would run away meanwhile.
    void follow() {
        for (CachingHost* host : {&first, &second}) host->follower.start(this->host().scope);
        executor.advance(1000);
    }
    void warm() {
        follow();
        for (CachingHost* host : {&first, &second})
            for (const auto& [name, value] : host->answers) REQUIRE(await(value.get()));
        executor.run_until_idle();
        for (CachingHost* host : {&first, &second})
            for (const auto& [name, value] : host->answers) REQUIRE(value.peek());
    }
    /// The keys whose answer is another now; whatever is cached says the same as storage.
    std::set<std::string> check(CachingHost& host, const std::map<std::string, std::string>& before) {
        std::set<std::string> changed;
        for (const auto& [name, value] : host.answers) {
            INFO(name);
            const auto fresh = await(value.load());
            const auto shown = await(value.get());
            REQUIRE(fresh);
            REQUIRE(shown);
            CHECK(timeless(**shown) == timeless(*fresh));
            if (timeless(*fresh) != before.at(name)) changed.insert(name);
        }
        return changed;
    }
    std::map<std::string, std::string> all_texts() {
        std::map<std::string, std::string> out;
        for (const auto& [name, value] : first.answers) out[name] = timeless(*await(value.load()));
        return out;
    }

    support::FakeCache shared{executor, clock};
    CachingHost first{*this, shared}, second{*this, shared};
};

/// Notes of which collections is read.
class NotingStorage final : public StoragePort {
public:
    explicit NotingStorage(StoragePort& behind) : behind_(behind) {}
    std::set<std::string> read;

    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        for (const auto& key : keys) read.insert(key.collection);
        return behind_.get(std::move(keys), options);
    }
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        read.insert(query.collection);
        CHECK((query.flags & ATR_Q_MAY_LAG) == 0);  // what is cached is what the primary says
        return behind_.query(std::move(query), options);
    }
    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override {
        return behind_.migrate(std::move(schema), options);
    }
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        return behind_.commit(std::move(batches), options);
    }
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override {
        return behind_.lease(std::move(queue), std::move(worker), max, lease, options);
    }
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override {
        return behind_.extend_leases(std::move(worker), lease, options);
    }
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after, std::uint32_t limit, CallOptions options) override {
        return behind_.changes(after, limit, options);
    }
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override {
        return behind_.blob_put(std::move(key), std::move(bytes), options);
    }
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override {
        return behind_.blob_get(std::move(key), options);
    }
    Task<atr::Result<std::string>> health(CallOptions options) override { return behind_.health(options); }

private:
    StoragePort& behind_;
};

/// Routes that commit nothing of which a cached answer tells.
const std::set<std::string> of_no_answer = {"token", "logout", "session.open", "session.close", "metrics.reset"};

}  // namespace

SCENARIO("a key is stale when any collection changes that its answer is read from, and no other", "[http][cache]") {
    ApiWorld world;
    NotingStorage noting(world.storage);
    Store store(noting, world.host().pipeline, world.ids);
    store.hears_of([&world] { return world.storage.last_seq(); });
    treasury::Figures figures(store, world.assets, world.clock, {});
    treasury::DashboardReader dashboard(store, figures);
    treasury::Logs logs(store);
    intake::PolicyDesk policy(store, world.clock);
    const ApiServices services = reading_by(world, dashboard, logs, policy, world.cache);
    const auto answers = all_cached(services);
    CHECK(answers.size() == cache::all_keys.size());
    for (const auto& [name, value] : answers) {
        INFO(name);
        noting.read.clear();
        REQUIRE(world.await(value.load()));
        std::set<std::string> named;
        for (const auto& rule : cache::stale_rules)
            if (rule.key.name == name) named.emplace(rule.collection);
        CHECK(noting.read == named);
    }
}

SCENARIO("whatever a route changes, what is cached says so: here at once, on another host when it has heard of it",
         "[http][cache]") {
    std::set<std::string> writing;
    std::size_t kinds = 0;
    {
        TwoHosts world;
        for (const Route& route : world.router.routes().routes())
            if (route.method != "GET" && !of_no_answer.contains(route.name)) writing.insert(route.name);
        kinds = world.every_kind().size();
    }
    std::set<std::string> changed_by_some;
    for (std::size_t i = 0; i <= kinds; ++i) {
        TwoHosts world;
        auto rows = world.every_kind();
        rows.push_back({"reconciliation.run", "POST", "/api/v1/reconciliation", json::object()});
        const Row& row = rows.at(i);
        INFO(row.name);
        if (row.name == "quarantine.release") REQUIRE(world.await(world.quarantine.enter("a test")));
        world.warm();
        const auto before = world.all_texts();
        const auto done = world.send(row.method, row.target, row.body);
        INFO(done->content());
        CHECK(done->status < 300);
        const auto changed = world.check(world.first, before);
        changed_by_some.insert(changed.begin(), changed.end());
        world.executor.advance(1000);  // also to what the payment's end changes
        world.check(world.first, before);
        world.check(world.second, before);
        writing.erase(row.name);
    }
    CHECK(writing == std::set<std::string>{});                // each route that writes is tried here
    CHECK(changed_by_some.size() == cache::all_keys.size());  // and each key's answer is changed by some
}

SCENARIO("what is cached and cannot be read is loaded anew, and written over", "[http][cache]") {
    const std::string text = GENERATE("", "garbage", "{}", "[1]", "\n{", R"({"asset":1})");
    INFO("cached: " << text);
    TwoHosts world;
    world.follow();
    const std::string store = "@store/1";
    for (CachingHost* host : {&world.first, &world.second}) host->cache.belongs_to(store.substr(1));
    const auto stored = [&](const std::string& key) { return world.await(world.shared.get(key + store, {})); };
    const std::string seq = std::to_string(world.storage.last_seq());
    for (const auto& [name, value] : world.first.answers)
        REQUIRE(world.await(world.shared.set(name + store, seq + ' ' + text, 1, Millis{60'000}, 0, {})));
    for (const auto& [name, value] : world.first.answers) {
        INFO(name);
        const auto fresh = world.await(value.load());
        const auto shown = world.await(value.get());
        world.executor.run_until_idle();
        REQUIRE(fresh);
        REQUIRE(shown);
        CHECK(timeless(**shown) == timeless(*fresh));
        REQUIRE(stored(name));
        CHECK(timeless(stored(name)->value) == seq + ' ' + timeless(*fresh));
        CHECK(world.await(world.second.answers.at(name).get()));
        CHECK(world.second.cache.counts().at(name).hits == 1);
    }
}
