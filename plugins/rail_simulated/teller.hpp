/// The rules of the bank: what submit and cancel do to the book inside one writing transaction.
///
/// Threads: one, the one that owns the connection. Errors of the book are thrown (soci_error, BookCorrupt) and end the
/// transaction; what a payment is refused for is returned and remembered.
#pragma once

#include <soci/soci.h>

#include "order.hpp"
#include "payment_rows.hpp"
#include "tallies.hpp"

namespace rail_simulated {

/// The hours a call came at: the host's word for it, and the bank's own clock, which a stalled host cannot hold back.
struct Moment {
    std::int64_t now_unix_ms = 0;
    std::int64_t bank_unix_ms = 0;
};

class Teller {
public:
    Teller(soci::session& book, const Terms& terms);

    void begin();  ///< after BEGIN: reads balances and counters
    void end();    ///< before COMMIT: writes them back

    /// ok        settled (final) or pending
    /// rejected  nothing moved, and it never will for this payment_id: insufficient_funds, compliance, timeout
    ///           (execute_not_after); or idempotency_mismatch, another payment has this payment_id
    /// unknown   by the knob `unknown_every`; it may have been applied
    atr::Result<atr::RailStatus> submit(const Order&, const Moment&);

    /// ok        cancelled, final; also when it already was, or had failed (then: failed)
    /// conflict  it has been settled
    /// not_found no such payment
    atr::Result<atr::RailStatus> cancel(const std::string& payment_id, const Moment&);

    /// As Rail::lookup; the book proves what it says, since nobody else writes meanwhile.
    atr::Result<atr::RailStatus> lookup(const std::string& payment_id, std::int64_t not_after, const Moment&);

    void settle_due(std::int64_t now_unix_ms);

private:
    atr::Result<atr::RailStatus> pay(const Order&, const std::vector<PaymentRow>& earlier, const Moment&);
    int reason_to_refuse(const Order&, const Moment&);
    void insert_movement(const PaymentRow&);

    soci::session& book_;
    const Terms& terms_;
    TallyRows tally_rows_;
    Tallies stored_, tallies_;
    PaymentRow row_;  ///< bound to insert_payment_
    soci::statement insert_payment_;
    PaymentRow moved_;  ///< bound to insert_movement_, with these two
    std::string moved_reference_;
    soci::statement insert_movement_;
    RowFinder rows_;
    long long due_before_ = 0;  ///< bound to due_, with the row
    PaymentRow due_row_;
    soci::statement due_;
};

}  // namespace rail_simulated
