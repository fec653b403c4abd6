/// What a signed-in user may do: roles, the permissions each gives, the scopes of its keys, and the principal that a
/// request acts for.
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
    manage_policy,  ///< limits, emergency stop, releasing a quarantine, reading the audit trail
    manage_users,
    run_reconciliation,
    reset_metrics,
};

std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view name);
/// The roles among these names.
std::vector<Role> roles_named(const std::vector<std::string>& names);

/// "submit_invoices": also the scope of an API key.
std::string_view to_string(Permission permission);
std::optional<Permission> permission_from(std::string_view name);

/// The fixed table.
bool gives(Role role, Permission permission);
/// The roles that give it, in words: "approver or admin".
std::string roles_that_give(Permission permission);

/// Who a request acts for. Empty user: nobody has signed in.
struct Principal {
    std::string user;
    std::vector<Role> roles;
    std::string token_id = {};  ///< jti of the token it came with; empty for a key
    std::int64_t token_expires_ms = 0;
    std::string key_id = {};              ///< of the API key it came with; empty for a token
    std::vector<Permission> scopes = {};  ///< of that key

    bool is_key() const { return !key_id.empty(); }
    /// By its roles, and with a key within its scopes.
    bool may(Permission permission) const;
};

}  // namespace treasurer::auth
