#include "http/error_code.hpp"

namespace treasurer::http {

// No default in either switch: a new code fails the build until both know it.

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request:
        case ErrorCode::invalid_json:
        case ErrorCode::invalid_form:
        case ErrorCode::invalid_cursor:
            return 400;
        case ErrorCode::unauthenticated:
        case ErrorCode::invalid_token:
        case ErrorCode::wrong_credentials:
            return 401;
        case ErrorCode::forbidden:
        case ErrorCode::policy_rejected:
        case ErrorCode::self_approval:
        case ErrorCode::cross_site:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::method_not_allowed:
            return 405;
        case ErrorCode::not_acceptable:
            return 406;
        case ErrorCode::conflict:
        case ErrorCode::duplicate_invoice:
        case ErrorCode::payload_hash_mismatch:
        case ErrorCode::already_decided:
        case ErrorCode::expired:
        case ErrorCode::idempotency_in_progress:
            return 409;
        case ErrorCode::precondition_failed:
            return 412;
        case ErrorCode::body_too_large:
            return 413;
        case ErrorCode::unsupported_media_type:
            return 415;
        case ErrorCode::validation_failed:
        case ErrorCode::unreadable_document:
        case ErrorCode::idempotency_mismatch:
            return 422;
        case ErrorCode::precondition_required:
            return 428;
        case ErrorCode::rate_limited:
        case ErrorCode::login_throttled:
            return 429;
        case ErrorCode::internal_error:
            return 500;
        case ErrorCode::not_supported:
            return 501;
        case ErrorCode::payment_failed:
            return 502;
        case ErrorCode::overloaded:
        case ErrorCode::unavailable:
        case ErrorCode::outcome_unknown:
            return 503;
    }
    return 500;
}

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request:
            return "bad_request";
        case ErrorCode::invalid_json:
            return "invalid_json";
        case ErrorCode::invalid_form:
            return "invalid_form";
        case ErrorCode::validation_failed:
            return "validation_failed";
        case ErrorCode::invalid_cursor:
            return "invalid_cursor";
        case ErrorCode::unauthenticated:
            return "unauthenticated";
        case ErrorCode::invalid_token:
            return "invalid_token";
        case ErrorCode::wrong_credentials:
            return "wrong_credentials";
        case ErrorCode::forbidden:
            return "forbidden";
        case ErrorCode::policy_rejected:
            return "policy_rejected";
        case ErrorCode::self_approval:
            return "self_approval";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::method_not_allowed:
            return "method_not_allowed";
        case ErrorCode::not_acceptable:
            return "not_acceptable";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::duplicate_invoice:
            return "duplicate_invoice";
        case ErrorCode::payload_hash_mismatch:
            return "payload_hash_mismatch";
        case ErrorCode::already_decided:
            return "already_decided";
        case ErrorCode::expired:
            return "expired";
        case ErrorCode::precondition_failed:
            return "precondition_failed";
        case ErrorCode::body_too_large:
            return "body_too_large";
        case ErrorCode::unsupported_media_type:
            return "unsupported_media_type";
        case ErrorCode::unreadable_document:
            return "unreadable_document";
        case ErrorCode::idempotency_in_progress:
            return "idempotency_in_progress";
        case ErrorCode::idempotency_mismatch:
            return "idempotency_mismatch";
        case ErrorCode::precondition_required:
            return "precondition_required";
        case ErrorCode::rate_limited:
            return "rate_limited";
        case ErrorCode::login_throttled:
            return "login_throttled";
        case ErrorCode::internal_error:
            return "internal_error";
        case ErrorCode::not_supported:
            return "not_supported";
        case ErrorCode::overloaded:
            return "overloaded";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::outcome_unknown:
            return "outcome_unknown";
        case ErrorCode::payment_failed:
            return "payment_failed";
        case ErrorCode::cross_site:
            return "cross_site";
    }
    return "internal_error";
}

}  // namespace treasurer::http
