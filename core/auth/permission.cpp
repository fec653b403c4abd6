#include "auth/permission.hpp"

#include <algorithm>
#include <array>

namespace treasurer::auth {
namespace {

constexpr std::array roles{Role::viewer, Role::submitter, Role::approver, Role::admin};
constexpr std::array every_permission{Permission::read,
                                      Permission::submit_invoices,
                                      Permission::decide_approvals,
                                      Permission::operate_payments,
                                      Permission::manage_vendors,
                                      Permission::manage_policy,
                                      Permission::manage_users,
                                      Permission::run_reconciliation,
                                      Permission::reset_metrics};

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

std::vector<Role> roles_named(const std::vector<std::string>& names) {
    std::vector<Role> out;
    for (const auto& name : names)
        if (const auto role = role_from(name)) out.push_back(*role);
    return out;
}

std::string_view to_string(Permission permission) {
    switch (permission) {
        case Permission::read:
            return "read";
        case Permission::submit_invoices:
            return "submit_invoices";
        case Permission::decide_approvals:
            return "decide_approvals";
        case Permission::operate_payments:
            return "operate_payments";
        case Permission::manage_vendors:
            return "manage_vendors";
        case Permission::manage_policy:
            return "manage_policy";
        case Permission::manage_users:
            return "manage_users";
        case Permission::run_reconciliation:
            return "run_reconciliation";
        case Permission::reset_metrics:
            return "reset_metrics";
    }
    return "read";
}

std::optional<Permission> permission_from(std::string_view name) {
    const auto found = std::find_if(every_permission.begin(), every_permission.end(),
                                    [&](Permission permission) { return to_string(permission) == name; });
    if (found == every_permission.end()) return std::nullopt;
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

std::string roles_that_give(Permission permission) {
    std::string out;
    for (const Role role : roles)
        if (gives(role, permission)) out += (out.empty() ? "" : " or ") + std::string(to_string(role));
    return out;
}

bool Principal::may(Permission permission) const {
    if (is_key() && std::find(scopes.begin(), scopes.end(), permission) == scopes.end()) return false;
    return std::any_of(roles.begin(), roles.end(), [&](Role role) { return gives(role, permission); });
}

}  // namespace treasurer::auth
