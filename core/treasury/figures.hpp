/// What the treasury holds, what it spends, and how long that lasts. Reads balances and daily roll-ups, never history.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>

#include "ledger/assets.hpp"
#include "records/store.hpp"

namespace treasurer::treasury {

struct FiguresSettings {
    std::int64_t burn_window_days = 90;
    /// The least monthly burn that is assumed, so that a young treasury does not look as if it lasted for ever.
    atr::Decimal burn_floor;
    std::string burn_floor_asset = {};  ///< the floor holds for this asset; empty: for all
};

struct TreasuryFigures {
    std::string asset, rail;
    atr::Decimal booked;        ///< debits less credits of the treasury account: what the rail should hold
    atr::Decimal available;     ///< what is not reserved
    atr::Decimal held;          ///< reserved by payments under way
    atr::Decimal monthly_burn;  ///< paid per 30 days, not below the floor
    /// Months that `available` lasts, one decimal, rounded down; nullopt when nothing is spent.
    std::optional<atr::Decimal> runway_months;
    UnixMillis as_of_ms = 0;
};

/// All that a monthly burn is reckoned from but what today adds. It changes with the day, and by what comes back.
struct BurnBasis {
    std::string today_key;  ///< of the roll-up that today adds to
    atr::Int128 spent_before_today = 0;
    std::int64_t days = 30;  ///< that the sum is divided by
};

struct Burn {
    atr::Decimal paid;   ///< in 30 days on average
    atr::Decimal floor;  ///< a month's burn is taken to be at least this
    atr::Decimal rise;   ///< by so much `paid` rises with each unit that is paid, rounded up
};

/// The monthly burn is what was paid on the last `burn_window_days` UTC days, today included, divided by the days and
/// times 30. Books younger than the window are divided by their age instead (days begun since the first transfer), but
/// by 30 at least: one payment on the first day is not a year's habit.
/// Threads: any. Lifetime: store, assets and clock outlive it and its tasks. Errors: those of storage; rejected for an
/// asset that the books do not count, or sums beyond 38 digits.
class Figures {
public:
    Figures(Store& store, const ledger::Assets& assets, const Clock& clock, FiguresSettings settings)
        : store_(store), assets_(assets), clock_(clock), settings_(std::move(settings)) {}

    Task<atr::Result<TreasuryFigures>> of(std::string asset, std::string rail);

    Task<atr::Result<BurnBasis>> burn_basis(std::string asset);
    atr::Result<Burn> burn(const std::string& asset, const BurnBasis& basis, atr::Int128 spent_today) const;

private:
    /// On the days of the window from so many days ago on: 0 is today.
    Task<atr::Result<atr::Int128>> spent(std::string asset, UnixMillis now, std::int64_t from_day);
    Task<atr::Result<std::int64_t>> days_counted(UnixMillis now);

    Store& store_;
    const ledger::Assets& assets_;
    const Clock& clock_;
    const FiguresSettings settings_;
};

/// available / burn with one decimal, rounded down, never below zero; nullopt when nothing is spent.
std::optional<atr::Decimal> runway(const atr::Decimal& available, const atr::Decimal& monthly_burn);

}  // namespace treasurer::treasury
