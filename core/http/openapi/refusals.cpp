#include "http/openapi/refusals.hpp"

namespace treasurer::http::openapi {

std::vector<ErrorCode> refusals_of(const Route& route) {
    std::vector<ErrorCode> out{ErrorCode::internal_error};
    const auto add = [&](bool when, std::initializer_list<ErrorCode> codes) {
        if (when) out.insert(out.end(), codes);
    };
    const bool changes_something = route.method != "GET";
    const bool waits = std::holds_alternative<AsyncHandler>(route.handler);
    add(route.may_be_limited(), {ErrorCode::rate_limited});
    add(route.access.needs_sign_in(), {ErrorCode::unauthenticated, ErrorCode::invalid_token});
    add(route.access.permission().has_value(), {ErrorCode::forbidden});
    add(route.access.needs_sign_in() && changes_something, {ErrorCode::cross_site});
    add(route.pattern.find('{') != std::string::npos, {ErrorCode::not_found});
    add(!route.produces.empty(), {ErrorCode::not_acceptable});
    add(!route.consumes.empty(), {ErrorCode::unsupported_media_type});
    add(route.parameters.has_value(), {ErrorCode::validation_failed});
    add(changes_something, {ErrorCode::body_too_large});
    add(waits || route.access.needs_sign_in(), {ErrorCode::overloaded, ErrorCode::unavailable});
    add(static_cast<bool>(route.retell), {ErrorCode::bad_request, ErrorCode::idempotency_in_progress,
                                          ErrorCode::idempotency_mismatch, ErrorCode::outcome_unknown});
    return out;
}

/// No default: a new code fails the build until it has a meaning.
std::string_view meaning_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request:
            return "a header is malformed, such as Idempotency-Key";
        case ErrorCode::invalid_json:
            return "the body is not one JSON object";
        case ErrorCode::invalid_form:
            return "the body is not a form";
        case ErrorCode::validation_failed:
            return "a member, field or query parameter cannot be used; `errors` names each";
        case ErrorCode::invalid_cursor:
            return "the cursor is not one that this list gave";
        case ErrorCode::unauthenticated:
            return "nobody is signed in";
        case ErrorCode::invalid_token:
            return "the token is not valid, has expired or was revoked";
        case ErrorCode::wrong_credentials:
            return "the user name or the password is wrong";
        case ErrorCode::forbidden:
            return "the user's roles do not allow this";
        case ErrorCode::policy_rejected:
            return "policy refuses the invoice";
        case ErrorCode::self_approval:
            return "who submits an invoice may not decide on it";
        case ErrorCode::not_found:
            return "nothing has this id";
        case ErrorCode::method_not_allowed:
            return "the path does not know the method; `Allow` names those that it knows";
        case ErrorCode::not_acceptable:
            return "none of the types in Accept is offered";
        case ErrorCode::conflict:
            return "it does not fit what is there";
        case ErrorCode::duplicate_invoice:
            return "the invoice was submitted before; `invoice_id` is the first one's";
        case ErrorCode::payload_hash_mismatch:
            return "what would be paid is not what the hash names; `approval` has the new one";
        case ErrorCode::already_decided:
            return "it has ended, or was decided, already";
        case ErrorCode::expired:
            return "the time to decide is over";
        case ErrorCode::precondition_failed:
            return "it is not at the version that If-Match names";
        case ErrorCode::body_too_large:
            return "the body has more bytes than are read here";
        case ErrorCode::unsupported_media_type:
            return "the body's Content-Type is not one that is read here";
        case ErrorCode::unreadable_document:
            return "not all that must be known could be read; `errors` names what is missing";
        case ErrorCode::idempotency_in_progress:
            return "the first request of this Idempotency-Key is still being worked on";
        case ErrorCode::idempotency_mismatch:
            return "the Idempotency-Key was used for another request";
        case ErrorCode::precondition_required:
            return "the request needs If-Match";
        case ErrorCode::rate_limited:
            return "too many requests in a minute";
        case ErrorCode::login_throttled:
            return "too many failed sign-ins";
        case ErrorCode::internal_error:
            return "the server failed; nothing more is told";
        case ErrorCode::not_supported:
            return "the configured backend cannot do this";
        case ErrorCode::payment_failed:
            return "the rail refused the payment; nothing was paid";
        case ErrorCode::overloaded:
            return "too many requests are being worked on";
        case ErrorCode::unavailable:
            return "a service behind is away; nothing was done";
        case ErrorCode::outcome_unknown:
            return "it is not known whether this was done; repeat it with the same Idempotency-Key";
        case ErrorCode::cross_site:
            return "a session cookie signs in, and the request does not show that a page of this host has sent it";
    }
    return {};  // beyond the last code
}

std::optional<ErrorCode> code_named(std::string_view name) {
    for (int i = 0;; ++i) {
        const auto code = static_cast<ErrorCode>(i);
        if (meaning_of(code).empty()) return std::nullopt;
        if (to_string(code) == name) return code;
    }
}

}  // namespace treasurer::http::openapi
