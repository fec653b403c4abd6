/// GET /api/dashboard: the figures, what waits for people, and what should worry them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "treasury/figures.hpp"

namespace treasurer::treasury {

/// The last word of reconciliation.
struct BooksCheck {
    bool equal = true;
    std::size_t breaks = 0;
    UnixMillis as_of_ms = 0;
    bool is_late = false;  ///< it was long ago
    bool operator==(const BooksCheck&) const = default;
};

/// What waits for people.
struct Waiting {
    bool quarantined = false;  ///< nothing is sent until the books agree with the rails
    std::uint64_t approvals = 0;
    std::uint64_t unknown_payments = 0;         ///< the rail has not said what became of them
    std::uint64_t payments_needing_person = 0;  ///< of the unknown ones, those only a person can decide
    bool operator==(const Waiting&) const = default;
};

struct Dashboard {
    TreasuryFigures figures;
    Waiting waiting;
    atr::Decimal critical_runway_months;
    bool paused = false;
};

struct Alert {
    std::string code;   ///< books_not_equal, books_not_compared, quarantine, runway_critical, payments_need_person,
                        ///< payments_unknown, payments_paused
    std::string level;  ///< critical or warning
    std::string message;
};

/// What should worry a person, the worst first. `books`: nullopt: not compared yet.
std::vector<Alert> alerts_of(const Dashboard& dashboard, const std::optional<BooksCheck>& books);

/// {"status":"Online","treasury_balance":15000.50,"currency":"MNEE","monthly_burn":5000.0,"runway_months":3.0,
///  "alerts":[{"code","level","message"}],"available","held","waiting_approvals","payments_unknown",
///  "payments_needing_person","paused","quarantined","critical_runway_months","rail","as_of","books":{"equal","breaks","as_of"}|null}
/// treasury_balance is what is booked; runway counts what is available.
std::string to_json(const Dashboard& dashboard, const std::optional<BooksCheck>& books);

/// Reads what changes: the figures, and what waits. Counts stop at 10,000.
/// Threads: any. Lifetime: store and figures outlive it and its tasks. Errors: those of storage and of Figures.
class DashboardReader {
public:
    DashboardReader(Store& store, Figures& figures) : store_(store), figures_(figures) {}
    Task<atr::Result<TreasuryFigures>> figures(std::string asset, std::string rail) {
        return figures_.of(std::move(asset), std::move(rail));
    }
    Task<atr::Result<Waiting>> waiting();

private:
    Task<atr::Result<std::uint64_t>> count_pending_approvals();
    Task<atr::Result<atr::Unit>> count_unknown_payments(Waiting& into);

    Store& store_;
    Figures& figures_;
};

}  // namespace treasurer::treasury
