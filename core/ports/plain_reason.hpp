/// What a plugin's failure may say to who is no operator.
#pragma once

#include <atr/result.hpp>
#include <string>
#include <string_view>

namespace treasurer {

/// Whether a code is about what was asked (a document, a payee, an amount), so that who asked may read the plugin's
/// words. Other words are written for operators: they may name files, hosts and queries, and stand in the log alone.
constexpr bool is_about_what_was_asked(std::int32_t code) {
    switch (code) {
        case ATR_E_BAD_INPUT:
        case ATR_E_IDEMPOTENCY_MISMATCH:
        case ATR_E_TOO_LARGE:
        case ATR_E_LIMIT_BREACHED:
        case ATR_E_INSUFFICIENT_FUNDS:
        case ATR_E_PAYEE_INVALID:
        case ATR_E_COMPLIANCE:
        case ATR_E_QUOTE_EXPIRED:
        case ATR_E_DUPLICATE:
        case ATR_E_AMOUNT_OUT_OF_RANGE:
        case ATR_E_MEDIA_TYPE:
        case ATR_E_ENCRYPTED_DOC:
            return true;
        default:
            return false;
    }
}

/// The plugin's own words, or `who` ("the parser") with what kind of failure it was. What may pass is not about what
/// was asked, and what carries a service's own code is in that service's words.
inline std::string plain_reason(const atr::Error& error, std::string_view who) {
    const bool is_for_clients = error.outcome == atr::Outcome::rejected && is_about_what_was_asked(error.code) &&
                                error.vendor_code.empty() && !error.message.empty();
    if (is_for_clients) return error.message;
    const std::string subject(who);
    switch (error.code) {
        case ATR_E_CONFIG:
            return subject + " is not configured for this";
        case ATR_E_AUTH:
        case ATR_E_PERMISSION:
            return subject + " was refused by the service behind it";
        case ATR_E_UNREACHABLE:
            return subject + " cannot be reached";
        case ATR_E_TIMEOUT:
            return subject + " did not answer in time";
        case ATR_E_CANCELLED:
            return subject + " was interrupted";
        case ATR_E_OVERLOADED:
            return subject + " is busy";
        default:
            break;
    }
    return subject + (error.outcome == atr::Outcome::rejected ? " refused it" : " failed");
}

}  // namespace treasurer
