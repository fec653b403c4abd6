/// The policy desk: reads the policy in force, and changes it with a trace in the audit log.
#pragma once

#include "records/idempotency.hpp"
#include "records/policy.hpp"
#include "records/store.hpp"

#include <optional>

namespace treasurer::intake {

/// What is not set stays as it is.
struct PolicyChange {
    std::optional<atr::Decimal> auto_approval_limit, critical_runway_months;
    std::optional<bool> paused;
};

/// Threads: any. Errors: those of storage; conflict when others kept changing it.
class PolicyDesk {
public:
    PolicyDesk(Store& store, const Clock& clock) : store_(store), clock_(clock) {}
    Task<atr::Result<Policy>> current();
    Task<atr::Result<Policy>> change(PolicyChange change, std::string actor, std::string request_id, Once once = {});

private:
    Store& store_;
    const Clock& clock_;
};

}  // namespace treasurer::intake
