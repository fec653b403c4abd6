/// Which claims an invoice takes, and how they are written in the unit that pays it or asks for it.
#pragma once

#include "intake/facts_finder.hpp"

namespace treasurer::intake {

/// What an invoice takes claims under: its vendor's id, if it has one, and the name as it was read.
ClaimSubject claim_subject(const Invoice& invoice);

/// It ended without being paid, as far as the books know: its claims may be taken over.
bool has_ended_unpaid(const Invoice& invoice);

/// Takes for `invoice` the claims of `known`, made of it, and guards by version those that are only looked at, and the
/// invoices that were passed over because they wait. Whoever comes later and may be paid for this very invoice meets
/// it, whatever becomes of those that held a claim before.
void take_claims(UnitOfWork& unit, const Invoice& invoice, const Judgement& known);

/// Writes anew those that `invoice` holds already: whoever has looked at them, and is about to pay, has to look again.
void renew_claims(UnitOfWork& unit, const Invoice& invoice, const Judgement& known);

}  // namespace treasurer::intake
