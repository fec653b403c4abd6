/// Whether an invoice's funds are kept for it while people decide, and what they are told of it.
#pragma once

#include "intake/facts_finder.hpp"
#include "records/approval.hpp"
#include "records/unit_of_work.hpp"

namespace treasurer::intake {

inline constexpr const char* reservation_rule = "reserve_funds";

/// Where policy wants it: adds a hold until the approval expires, or says in the approval's reasons why there is none.
/// The unit is refused when the funds have gone meanwhile; then it has to be judged anew. Replaces an earlier word.
void reserve_while_waiting(UnitOfWork& unit, Payment& payment, Approval& approval, const Judgement& known,
                           const ledger::Assets& assets, Ids& ids, UnixMillis now_ms);

}  // namespace treasurer::intake
