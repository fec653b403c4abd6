/// What reconciliation found.
#pragma once

#include <atr/money.hpp>
#include <string>
#include <vector>

#include "ledger/balances.hpp"
#include "runtime/clock.hpp"

namespace treasurer::reconcile {

/// Kinds of breaks. Each is something that no order of events explains.
namespace kind {
inline constexpr const char* left_without_us = "money_left_without_us";  ///< an event that no payment of ours explains
inline constexpr const char* paid_twice = "paid_twice";                  ///< a second movement for one payment
inline constexpr const char* amount_differs = "amount_differs";          ///< the rail moved another amount or asset
inline constexpr const char* payee_differs = "payee_differs";            ///< the rail paid another address
inline constexpr const char* moved_after_end = "moved_after_end";        ///< the books say failed or cancelled
inline constexpr const char* wrong_rail = "wrong_rail";                  ///< another rail than the payment's moved it
inline constexpr const char* fee_not_booked = "fee_not_booked";          ///< the rail took more than the amount
inline constexpr const char* fee_differs = "fee_differs";                ///< from what is booked of it
inline constexpr const char* no_rail_event = "no_rail_event";            ///< posted, but the rail shows no movement
inline constexpr const char* receipt_not_booked = "receipt_not_booked";
inline constexpr const char* receipt_differs = "receipt_differs";
inline constexpr const char* unbookable_receipt = "unbookable_receipt";      ///< an asset the books do not count
inline constexpr const char* rail_balance_differs = "rail_balance_differs";  ///< from the sum of its own statement
inline constexpr const char* ledger_differs = "ledger_differs";              ///< from what the events explain
inline constexpr const char* trial_balance = "trial_balance";                ///< debits are not credits
}  // namespace kind

struct Break {
    std::string kind, rail;
    atr::Money amount;
    std::string payment_id, event_id, detail;
    UnixMillis at_ms = 0;  ///< of the event or payment; 0: of no moment
};

/// Moved at the rail and not in the books yet, or the other way round; the next seconds will tell.
struct InFlight {
    std::string rail;
    atr::Money amount;
    std::string payment_id, event_id;
    std::string why;  ///< "payment_open", "receipt_new", "fee_new", "event_awaited" or "unknown_payment"
    UnixMillis at_ms = 0;
};

struct BalanceLine {
    std::string rail, asset;
    atr::Decimal booked;      ///< what the books hold of the movements compared
    atr::Decimal at_rail;     ///< what the rail says it holds
    atr::Decimal in_flight;   ///< moved at the rail, not booked; out is negative
    atr::Decimal difference;  ///< at_rail - booked - in_flight; the breaks explain it when it is not zero
};

struct TrialLine {
    std::string asset;
    atr::Decimal debits, credits, difference;
};

enum class Extent {
    tail,  ///< what is new since the last clean page of the statement
    full   ///< the whole statement, and every posted payment looked for in it
};

struct ReconciliationReport {
    static constexpr std::size_t most_listed = 1000;  ///< of breaks and of in-flight movements; all are counted

    UnixMillis as_of_ms = 0;
    Extent extent = Extent::full;
    std::vector<Break> breaks;
    std::vector<InFlight> in_flight;
    std::size_t breaks_total = 0, in_flight_total = 0;
    std::vector<BalanceLine> balances;
    std::vector<TrialLine> trial_balance;
    /// Going out at a rail, not final yet, and no payment that may have been sent explains it: it becomes a break when
    /// it settles.
    std::size_t unexplained_pending = 0;
    std::uint64_t events_checked = 0, payments_checked = 0;

    bool equal() const { return breaks_total == 0; }
    void add(Break found);
    void add(InFlight found);
};

/// {"equal","as_of","extent","breaks":[{"kind","rail","asset","amount","payment_id","event_id","detail","at","age_s"}],
///  "breaks_total","in_flight":[…],"in_flight_total","unexplained_pending","balances":[…],"trial_balance":[…],
///  "checked":{"events","payments"}}; amounts are decimal strings.
std::string to_json(const ReconciliationReport& report);

}  // namespace treasurer::reconcile
