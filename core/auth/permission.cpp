#include "auth/permission.hpp"

#include <algorithm>
#include <array>

namespace treasurer::auth {
namespace {

constexpr std::array roles{Role::viewer, Role::submitter, Role::approver, Role::admin};

}  // namespace

std::string_view to_string(Role role) {
    switch (role) {
        case Role::viewer:
            return "viewer";
        case Role::submitter:
            return "submitter";
        case Role::approver:
            return "approver";
        case Role::admin:
            return "admin";
    }
    return "viewer";
}

std::optional<Role> role_from(std::string_view name) {
    const auto found = std::find_if(roles.begin(), roles.end(), [&](Role role) { return to_string(role) == name; });
    if (found == roles.end()) return std::nullopt;
    return *found;
}

bool gives(Role role, Permission permission) {
    switch (permission) {
        case Permission::read:
            return true;
        case Permission::submit_invoices:
            return role == Role::submitter || role == Role::admin;
        case Permission::decide_approvals:
        case Permission::operate_payments:
            return role == Role::approver || role == Role::admin;
        case Permission::manage_vendors:
        case Permission::manage_policy:
        case Permission::manage_users:
        case Permission::run_reconciliation:
        case Permission::reset_metrics:
            return role == Role::admin;
    }
    return false;
}

bool Principal::may(Permission permission) const {
    return std::any_of(roles.begin(), roles.end(), [&](Role role) { return gives(role, permission); });
}

}  // namespace treasurer::auth
