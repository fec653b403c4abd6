/// One life of a host: everything of the core but HTTP, over the wires of the simulation.
#pragma once

#include "cache/cache_service.hpp"
#include "cache/change_follower.hpp"
#include "intake/approval_desk.hpp"
#include "intake/approval_expiry.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/paid_elsewhere.hpp"
#include "intake/payment_desk.hpp"
#include "intake/policy_desk.hpp"
#include "intake/vendor_directory.hpp"
#include "payments/resolver.hpp"
#include "reconcile/break_desk.hpp"
#include "reconcile/reconciliation_service.hpp"
#include "reconcile/statement_follower.hpp"
#include "reconcile/store_watch.hpp"
#include "records/gathering_storage.hpp"
#include "simulation/line_parser.hpp"
#include "simulation/plain_sealer.hpp"
#include "simulation/remote.hpp"

#include <string>

namespace treasurer::simulation {

/// What the lives of all hosts share.
struct Surroundings {
    EventLoop& loop;
    const Plan& plan;
    Weather& weather;
    MemoryStorage& storage;
    Bank& bank;
    CacheBox& cache;
    Checks& checks;
};

class Host {
public:
    Host(Surroundings around, ActorExecutor& executor, const Clock& clock, std::string name);
    /// As the end of a process: nothing is finished.
    ~Host();

    /// Begins the work of a serving host.
    void start();
    Actor who() const { return executor_.who(); }
    const std::string& name() const { return name_; }
    /// The newest commit of its own that it knows of and that made the dashboard stale. 0 once the storage has lost
    /// commits: their numbers are given again, and an entry of the shared cache that names one is shown until it has
    /// lived out (docs/decisions/0017).
    std::uint64_t knows_of() const { return shared_.lineage() == 0 ? knows_of_ : 0; }
    /// Whether storage has lost commits of which this host was told.
    bool has_lost();
    /// The sequence of the commit that an answer of the cached dashboard reflects.
    Task<atr::Result<std::string>> read_dashboard();

private:
    Task<> begin();
    static ledger::Assets the_assets();

    ActorExecutor& executor_;
    const Clock& clock_;
    MemoryStorage& shared_;
    const std::string name_;
    SeededRandom random_;
    Ids ids_;
    std::uint64_t knows_of_ = 0;

public:
    RemoteStorage storage;
    RemoteRail rail;
    RemoteCache cache_port;
    TaskScope scope;
    CommitPipeline pipeline;
    GatheringStorage gathering;
    Store store;
    ledger::Assets assets;
    payments::Rails rails;
    PlainSealer sealer;
    NoFaults faults;
    cache::CacheService cache;
    cache::ChangeFollower follower;
    treasury::Figures figures;
    payments::Saga saga;
    payments::Runner runner;
    LineParser parser;
    intake::DocumentReader reader;
    intake::FactsFinder facts;
    intake::VendorDirectory vendors;
    intake::PolicyDesk policy;
    intake::InvoiceDesk invoices;
    intake::ApprovalDesk approvals;
    intake::PaymentDesk payments_desk;
    payments::Resolver resolver;
    intake::ApprovalExpiry expiry;
    reconcile::StatementFollower statements;
    reconcile::Reconciliation comparison;
    reconcile::QuarantineKeeper quarantine;
    reconcile::StoreWatch watch;
    reconcile::ReconciliationService reconciliation;
    intake::PaidElsewhere elsewhere;
    reconcile::BreakDesk breaks;
};

}  // namespace treasurer::simulation
