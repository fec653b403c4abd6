/// Roll-ups: sums kept in the same commit as what they sum, so that figures never scan history. All are COUNTER
/// records of rollups_collection; keys are ASCII.
///
///   spent|<asset>|<yyyy-mm-dd>   units settled on that UTC day, with fees, less what came back: one key an asset and
///   day settled|<asset>              units settled since the books began payments|<outcome>           settled, failed
///   invoices|<outcome>           one of invoice_outcomes, or "other"
#pragma once

#include <array>
#include <atr/money.hpp>
#include <map>
#include <string>
#include <string_view>

#include "records/store.hpp"

namespace treasurer::treasury {

inline constexpr std::array<std::string_view, 5> invoice_outcomes = {"approved", "waiting_approval", "rejected",
                                                                     "duplicate", "unreadable"};

/// Payments settled since the books began.
inline constexpr const char* payments_settled_key = "payments|settled";

/// "spent|MNEE|2026-03-14"
std::string spent_key(std::string_view asset, UnixMillis at_ms);

/// A payment of `money`, which is `units` of its asset's smallest part, settled at `at_ms`.
void note_settled(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms);
/// A rail took `money` for its services.
void note_fee(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms);
/// `money` that was paid came back: it is not spent.
void note_given_back(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms);
/// Two persons booked that `money` moved besides what was booked; `units` are below zero when less did.
void note_correction(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms);
/// A payment ended without moving money.
void note_failed(UnitOfWork& unit);
/// An invoice was judged. An outcome that is not in invoice_outcomes counts as "other", so that keys stay few.
void note_invoice(UnitOfWork& unit, std::string_view outcome);

/// What was counted since the books began.
struct Totals {
    atr::Int128 payments_settled = 0;
    atr::Int128 payments_failed = 0;
    std::map<std::string, atr::Int128> invoices;  ///< by outcome; absent outcomes are zero
    std::map<std::string, atr::Int128> settled;   ///< by asset, in its smallest part

    atr::Int128 invoices_judged() const;
};

/// `store` must outlive the task.
Task<atr::Result<Totals>> read_totals(Store& store);

}  // namespace treasurer::treasury
