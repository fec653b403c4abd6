/// Funds that are kept for an invoice while people decide on it: a pending transfer with an expiry, under which nothing
/// is prepared. It is never posted: Commit A voids it and takes the payment's own hold, in one unit.
#pragma once

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "records/payment.hpp"
#include "records/unit_of_work.hpp"
#include "runtime/ids.hpp"

#include <optional>

namespace treasurer::payments {

/// Holds the payment's amount until `expires_ms`. The unit is refused for want of funds (ledger::funds_label).
void put_waiting_hold(UnitOfWork& unit, Payment& payment, const ledger::Assets& assets, Ids& ids, UnixMillis now_ms,
                      UnixMillis expires_ms);

/// That of a payment as it is stored, and still waits for approval; nullopt: nothing is held for it.
std::optional<ledger::Transfer> waiting_hold(const Payment& stored, const ledger::Assets& assets, UnixMillis now_ms);

/// Gives back what is held for it; does nothing where nothing is. The unit is refused where somebody else did so first.
void end_waiting_hold(UnitOfWork& unit, const Payment& stored, const ledger::Assets& assets, UnixMillis now_ms);

}  // namespace treasurer::payments
