/// What becomes true when a payment ends, whoever ends it: the saga on the rail's word, or two persons on theirs.
#pragma once

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "payments/transitions.hpp"
#include "records/invoice.hpp"
#include "records/payment.hpp"
#include "records/unit_of_work.hpp"
#include "runtime/ids.hpp"

#include <optional>
#include <string>

namespace treasurer::payments {

/// The transfer that holds a payment's funds: while it waits for approval what may be held meanwhile, then its own.
ledger::Transfer hold_of(const Payment& payment, const ledger::Assets& assets, UnixMillis now_ms);

struct Ending {
    Payment payment;  ///< as it was read; `invoice` likewise
    Invoice invoice;
    Move move;                   ///< post, void_transfer or cancel, and the state that it ends in
    std::string rail_reference;  ///< the rail's own word; empty: as it was
    InvoiceStatus invoice_status = InvoiceStatus::failed;
    std::optional<ledger::Transfer> fee = std::nullopt;
    bool fee_is_known = false;   ///< paid: the rail has told it, be it nothing; else what the hold has beyond is kept
    std::string available = {};  ///< funds before, decimal text, for the log
    std::string actor;           ///< for the audit trail, with `action` and `detail`
    std::string action;
    std::string detail;
    std::string request_id = {};
};

/// Adds everything but the job: payment, invoice, the hold's end, the fee, roll-ups, log and audit lines. Steps are
/// labelled "payment" and "invoice" where the records' versions are checked. Returns the payment as it then is.
Payment put_ending(UnitOfWork& unit, Ending ending, const ledger::Assets& assets, Ids& ids, UnixMillis now_ms);

/// For whoever writes a payment that goes on: its hold has not ended, and one that waits for approval has none of its
/// own yet. Its version alone does not tell: after a loss of commits another record of it can have the same one. The
/// step is labelled "ended".
void check_not_ended(UnitOfWork& unit, const Payment& payment);

/// How an invoice stands after its payment has ended so.
InvoiceStatus invoice_status_after(PaymentState state);

}  // namespace treasurer::payments
