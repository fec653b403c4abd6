/// What reconciliation found.
#pragma once

#include <array>
#include <atr/money.hpp>
#include <set>
#include <string>
#include <vector>

#include "ledger/balances.hpp"
#include "records/json.hpp"
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
inline constexpr const char* explained_came_back = "explained_came_back";  ///< booked as it came in, not as it left
inline constexpr const char* receipt_not_booked = "receipt_not_booked";
inline constexpr const char* receipt_differs = "receipt_differs";
inline constexpr const char* unbookable_receipt = "unbookable_receipt";      ///< an asset the books do not count
inline constexpr const char* rail_balance_differs = "rail_balance_differs";  ///< from the sum of its own statement
inline constexpr const char* ledger_differs = "ledger_differs";              ///< from what the events explain
inline constexpr const char* trial_balance = "trial_balance";                ///< debits are not credits
inline constexpr const char* ledger_not_proven = "ledger_not_proven";  ///< what `treasurer ledger verify` would say

inline constexpr std::array all = {
    left_without_us,    paid_twice,           amount_differs, payee_differs,       moved_after_end,    wrong_rail,
    fee_not_booked,     fee_differs,          no_rail_event,  explained_came_back, receipt_not_booked, receipt_differs,
    unbookable_receipt, rail_balance_differs, ledger_differs, trial_balance,       ledger_not_proven};
}  // namespace kind

/// How a break's movement would enter the books: out of the rail's treasury account, or back into it.
struct Correction {
    std::string account;  ///< the other one; empty: there is nothing to book
    atr::Money amount;
    bool came_back = false;  ///< the books hold that more left than did

    bool is_possible() const { return !account.empty(); }
};

/// What persons may do with a break. Either takes two who say the same.
namespace action {
inline constexpr const char* book = "book";            ///< the movement enters the books, in an account of its own
inline constexpr const char* explained = "explained";  ///< nothing is booked; it is no difference any more
}  // namespace action

/// One person's word on a break.
struct BreakVote {
    std::string by, action, reason;
    UnixMillis at_ms = 0;
};

struct Break {
    std::string kind, rail;
    atr::Money amount;
    std::string payment_id, event_id, detail;
    UnixMillis at_ms = 0;          ///< of the event or payment; 0: of no moment
    std::string subject = {};      ///< what it is about, where it is of no event and no payment
    Correction correction = {};    ///< that two persons may book
    UnixMillis first_seen_ms = 0;  ///< by any host
    std::string seen_after = {};   ///< which release of the quarantine it was first seen after
    std::vector<BreakVote> votes = {};
};

/// The same for the same difference in every comparison, and fit for a path: "bank:event-7:paid_twice".
std::string break_id(const Break& found);

/// What is people's to do with this break.
std::vector<std::string> actions_of(const Break& found);

/// What makes breaks of a kind, and what to look at, in words for people.
std::string cause_of(const std::string& kind);

/// Why something is in flight.
namespace in_flight {
inline constexpr const char* payment_open = "payment_open";
inline constexpr const char* receipt_new = "receipt_new";
inline constexpr const char* fee_new = "fee_new";
inline constexpr const char* event_awaited = "event_awaited";
inline constexpr const char* unknown_payment = "unknown_payment";  ///< none of ours that may have been sent
}  // namespace in_flight

/// Moved at the rail and not in the books yet, or the other way round; the next seconds will tell.
struct InFlight {
    std::string rail;
    atr::Money amount;
    std::string payment_id, event_id;
    std::string why;
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
    std::vector<std::string> rails;  ///< that were compared
    std::vector<Break> breaks;
    std::vector<Break> explained;  ///< by two persons: no difference any more
    std::vector<InFlight> in_flight;
    std::size_t breaks_total = 0, in_flight_total = 0;
    std::vector<BalanceLine> balances;
    std::vector<TrialLine> trial_balance;
    /// Going out at a rail, not final yet, and no payment that may have been sent explains it: it becomes a break when
    /// it settles.
    std::size_t unexplained_pending = 0;
    std::uint64_t events_checked = 0, payments_checked = 0;
    /// Whether the ledger was compared with its own transfers, payments and invoices.
    bool ledger_proven = false;
    std::uint64_t unknown_payments = 0;
    UnixMillis oldest_unknown_ms = 0;  ///< when the oldest of them was made; 0: there is none

    bool equal() const { return breaks_total == 0; }
    bool was_explained(const std::string& id) const { return explained_.contains(id); }
    void add(Break found);
    /// One that two persons have explained.
    void note_explained(const Break& found) { explained_.insert(break_id(found)); }
    void add(InFlight found);

private:
    std::set<std::string> explained_;  ///< ids of those that were found again
};

/// {"equal","as_of","extent","breaks":[{"id","kind","rail","asset","amount","payment_id","event_id","detail","at",
///  "first_seen","age_s","cause","actions","votes":[{"by","action","reason","at"}]}],"breaks_total","explained":[…],"in_flight":[…],"in_flight_total","unexplained_pending","balances":[…],"trial_balance":[…],
///  "checked":{"events","payments","ledger"},"unknown_payments":{"count","oldest_age_s"}}; amounts are decimal strings.
std::string to_json(const ReconciliationReport& report);
/// One break of it, its age as of `now`.
Json shown(const Break& found, UnixMillis now);

}  // namespace treasurer::reconcile
