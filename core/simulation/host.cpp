#include "simulation/host.hpp"

#include <atr/storage_copy.hpp>

namespace treasurer::simulation {
namespace {

payments::SagaSettings saga_settings(const Plan& plan) {
    payments::SagaSettings out;
    out.lease = plan.lease;
    out.poll = Millis{500};
    out.backoff_max = Millis{8000};
    out.execute_within = Millis{20'000};
    return out;
}

reconcile::FollowerSettings follower_settings(const Plan& plan) {
    reconcile::FollowerSettings out;
    out.late_after = plan.late_after;
    return out;
}

reconcile::ReconciliationSettings comparison_settings() {
    reconcile::ReconciliationSettings out;
    out.prove_at_most = 10'000;
    return out;
}

cache::FollowSettings follow_settings() {
    cache::FollowSettings out;
    out.poll = Millis{1000};
    return out;
}

/// Longer than a message, a stall and the bank together take.
constexpr Millis quarantine_at_least{60'000};

}  // namespace

Host::Host(Surroundings around, ActorExecutor& executor, const Clock& clock, std::string name)
    : executor_(executor),
      clock_(clock),
      shared_(around.storage),
      name_(std::move(name)),
      random_(around.plan.seed ^ (std::uint64_t{executor.who()} << 32)),
      ids_(clock, random_),
      storage({around.loop, executor, around.weather}, around.storage, around.checks),
      rail({around.loop, executor, around.weather}, around.bank, around.checks),
      cache_port({around.loop, executor, around.weather}, around.cache),
      scope(executor),
      pipeline(storage, executor, scope, {}),
      gathering(storage, executor, scope, clock),
      store(gathering, pipeline, ids_),
      assets(the_assets()),
      cache(&cache_port, executor, clock, scope),
      follower(storage, cache, executor, follow_settings(), &pipeline.newest()),
      figures(store, assets, clock, {}),
      saga({store, rails, assets, sealer, clock, executor, faults}, saga_settings(around.plan), name_),
      runner(saga, storage, executor, scope),
      reader({&parser}, {}),
      facts(store, figures, rails, assets, clock),
      vendors(store, clock, {the_rail}),
      policy(store, clock),
      invoices({store, facts, saga, runner, reader, clock}, {}),
      approvals({store, facts, saga, runner, clock}),
      payments_desk(store, clock),
      resolver({store, saga, rails, assets, clock}),
      expiry(store, approvals, executor, clock, around.plan.has(Trouble::reservations) ? Millis{1000} : Millis{60'000}),
      statements(store, assets, clock, follower_settings(around.plan)),
      comparison(store, assets, clock, {&rail}, statements, comparison_settings()),
      quarantine(store, clock, {the_rail}, {quarantine_at_least}),
      watch(store, quarantine, executor, around.plan.has(Trouble::forgets) ? Millis{500} : Millis{5000}),
      reconciliation(comparison, executor, clock, {}, &quarantine),
      elsewhere(store, clock),
      breaks(store, assets, clock, elsewhere) {
    rails.add(rail);
    pipeline.on_committed([this](const atr::Batch& batch, std::uint64_t seq, std::uint64_t) {
        const auto keys = cache::stale_keys(batch);
        for (const auto& key : keys)
            if (key == cache::treasury_waiting.name) knows_of_ = std::max(knows_of_, seq);
        cache.invalidate(keys, seq);
    });
    watch.on_rewind([this](Rewind what) { cache.went_back(what.from, what.to); });
    pipeline.on_rewind([this](Rewind what) { return watch.rewound(what); });
}

Host::~Host() {
    scope.abandon();
}

ledger::Assets Host::the_assets() {
    return ledger::Assets({{the_asset, the_decimals}});
}

void Host::start() {
    scope.spawn(begin());
}

/// As a real host: what came in is booked before anything else is done, and where the bank shows what these books did
/// not send, everything is compared.
Task<> Host::begin() {
    bool is_in_doubt = false;
    for (;;) {
        Task<atr::Result<reconcile::Followed>> following = statements.follow(rail);
        const atr::Result<reconcile::Followed> followed = co_await following;
        is_in_doubt = followed && followed->not_ours > 0;
        if (followed) break;
        co_await delay(executor_, Millis{1000});
    }
    while (is_in_doubt) {
        Task<atr::Result<reconcile::ReconciliationService::Report>> comparing = reconciliation.run();
        const atr::Result<reconcile::ReconciliationService::Report> compared = co_await comparing;
        is_in_doubt = !compared;
        if (is_in_doubt) co_await delay(executor_, Millis{1000});
    }
    for (;;) {
        Task<atr::Result<Quarantine>> reading = quarantine.current();
        const atr::Result<Quarantine> known = co_await reading;
        if (known) break;
        co_await delay(executor_, Millis{1000});
    }
    follower.start(scope);
    runner.start();
    reconciliation.start(scope);
    expiry.start(scope);
    watch.start(scope);
}

bool Host::has_lost() {
    std::vector<atr::Key> keys;
    for (auto& key : pipeline.newest().own_keys()) keys.push_back({std::string(atr::keys_collection), std::move(key)});
    const std::size_t own = keys.size();
    const auto found = at_once(shared_.get(std::move(keys), {}));
    return found && found->size() < own;
}

Task<atr::Result<std::string>> Host::read_dashboard() {
    const auto load = [this] { return storage.newest({}); };
    Task<atr::Result<cache::CacheService::Value>> reading = cache.get_or_load(cache::treasury_waiting, load);
    const atr::Result<cache::CacheService::Value> shown = co_await reading;
    if (!shown) co_return shown.error();
    co_return **shown;
}

}  // namespace treasurer::simulation
