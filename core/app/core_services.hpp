/// The composition root of everything but HTTP: which part is given which. Commands open as much of it as they need.
#pragma once

#include "app/first_start.hpp"
#include "auth/api_keys.hpp"
#include "auth/blob_vault.hpp"
#include "auth/password_hasher.hpp"
#include "auth/tokens.hpp"
#include "auth/users.hpp"
#include "cache/cache_service.hpp"
#include "cache/change_follower.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"
#include "http/routes/readable_cache.hpp"
#include "intake/approval_desk.hpp"
#include "intake/approval_expiry.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/paid_elsewhere.hpp"
#include "intake/payment_desk.hpp"
#include "intake/policy_desk.hpp"
#include "intake/vendor_directory.hpp"
#include "observe/log.hpp"
#include "observe/plugin_metrics.hpp"
#include "payments/resolver.hpp"
#include "payments/runner.hpp"
#include "plugin/plugin_set.hpp"
#include "reconcile/break_desk.hpp"
#include "reconcile/history.hpp"
#include "reconcile/reconciliation_service.hpp"
#include "reconcile/statement_follower.hpp"
#include "reconcile/store_watch.hpp"
#include "records/expired.hpp"
#include "records/gathering_storage.hpp"
#include "records/retention.hpp"
#include "runtime/thread_executor.hpp"
#include "treasury/dashboard.hpp"
#include "treasury/figures.hpp"
#include "treasury/logs.hpp"

#include <memory>
#include <optional>

namespace treasurer::app {

/// Parts in the order in which they depend on each other. Lifetime: end by close().
class CoreServices {
public:
    struct Given {
        const Settings& settings;
        const Clock& clock;
        Random& random;
        observe::Log& log;
        EnvLookup env;
    };

    /// Loads the plugins that are wanted, and nothing else yet. Errors: one line, saying what and where.
    static atr::Result<std::unique_ptr<CoreServices>> open(Given given, WantedPlugins wanted);
    ~CoreServices();

    /// Storage made ready, assets and policy settled, services built. Needs storage; payments need rails.
    atr::Result<> prepare();

    /// Begins the work of a serving host: receipts booked, due payments taken over, changes followed, books compared.
    /// A rail that is away is no error: its receipts are booked when it is back.
    /// `new_blob_key`: see settle_blob_key().
    atr::Result<> start_serving(bool new_blob_key = false);

    /// Stops taking work, waits for what is under way, ends plugins and threads. Safe to repeat.
    void close(Millis patience);

    const Settings& settings;
    const Clock& clock;
    observe::Log& log;
    observe::PluginMetrics plugin_metrics;
    ThreadExecutor executor;
    TaskScope scope{executor};
    Ids ids;
    SecretResolver secrets;
    std::unique_ptr<PluginSet> plugins;
    payments::Rails rails;
    std::unique_ptr<intake::DocumentReader> reader;

    // Built by prepare().
    std::unique_ptr<FaultPoints> faults;
    std::unique_ptr<CommitPipeline> pipeline;
    std::unique_ptr<GatheringStorage> gathering;
    std::unique_ptr<Store> store;
    ledger::Assets assets;
    std::optional<http::ReadableCache> cached_answers;
    std::unique_ptr<cache::CacheService> cache;
    std::unique_ptr<cache::ChangeFollower> follower;
    std::unique_ptr<treasury::Figures> figures;
    std::unique_ptr<treasury::DashboardReader> dashboard;
    std::unique_ptr<treasury::Logs> logs;
    std::unique_ptr<reconcile::LedgerHistory> history;
    std::unique_ptr<reconcile::StatementFollower> statements;
    std::unique_ptr<reconcile::Reconciliation> comparison;
    std::unique_ptr<reconcile::QuarantineKeeper> quarantine;
    std::unique_ptr<reconcile::StoreWatch> watch;
    std::unique_ptr<reconcile::ReconciliationService> reconciliation;
    std::unique_ptr<reconcile::BreakDesk> breaks;
    std::unique_ptr<payments::BlobSealer> sealer;
    std::unique_ptr<payments::Saga> saga;
    std::unique_ptr<payments::Runner> runner;
    std::unique_ptr<intake::VendorDirectory> vendors;
    std::unique_ptr<intake::FactsFinder> facts;
    std::unique_ptr<intake::InvoiceDesk> invoices;
    std::unique_ptr<intake::ApprovalDesk> approvals;
    std::unique_ptr<intake::ApprovalExpiry> expiry;
    std::unique_ptr<intake::PaymentDesk> payments;
    std::unique_ptr<treasurer::payments::Resolver> resolver;
    std::unique_ptr<intake::PaidElsewhere> elsewhere;
    std::unique_ptr<intake::PolicyDesk> policy;
    std::unique_ptr<auth::PasswordHasher> passwords;
    std::unique_ptr<auth::Users> users;
    std::unique_ptr<auth::Tokens> tokens;
    std::unique_ptr<auth::ApiKeys> api_keys;
    std::unique_ptr<ExpirySweep> sweep;
    std::unique_ptr<RetentionSweep> retention;

    /// The rail that carries the treasury's own asset; nullptr: none does.
    RailPort* treasury_rail() const { return rails.for_asset(settings.treasury.asset); }

private:
    explicit CoreServices(Given given);
    HostSinks sinks();
    atr::Result<auth::SecretKey> key(const std::string& reference, const std::string& purpose);
    atr::Result<auth::TokenSigner> token_signer();
    std::unique_ptr<intake::DocumentReader> make_reader() const;

    // The parts of prepare(), in their order.
    void make_store();
    atr::Result<> settle_books();
    void make_cache();
    void make_figures();
    void make_payments();
    void make_intake();
    void make_reconciliation();
    void make_auth(auth::TokenSigner signer);
    void make_sweeps();

    Random& random_;
    bool closed_ = false;
};

}  // namespace treasurer::app
