#include "intake/policy_desk.hpp"

#include "intake/desk_records.hpp"

namespace treasurer::intake {

Task<atr::Result<Policy>> PolicyDesk::current() {
    Task<atr::Result<std::optional<Policy>>> finding = store_.find<Policy>(Policy::current);
    atr::Result<std::optional<Policy>> found = co_await finding;
    if (!found) co_return found.error();
    if (!*found) co_return atr::retry(ATR_E_INTERNAL, "no policy is stored yet");
    co_return std::move(**found);
}

Task<atr::Result<Policy>> PolicyDesk::change(PolicyChange change, std::string actor, std::string request_id,
                                             Once once) {
    for (int tries = 0; tries < 6; ++tries) {
        Task<atr::Result<Policy>> reading = current();
        atr::Result<Policy> policy = co_await reading;
        if (!policy) co_return policy.error();
        if (change.auto_approval_limit) policy->auto_approval_limit = *change.auto_approval_limit;
        if (change.critical_runway_months) policy->critical_runway_months = *change.critical_runway_months;
        if (change.paused) policy->paused = *change.paused;
        UnitOfWork unit = store_.begin();
        unit.update(*policy);
        unit.create(audit_line(store_.ids(), clock_.unix_ms(), actor, "policy.changed", Policy::current,
                               dump(policy->to_json()), request_id));
        once.mark(unit, Policy::current);
        Task<Committed> committing = store_.commit(std::move(unit));
        Committed committed = co_await committing;
        if (committed.ok()) {
            ++policy->version;
            co_return policy;
        }
        if (committed.outcome == atr::Outcome::conflict) continue;
        committed.error.outcome = committed.outcome;
        co_return committed.error;
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the policy was changed by others at the same moment");
}

}  // namespace treasurer::intake
