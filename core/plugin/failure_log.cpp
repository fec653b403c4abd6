#include "plugin/failure_log.hpp"

#include <atr/atr.h>

#include <utility>

namespace treasurer {

void FailureLog::note(std::string_view operation, std::string_view request_id, const atr::Error& error, Time now) {
    if (!sink_) return;
    std::string key = std::string(operation) + ' ' + std::string(atr::to_string(error.outcome)) + ' ' +
                      std::to_string(error.code) + ' ' + error.vendor_code;
    std::uint64_t left_out = 0;
    {
        const std::lock_guard lock(mutex_);
        if (causes_.size() >= max_causes && !causes_.contains(key)) key.clear();
        Cause& cause = causes_[key];
        if (cause.known && now - cause.told < pause) {
            ++cause.left_out;
            return;
        }
        cause.known = true;
        cause.told = now;
        left_out = std::exchange(cause.left_out, 0);
    }
    sink_({instance_, operation, request_id, error, left_out});
}

std::string_view code_name(std::int32_t code) {
    switch (code) {
        case ATR_E_CONFIG:
            return "configuration";
        case ATR_E_AUTH:
            return "authentication";
        case ATR_E_PERMISSION:
            return "permission";
        case ATR_E_UNREACHABLE:
            return "unreachable";
        case ATR_E_TIMEOUT:
            return "timeout";
        case ATR_E_CANCELLED:
            return "cancelled";
        case ATR_E_OVERLOADED:
            return "overloaded";
        case ATR_E_LIMIT:
            return "limit";
        case ATR_E_BAD_INPUT:
            return "bad_input";
        case ATR_E_CORRUPT:
            return "corrupt";
        case ATR_E_INTERNAL:
            return "internal";
        case ATR_E_TOO_LARGE:
            return "too_large";
        case ATR_E_IDEMPOTENCY_MISMATCH:
            return "idempotency_mismatch";
        default:
            return "other";
    }
}

}  // namespace treasurer
