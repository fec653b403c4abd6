#include "payments/waiting_hold.hpp"

#include "ledger/bookkeeping.hpp"
#include "payments/ending.hpp"

namespace treasurer::payments {

void put_waiting_hold(UnitOfWork& unit, Payment& payment, const ledger::Assets& assets, Ids& ids, UnixMillis now_ms,
                      UnixMillis expires_ms) {
    payment.transfer_id = ids.next();
    ledger::Transfer hold = hold_of(payment, assets, now_ms);
    hold.expires_ms = expires_ms;
    ledger::book(unit, hold);
}

std::optional<ledger::Transfer> waiting_hold(const Payment& stored, const ledger::Assets& assets, UnixMillis now_ms) {
    const bool is_held = stored.state == PaymentState::waiting_approval && !stored.transfer_id.empty();
    return is_held ? std::optional(hold_of(stored, assets, now_ms)) : std::nullopt;
}

void end_waiting_hold(UnitOfWork& unit, const Payment& stored, const ledger::Assets& assets, UnixMillis now_ms) {
    if (const auto hold = waiting_hold(stored, assets, now_ms)) ledger::book(unit, hold->voiding(now_ms));
}

}  // namespace treasurer::payments
