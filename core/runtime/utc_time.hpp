/// Moments as text, UTC.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "runtime/clock.hpp"

namespace treasurer {

/// "2026-03-14", the UTC day of a moment.
inline std::string utc_day(UnixMillis at_ms) {
    const std::chrono::sys_days day{std::chrono::floor<std::chrono::days>(std::chrono::milliseconds(at_ms))};
    const std::chrono::year_month_day date{day};
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()) % 10000,
                  static_cast<unsigned>(date.month()) % 100, static_cast<unsigned>(date.day()) % 100);
    return text;
}

/// "2026-03-14T15:09:26.535Z" (RFC 3339).
inline std::string rfc3339(UnixMillis at_ms) {
    constexpr UnixMillis day_ms = 86'400'000;
    const auto in_day = static_cast<unsigned>(((at_ms % day_ms) + day_ms) % day_ms);
    char text[24];
    std::snprintf(text, sizeof text, "T%02u:%02u:%02u.%03uZ", in_day / 3'600'000 % 24, in_day / 60'000 % 60,
                  in_day / 1000 % 60, in_day % 1000);
    return utc_day(at_ms) + text;
}

}  // namespace treasurer
