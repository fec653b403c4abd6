#include "intake/funds_while_waiting.hpp"

#include "payments/waiting_hold.hpp"

#include <algorithm>

namespace treasurer::intake {
namespace {

/// Why nothing can be reserved; empty: it can.
std::string obstacle(const Judgement& known) {
    const policy::Facts& facts = known.facts;
    if (known.duplicate_of) return "it is the same invoice as " + known.duplicate_of->id;
    if (!facts.rail_known) return "no rail carries " + facts.amount.asset;
    if (!facts.vendor_known) return "who would be paid is not known";
    if (!facts.amount_fits_asset) return "the amount cannot be paid in " + facts.amount.asset;
    if (!facts.funds_known) return "the available funds are not known";
    if (facts.amount.amount > facts.available)
        return "only " + atr::Money(facts.available, facts.amount.asset).to_string() + " is available";
    return {};
}

}  // namespace

void reserve_while_waiting(UnitOfWork& unit, Payment& payment, Approval& approval, const Judgement& known,
                           const ledger::Assets& assets, Ids& ids, UnixMillis now_ms) {
    const auto is_earlier = [](const Reason& one) { return one.rule == reservation_rule; };
    approval.reasons.erase(std::remove_if(approval.reasons.begin(), approval.reasons.end(), is_earlier),
                           approval.reasons.end());
    payment.transfer_id.clear();
    if (!known.policy.approval_reserves_funds) return;
    const std::string why_not = obstacle(known);
    if (!why_not.empty()) {
        approval.reasons.push_back({reservation_rule, policy::ask, "no funds are reserved while it waits: " + why_not});
        return;
    }
    payments::put_waiting_hold(unit, payment, assets, ids, now_ms, approval.expires_ms);
    approval.reasons.push_back({reservation_rule, policy::pass,
                                payment.amount.to_string() + " is reserved until it is decided, or expires undecided"});
}

}  // namespace treasurer::intake
