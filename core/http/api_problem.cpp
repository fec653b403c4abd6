#include "http/api_problem.hpp"

#include "http/problem.hpp"
#include "runtime/json_string.hpp"

namespace treasurer::http {
namespace {

/// The member "errors" of RFC 9457's example, before the document's last brace.
void append_errors(std::string& document, const std::vector<FieldError>& errors) {
    document.pop_back();
    document += ",\"errors\":[";
    for (const auto& error : errors) {
        document += "{\"pointer\":";
        append_json_string(document, error.pointer);
        document += ",\"detail\":";
        append_json_string(document, error.detail);
        document += "},";
    }
    document.back() = ']';
    document += '}';
}

Problem of_rejected(const atr::Error& error) {
    switch (error.code) {
        case ATR_E_BAD_INPUT:
            if (!error.vendor_code.empty())
                return {.code = ErrorCode::validation_failed, .detail = "A value in this request cannot be stored."};
            return {.code = ErrorCode::validation_failed, .detail = error.message};
        case ATR_E_AUTH:
            return {.code = ErrorCode::invalid_token, .detail = error.message};
        case ATR_E_PERMISSION:
            return {.code = ErrorCode::forbidden, .detail = error.message};
        case ATR_E_TOO_LARGE:
            return {.code = ErrorCode::body_too_large, .detail = "The request is larger than can be stored."};
        case ATR_E_IDEMPOTENCY_MISMATCH:
            return {.code = ErrorCode::idempotency_mismatch,
                    .detail = "This Idempotency-Key was used for another request."};
        default:
            return {.code = ErrorCode::internal_error, .detail = "The server failed to do this."};
    }
}

Problem of_outcome(const atr::Error& error) {
    switch (error.outcome) {
        case atr::Outcome::not_found:
            return {.code = ErrorCode::not_found, .detail = error.message};
        case atr::Outcome::conflict:
            return {.code = ErrorCode::conflict, .detail = error.message};
        case atr::Outcome::rejected:
            return of_rejected(error);
        case atr::Outcome::retry:
            if (error.code == ATR_E_OVERLOADED)
                return {.code = ErrorCode::overloaded, .detail = "The server is busy; try again.", .retry_after_s = 1};
            return {
                .code = ErrorCode::unavailable, .detail = "A service behind is away; try again.", .retry_after_s = 2};
        case atr::Outcome::unknown:
            return {.code = ErrorCode::outcome_unknown,
                    .detail = "It is not known whether this was done; repeat it with the same Idempotency-Key.",
                    .retry_after_s = 2};
        case atr::Outcome::unsupported:
            return {.code = ErrorCode::not_supported, .detail = "The configured backend cannot do this."};
        case atr::Outcome::ok:
            break;
    }
    return {.code = ErrorCode::internal_error, .detail = "The server failed to do this."};
}

}  // namespace

Response respond(const Problem& problem, std::string_view request_id) {
    const int status = status_of(problem.code);
    auto response = problem_response(status, to_string(problem.code), problem.detail, request_id);
    if (!problem.errors.empty()) append_errors(response.body, problem.errors);
    if (problem.retry_after_s > 0) response.headers.add("Retry-After", std::to_string(problem.retry_after_s));
    if (status == 401)
        response.headers.add("WWW-Authenticate", problem.code == ErrorCode::invalid_token
                                                     ? R"(Bearer realm="treasurer", error="invalid_token")"
                                                     : R"(Bearer realm="treasurer")");
    response.cause = problem.cause;
    return response;
}

Problem problem_of(const atr::Error& error) {
    Problem out = of_outcome(error);
    if (out.detail != error.message) out.cause = error.message;
    return out;
}

}  // namespace treasurer::http
