/// What a signed-in user may do: roles, the permissions each gives, and the principal that a request acts for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::auth {

enum class Role { viewer, submitter, approver, admin };

enum class Permission {
    read,  ///< dashboard, lists, one of anything
    submit_invoices,
    decide_approvals,
    operate_payments,  ///< cancel requests, resolving an unknown outcome, paid elsewhere
    manage_vendors,
    manage_policy,  ///< limits, pause
    manage_users,
    run_reconciliation,
    reset_metrics,
};

std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view name);

/// The fixed table.
bool gives(Role role, Permission permission);

/// Who a request acts for. Empty user: nobody has signed in.
struct Principal {
    std::string user;
    std::vector<Role> roles;
    std::string token_id;  ///< jti of the token it came with
    std::int64_t token_expires_ms = 0;

    bool may(Permission permission) const;
};

}  // namespace treasurer::auth
