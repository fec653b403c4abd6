/// The claims that make an invoice unique, as far as reconciliation has to do with them.
#pragma once

#include <atr/result.hpp>

#include "records/invoice.hpp"
#include "records/unit_of_work.hpp"
#include "runtime/task.hpp"

namespace treasurer::reconcile {

/// Threads: any. Lifetime: it and the unit outlive its tasks. Errors: those of storage.
class InvoiceClaims {
public:
    InvoiceClaims() = default;
    InvoiceClaims(const InvoiceClaims&) = delete;
    InvoiceClaims& operator=(const InvoiceClaims&) = delete;
    virtual ~InvoiceClaims() = default;

    /// Puts each claim that the invoice holds into `unit` anew, so that no submission which took the invoice for unpaid
    /// is committed after it. False, and nothing put: another invoice holds them.
    virtual Task<atr::Result<bool>> renew_claims(UnitOfWork& unit, Invoice invoice) = 0;
};

}  // namespace treasurer::reconcile
