/// Every way in which the API refuses or fails, and the HTTP status of each.
#pragma once

#include <string_view>

namespace treasurer::http {

enum class ErrorCode {
    bad_request,
    invalid_json,
    invalid_form,
    validation_failed,
    invalid_cursor,
    unauthenticated,
    invalid_token,
    wrong_credentials,
    forbidden,
    policy_rejected,
    self_approval,
    not_found,
    method_not_allowed,
    not_acceptable,
    conflict,
    duplicate_invoice,
    payload_hash_mismatch,
    already_decided,
    expired,
    precondition_failed,
    body_too_large,
    unsupported_media_type,
    unreadable_document,
    idempotency_in_progress,
    idempotency_mismatch,
    precondition_required,
    rate_limited,
    login_throttled,
    internal_error,
    not_supported,
    overloaded,
    unavailable,
    outcome_unknown,
    payment_failed,
    cross_site,
};

/// The stable, machine-readable name: "validation_failed".
std::string_view to_string(ErrorCode code);
int status_of(ErrorCode code);

}  // namespace treasurer::http
