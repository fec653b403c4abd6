/// "Paid elsewhere", said of an invoice whose payment has ended without paying it: from then on the same invoice is
/// refused as a duplicate.
#pragma once

#include "intake/claims.hpp"
#include "payments/resolver.hpp"
#include "reconcile/invoice_claims.hpp"
#include "records/store.hpp"

namespace treasurer::intake {

/// Threads: any. Lifetime: what it is given outlives it and its tasks. Errors: in the results.
class PaidElsewhere final : public reconcile::InvoiceClaims {
public:
    PaidElsewhere(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    /// One person's word; the second of another, who names the same reference, is the invoice's end, while who spoke
    /// first may still speak. Payment and ledger stay as they are; its claims get a new version, so that no submission
    /// that was judged before goes through. Only while the claims are still that invoice's: where it was submitted
    /// again since, the later one holds them, and may have been paid.
    Task<payments::ResolveResult> record(payments::ResolveRequest request);

private:
    struct Held {
        std::vector<ClaimRecord> claims;  ///< every one that is its own
        std::string other;                ///< the invoice that holds an exclusive one instead; empty: none does
    };
    Task<std::optional<payments::ResolveResult>> record_once(payments::ResolveRequest request);
    Task<atr::Result<Held>> claims_held(Invoice invoice);
    Task<atr::Result<bool>> renew_claims(UnitOfWork& unit, Invoice invoice) override;

    Store& store_;
    const Clock& clock_;
};

}  // namespace treasurer::intake
