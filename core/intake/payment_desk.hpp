/// The payment desk: what people ask of payments under way.
#pragma once

#include "records/idempotency.hpp"
#include "records/payment.hpp"
#include "records/store.hpp"

namespace treasurer::intake {

struct CancelRequest {
    std::string payment_id;
    std::string by;
    std::string request_id = {};
    Once once = {};
};

enum class CancelKind {
    requested,  ///< whoever works on the payment decides what the rail's word still allows
    not_found,
    already_final,
    waiting_approval,  ///< the approval has to be rejected instead
    unavailable        ///< safe to repeat
};

struct CancelResult {
    CancelKind kind = CancelKind::unavailable;
    Payment payment = {};
    atr::Error error = {};  ///< unavailable: of storage, where it said why
};

/// Threads: any. Lifetime: outlives its tasks. Errors: in CancelResult.
class PaymentDesk {
public:
    PaymentDesk(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    /// A cancel is only ever requested, never done behind the saga's back. A repeat changes nothing.
    Task<CancelResult> request_cancel(CancelRequest request);

private:
    Store& store_;
    const Clock& clock_;
};

}  // namespace treasurer::intake
