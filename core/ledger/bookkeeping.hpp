/// Puts a transfer and its balance changes into a unit of work, so that they become true together.
#pragma once

#include "ledger/balances.hpp"
#include "ledger/day.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

namespace treasurer::ledger {

/// The label of a step that fails for want of funds.
inline constexpr const char* funds_label = "funds";
/// The label of a step that fails because the transfer is already in the books.
inline constexpr const char* transfer_label = "transfer";

/// The label of a step that fails because the transfer's day was closed meanwhile: it has to be booked as of now.
inline constexpr const char* day_label = "closed day";

inline void book(UnitOfWork& unit, const Transfer& transfer) {
    unit.check_once(LedgerDay::collection, utc_day(transfer.at_ms), ATR_VER_ABSENT, day_label);
    unit.create(transfer, transfer_label);
    for (const auto& change : effects(transfer))
        unit.add(balances_collection, change.key, change.units, change.guarded, funds_label);
}

}  // namespace treasurer::ledger
