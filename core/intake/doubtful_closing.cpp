#include "intake/doubtful_closing.hpp"

#include "ledger/bookkeeping.hpp"
#include "payments/ending.hpp"
#include "payments/waiting_hold.hpp"

namespace treasurer::intake {

bool can_be_asked_for(const Payment& waiting, const ledger::Assets& assets) {
    return !waiting.rail.empty() && !waiting.creditor.vendor_id.empty() && assets.units(waiting.held());
}

std::size_t ask_the_rail_first(UnitOfWork& unit, Payment& waiting, const payments::Saga& saga, const std::string& why) {
    const UnixMillis now = saga.now();
    payments::end_waiting_hold(unit, waiting, saga.assets(), now);
    waiting.transfer_id = waiting.id;
    waiting.enter(PaymentState::unknown, now);
    waiting.reason = why + "; the store was restored or lost commits since it was asked for: the rail is asked first";
    waiting.maybe_sent = true;
    waiting.cancel_requested = true;
    unit.update(waiting);
    ledger::book(unit, payments::hold_of(waiting, saga.assets(), now));
    const std::size_t job = unit.size();
    unit.enqueue_leased(payments_queue, waiting.id, saga.lease_name(), saga.settings().lease);
    return job;
}

}  // namespace treasurer::intake
