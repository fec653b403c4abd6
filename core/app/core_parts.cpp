// The parts of a host, built in the order in which they depend on each other, with their settings.
#include "app/books_log.hpp"
#include "app/core_services.hpp"
#include "app/policy_settings.hpp"
#include "app/startup_error.hpp"
#include "auth/revoked_token.hpp"
#include "records/idempotency.hpp"
#include "records/schema.hpp"
#include "runtime/block_on.hpp"

#include <unistd.h>

#include <set>

namespace treasurer::app {
namespace {

/// Seals payment blobs with the host's vault.
class VaultSealer final : public payments::BlobSealer {
public:
    VaultSealer(const auth::SecretKey& key, Random& random) : vault_(key, random) {}
    std::string seal(std::string_view blob, std::string_view payment_id) override {
        return vault_.seal(blob, payment_id);
    }
    atr::Result<std::string> open(std::string_view sealed, std::string_view payment_id) override {
        return vault_.open(sealed, payment_id);
    }

private:
    auth::BlobVault vault_;
};

/// The settings seed the policy once: who changes them later and sees nothing happen is told why.
void tell_policy_that_counts(observe::Log& log, const Policy& seed, const Policy& in_force) {
    const auto wanted = by_setting(seed);
    std::string others;
    for (const auto& [path, value] : by_setting(in_force))
        if (wanted.at(path) != value)
            others += (others.empty() ? "" : ", ") + path + " is " + value + ", not " + wanted.at(path);
    if (others.empty()) return;
    log.warn(
        "the policy in storage counts, not that of the settings file: config show --stored tells it, "
        "PUT /api/v1/policy changes it",
        {{"differ", others}});
}

/// Else nothing could be paid, and the dashboard would tell of an account that is nowhere.
atr::Result<> check_treasury_rail(const payments::Rails& rails, const std::string& asset) {
    if (rails.all().empty() || rails.for_asset(asset)) return atr::Unit{};
    std::string carried;
    for (const auto& [name, rail] : rails.all())
        for (const auto& one : rail->capabilities().assets)
            carried += (carried.empty() ? "" : ", ") + one.asset + " (" + name + ")";
    return atr::rejected(
        ATR_E_CONFIG, "treasury.asset: no payment rail carries " + asset + ": name one that is carried, of " + carried);
}

/// Unique among hosts and starts: a lease is never mistaken for that of an earlier life of this process.
std::string worker_name(Ids& ids) {
    char host[128] = "host";
    (void)::gethostname(host, sizeof host - 1);
    return std::string(host) + ":" + std::to_string(::getpid()) + ":" + ids.next().substr(24);
}

}  // namespace

atr::Result<> CoreServices::prepare() {
    CallOptions patient;
    patient.timeout = Millis{30'000};
    const auto migrated = block_on(executor, plugins->storage().migrate(record_schema(), patient));
    if (!migrated) return cannot("storage cannot be made ready", migrated.error());
    make_store();
    if (auto settled = settle_books(); !settled) return settled;
    auto blob_key = key(settings.payments.blob_key, "blobs");
    if (!blob_key) return cannot("the key that seals prepared payments", blob_key.error());
    sealer = std::make_unique<VaultSealer>(std::move(*blob_key), random_);
    auto signer = token_signer();
    if (!signer) return cannot("the key that signs tokens", signer.error());
    make_cache();
    make_figures();
    make_payments();
    make_intake();
    make_reconciliation();
    make_auth(std::move(*signer));
    make_sweeps();
    return {};
}

void CoreServices::make_store() {
    PipelineSettings commits;
    commits.max_group = static_cast<std::size_t>(settings.commit.group);
    commits.max_waiting = static_cast<std::size_t>(settings.commit.queue);
    commits.flushes_in_flight = static_cast<unsigned>(settings.commit.lanes);
    commits.timeout = settings.commit.timeout;
    commits.retry_for = settings.commit.retry_for;
    commits.resolve_for = settings.commit.resolve_for;
    commits.retries = {.percent = static_cast<unsigned>(settings.commit.retry_percent),
                       .saved = static_cast<unsigned>(settings.commit.retry_saved)};
    pipeline = std::make_unique<CommitPipeline>(plugins->storage(), executor, scope, commits);
    gathering = std::make_unique<GatheringStorage>(plugins->storage(), executor, scope, clock);
    store = std::make_unique<Store>(*gathering, *pipeline, ids, settings.commit.read_timeout, settings.retention.keys);
}

/// What the store itself has to say or to be told before anything is built on it.
atr::Result<> CoreServices::settle_books() {
    const auto carried = check_treasury_rail(rails, settings.treasury.asset);
    if (!carried) return carried.error();
    const auto usable = block_on(executor, settle_store(*store, clock));
    if (!usable) return usable.error();
    auto counted = block_on(executor, settle_assets(*store, rails));
    if (!counted) return cannot("the assets' decimals", counted.error());
    assets = std::move(*counted);
    const auto policy_in_force = block_on(executor, settle_policy(*store, settings.policy, settings.treasury.asset));
    if (!policy_in_force) return cannot("the policy", policy_in_force.error());
    tell_policy_that_counts(log, first_policy(settings.policy, settings.treasury.asset), *policy_in_force);
    return {};
}

void CoreServices::make_cache() {
    cache::CacheSettings caching;
    caching.busy_lag = settings.server.busy_lag;
    if (plugins->has_cache()) cached_answers.emplace(plugins->cache());
    cache = std::make_unique<cache::CacheService>(cached_answers ? &*cached_answers : nullptr, executor, clock, scope,
                                                  caching);
    follower = std::make_unique<cache::ChangeFollower>(plugins->storage(), *cache, executor, cache::FollowSettings{},
                                                       &pipeline->newest());
    cache->begin_shared_anew();
    pipeline->on_committed(
        [this](const atr::Batch& batch, std::uint64_t seq, std::uint64_t begun) {
            cache->invalidate(cache::stale_keys(batch), seq, begun);
            store->saw(seq);
        },
        [this] { return cache->begins(); });
    store->hears_of([this] { return follower->position(); });
}

void CoreServices::make_figures() {
    treasury::FiguresSettings figuring;
    figuring.burn_window_days = settings.treasury.burn_window_days;
    figuring.burn_floor = settings.treasury.burn_floor;
    figuring.burn_floor_asset = settings.treasury.asset;
    figures = std::make_unique<treasury::Figures>(*store, assets, clock, figuring);
    dashboard = std::make_unique<treasury::DashboardReader>(*store, *figures);
    logs = std::make_unique<treasury::Logs>(*store);
}

void CoreServices::make_payments() {
    payments::SagaSettings saga_settings;
    saga_settings.lease = settings.payments.lease;
    saga_settings.poll = settings.payments.poll;
    saga_settings.prepare_timeout = settings.payments.prepare_timeout;
    saga_settings.submit_timeout = settings.payments.submit_timeout;
    saga_settings.lookup_timeout = settings.payments.lookup_timeout;
    saga_settings.execute_within = settings.payments.execute_within;
    saga_settings.backoff_initial = settings.payments.lookup_initial;
    saga_settings.backoff_max = settings.payments.lookup_max;
    saga_settings.max_active = static_cast<unsigned>(settings.payments.max_in_flight);
    saga = std::make_unique<payments::Saga>(
        payments::Saga::Parts{*store, rails, assets, *sealer, clock, executor, *faults}, saga_settings,
        worker_name(ids));
    saga->on_trouble([this](const std::string& payment_id, const std::string& what) {
        log.warn("a payment cannot go on", {{"payment", payment_id}, {"what", what}});
    });
    runner = std::make_unique<payments::Runner>(*saga, plugins->storage(), executor, scope);
}

void CoreServices::make_intake() {
    std::vector<std::string> rail_names;
    for (const auto& [name, slot] : settings.plugins.rails) rail_names.push_back(name);
    vendors = std::make_unique<intake::VendorDirectory>(*store, clock, std::move(rail_names));
    facts = std::make_unique<intake::FactsFinder>(*store, *figures, rails, assets, clock);
    invoices = std::make_unique<intake::InvoiceDesk>(
        intake::InvoiceDesk::Parts{*store, *facts, *saga, *runner, *reader, clock}, intake::DeskSettings{});
    approvals =
        std::make_unique<intake::ApprovalDesk>(intake::ApprovalDesk::Parts{*store, *facts, *saga, *runner, clock});

    expiry = std::make_unique<intake::ApprovalExpiry>(*store, *approvals, executor, clock);
    payments = std::make_unique<intake::PaymentDesk>(*store, clock);
    resolver = std::make_unique<payments::Resolver>(payments::Resolver::Parts{*store, *saga, rails, assets, clock});
    elsewhere = std::make_unique<intake::PaidElsewhere>(*store, clock);
    policy = std::make_unique<intake::PolicyDesk>(*store, clock);
}

void CoreServices::make_reconciliation() {
    history = std::make_unique<reconcile::LedgerHistory>(*store, executor, clock);
    reconcile::FollowerSettings following;
    following.late_after = settings.reconciliation.grace;
    statements = std::make_unique<reconcile::StatementFollower>(*store, assets, clock, following);
    std::vector<RailPort*> all_rails;
    std::set<std::string> compared;
    for (const auto& [name, rail] : rails.all()) {
        all_rails.push_back(rail);
        compared.insert(name);
    }
    reconcile::ReconciliationSettings comparing;
    comparing.judge.grace_ms = settings.reconciliation.grace.count();
    comparing.prove_at_most = 20'000;  // about 3 KB each
    comparison = std::make_unique<reconcile::Reconciliation>(*store, assets, clock, std::move(all_rails), *statements,
                                                             comparing);
    reconcile::QuarantineSettings quarantining;
    quarantining.at_least = settings.payments.quarantine_min;
    quarantine = std::make_unique<reconcile::QuarantineKeeper>(*store, clock, std::move(compared), quarantining);
    watch = std::make_unique<reconcile::StoreWatch>(*store, *quarantine, executor);
    watch->on_rewind([this](Rewind what) {
        log.error("storage has lost commits that it had acknowledged: the store goes into quarantine",
                  {{"from", what.from}, {"to", what.to}});
        cache->went_back(what.from, what.to);
    });
    pipeline->on_rewind([this](Rewind what) { return watch->rewound(what); });
    reconcile::ServiceSettings repeating;
    repeating.interval = settings.reconciliation.interval;
    repeating.full_every = settings.reconciliation.full_every;
    reconciliation =
        std::make_unique<reconcile::ReconciliationService>(*comparison, executor, clock, repeating, quarantine.get());
    breaks = std::make_unique<reconcile::BreakDesk>(*store, assets, clock, *elsewhere);
    log_changes_of_the_books(log, *reconciliation, *quarantine, *breaks);
}

void CoreServices::make_auth(auth::TokenSigner signer) {
    auth::PasswordSettings hashing;
    hashing.memory_bytes = static_cast<std::size_t>(settings.auth.argon2_memory_kib) * 1024;
    hashing.passes = static_cast<unsigned long long>(settings.auth.argon2_operations);
    hashing.at_once = static_cast<unsigned>(settings.auth.argon2_concurrency);
    passwords = std::make_unique<auth::PasswordHasher>(executor, hashing);
    users = std::make_unique<auth::Users>(*store, *passwords, clock, random_);
    auth::TokenSettings token_settings;
    token_settings.lifetime = settings.auth.token_ttl;
    tokens = std::make_unique<auth::Tokens>(*store, clock, std::move(signer), token_settings);
    auth::ApiKeySettings key_settings;
    key_settings.max_lifetime = settings.auth.api_key_ttl;
    api_keys = std::make_unique<auth::ApiKeys>(*store, clock, random_, scope, key_settings);
    users->on_changed([this](std::string_view user) {
        tokens->forget_user(user);
        api_keys->forget_user(user);
    });
}

void CoreServices::make_sweeps() {
    sweep = std::make_unique<ExpirySweep>(
        *store, executor, clock,
        std::vector<std::string>{auth::RevokedToken::collection, IdempotencyRecord::collection, ApiKey::collection});
    RetentionSweep::Settings keeping;
    keeping.keys = settings.retention.keys;
    keeping.changes = settings.retention.changes;
    keeping.interval = settings.retention.sweep;
    retention = std::make_unique<RetentionSweep>(plugins->storage(), executor, clock, keeping);
}

}  // namespace treasurer::app
