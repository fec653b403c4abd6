/// The desks of dry runs. They are the real ones, on a storage that is read and never written: what a dry run decides
/// is decided by the very code that decides in earnest, up to the commit, which is judged and not made.
#pragma once

#include "intake/approval_desk.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/paid_elsewhere.hpp"
#include "intake/payment_desk.hpp"
#include "intake/policy_desk.hpp"
#include "intake/vendor_directory.hpp"
#include "payments/resolver.hpp"
#include "reconcile/break_desk.hpp"
#include "reconcile/quarantine_keeper.hpp"
#include "records/rehearsed_storage.hpp"

namespace treasurer::intake {

/// Parsers read, and rails prepare: neither has an effect. No rail is asked to submit or to cancel, no job is begun,
/// no cache is told, and nobody hears of it.
/// Threads: any. Errors: those of the desks. Lifetime: what it is given outlives it, and it outlives its tasks.
class Rehearsal {
    RehearsedStorage storage_;
    CommitPipeline pipeline_;

public:
    struct Parts {
        StoragePort& storage;
        Executor& executor;
        TaskScope& scope;
        Ids& ids;
        const Clock& clock;
        FactsFinder& facts;
        DocumentReader& reader;
        payments::Saga& saga;      ///< to prepare and to look
        payments::Runner& runner;  ///< asked whether it has room
        const payments::Rails& rails;
        const ledger::Assets& assets;
        Millis read_timeout{5000};
    };
    explicit Rehearsal(Parts parts);

    Store store;  ///< for whatever else is to be rehearsed
    InvoiceDesk invoices;
    ApprovalDesk approvals;
    PaymentDesk payments;
    payments::Resolver resolver;
    PaidElsewhere elsewhere;
    PolicyDesk policy;
    VendorDirectory vendors;
    reconcile::BreakDesk breaks;
    reconcile::QuarantineKeeper quarantine;
};

}  // namespace treasurer::intake
