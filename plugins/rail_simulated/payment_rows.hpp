/// What the book remembers of a payment, and how that reads as the rail's answer.
#pragma once

#include <soci/soci.h>

#include <atr/rail.hpp>
#include <string>
#include <vector>

#include "settings.hpp"

namespace rail_simulated {

/// One submission of a payment; more than one exists only where the bank is not idempotent.
struct PaymentRow {
    std::string payment_id;
    long long nth = 0;
    std::string asset;
    std::string units;
    std::string fee = "0";  ///< besides, in the same units
    std::string address;
    std::string counterparty;
    std::string state;  ///< pending, settled, failed, cancelled
    int reason = 0;     ///< ATR_E_*, of a failed one
    long long received_at = 0;
    long long settle_at = 0;  ///< when it was, or will be, settled
};

/// All submissions of one payment, the first one first. The statement is prepared once; the session outlives it.
/// Threads: one, the session's. Throws soci_error.
class RowFinder {
public:
    explicit RowFinder(soci::session&);
    RowFinder(const RowFinder&) = delete;
    RowFinder& operator=(const RowFinder&) = delete;

    std::vector<PaymentRow> find(const std::string& payment_id);

private:
    PaymentRow row_;  ///< bound to rows_
    soci::statement rows_;
};

/// True if a pending payment should have been settled by `now_unix_ms`. Throws soci_error.
bool settlement_due(soci::session&, std::int64_t now_unix_ms);

/// The answer for one submission.
atr::RailStatus status_of(const PaymentRow&, const Terms&, std::int64_t now_unix_ms);

/// The answer over all submissions, at least one: settled if any is, else pending, cancelled, failed.
/// Errors: retry  all of them are still hidden by `visible_after`
atr::Result<atr::RailStatus> status_of(const std::vector<PaymentRow>&, const Terms&, std::int64_t now_unix_ms);

/// How submit says that a payment was refused; the code is one of those lookup gives as reason_code.
atr::Error refusal(int reason);

}  // namespace rail_simulated
