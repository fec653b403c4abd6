/// An approval that is closed in a store that was restored, or that lost commits: it may have been given, and its
/// payment made, in the time that the store has lost. Only the rail knows.
#pragma once

#include "payments/saga.hpp"
#include "records/payment.hpp"
#include "records/store_records.hpp"

#include <string>

namespace treasurer::intake {

/// Whether this store cannot vouch that the payment, which waits for approval, was never sent.
inline bool is_perhaps_sent(const Payment& waiting, const Quarantine& store) {
    return waiting.life != store.life;
}

/// False: payee or rail are not known, so there is nothing to ask for, and nothing to hold funds with.
bool can_be_asked_for(const Payment& waiting, const ledger::Assets& assets);

/// Adds what makes the payment `unknown`: its record, the funds held for it until the rail has said what became of it,
/// and a job leased to this host. It is looked up, and never sent: a cancel stands. Returns where the job is.
/// The unit is refused for want of funds (ledger::funds_label).
std::size_t ask_the_rail_first(UnitOfWork& unit, Payment& waiting, const payments::Saga& saga, const std::string& why);

}  // namespace treasurer::intake
