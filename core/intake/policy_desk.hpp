/// The policy desk: reads the policy in force, and changes it with a trace in the audit log.
#pragma once

#include "records/idempotency.hpp"
#include "records/policy.hpp"
#include "records/store.hpp"

#include <functional>
#include <optional>

namespace treasurer::intake {

/// What is not set stays as it is.
struct PolicyChange {
    std::optional<atr::Decimal> auto_approval_limit, critical_runway_months;
    std::optional<std::string> asset;  ///< that the limit is in, where this was said
    std::optional<bool> paused;
};

struct PolicyReplaced {
    Policy policy;      ///< the one in force now
    bool done = false;  ///< false: it is not the one that was expected, and nothing has changed
};

/// Threads: any. Errors: those of storage; conflict when others kept changing it.
class PolicyDesk {
public:
    PolicyDesk(Store& store, const Clock& clock) : store_(store), clock_(clock) {}
    Task<atr::Result<Policy>> current();
    /// Errors: rejected ATR_E_BAD_INPUT for limits in another asset than the treasury's.
    Task<atr::Result<Policy>> change(PolicyChange change, std::string actor, std::string request_id, Once once = {});
    /// Puts `wanted` in the place of the policy in force, if `is_expected` says so of that one at the very commit.
    /// Errors: rejected ATR_E_BAD_INPUT for limits in another asset than the treasury's.
    Task<atr::Result<PolicyReplaced>> replace(Policy wanted, std::function<bool(const Policy&)> is_expected,
                                              std::string actor, std::string request_id, Once once = {});

private:
    /// Commits `policy` over the version it was read in, with its trace in the audit log.
    Task<Committed> put(Policy policy, std::string actor, std::string request_id, Once once);

    Store& store_;
    const Clock& clock_;
};

}  // namespace treasurer::intake
