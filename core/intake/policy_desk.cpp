#include "intake/policy_desk.hpp"

#include "intake/desk_records.hpp"

namespace treasurer::intake {
namespace {

atr::Error is_in_another_asset(const Policy& policy, const std::string& asset) {
    return atr::rejected(ATR_E_BAD_INPUT, "limits are in " + policy.asset + " here, not in " + asset);
}

}  // namespace

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
        if (change.asset && *change.asset != policy->asset) co_return is_in_another_asset(*policy, *change.asset);
        if (change.auto_approval_limit) policy->auto_approval_limit = *change.auto_approval_limit;
        if (change.critical_runway_months) policy->critical_runway_months = *change.critical_runway_months;
        if (change.paused) policy->paused = *change.paused;
        Task<Committed> putting = put(*policy, actor, request_id, once);
        const Committed committed = co_await putting;
        if (committed.ok()) {
            ++policy->version;
            co_return policy;
        }
        if (committed.outcome == atr::Outcome::conflict) continue;
        co_return committed.failure();
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the policy was changed by others at the same moment");
}

Task<atr::Result<PolicyReplaced>> PolicyDesk::replace(Policy wanted, std::function<bool(const Policy&)> is_expected,
                                                      std::string actor, std::string request_id, Once once) {
    for (int tries = 0; tries < 6; ++tries) {
        Task<atr::Result<Policy>> reading = current();
        atr::Result<Policy> policy = co_await reading;
        if (!policy) co_return policy.error();
        if (!is_expected(*policy)) co_return PolicyReplaced{.policy = std::move(*policy), .done = false};
        if (wanted.asset != policy->asset) co_return is_in_another_asset(*policy, wanted.asset);
        wanted.version = policy->version;
        Task<Committed> putting = put(wanted, actor, request_id, once);
        const Committed committed = co_await putting;
        if (committed.ok()) {
            ++wanted.version;
            co_return PolicyReplaced{.policy = std::move(wanted), .done = true};
        }
        if (committed.outcome == atr::Outcome::conflict) continue;
        co_return committed.failure();
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the policy was changed by others at the same moment");
}

Task<Committed> PolicyDesk::put(Policy policy, std::string actor, std::string request_id, Once once) {
    UnitOfWork unit = store_.begin();
    unit.update(policy);
    unit.create(audit_line(store_.ids(), clock_.unix_ms(), std::move(actor), "policy.changed", Policy::current,
                           dump(policy.to_json()), std::move(request_id)));
    once.mark(unit, Policy::current);
    Task<Committed> committing = store_.commit(std::move(unit));
    co_return co_await committing;
}

}  // namespace treasurer::intake
