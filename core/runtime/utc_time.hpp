/// Moments as text, UTC.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
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

/// The moment that "2026-03-14T15:09:26Z", with or without milliseconds, names; a day alone: its first moment.
inline std::optional<UnixMillis> parse_utc(const std::string& text) {
    int year = 0, used = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
    const auto whole = [&](int fields, int wanted) {
        return fields == wanted && used == static_cast<int>(text.size());
    };
    const char* const from = text.c_str();
    const bool read =
        whole(std::sscanf(from, "%4d-%2u-%2u%n", &year, &month, &day, &used), 3) ||
        whole(std::sscanf(from, "%4d-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day, &hour, &minute, &second, &used),
              6) ||
        whole(std::sscanf(from, "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ%n", &year, &month, &day, &hour, &minute, &second, &millis,
                          &used),
              7);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!read || !date.ok() || year < 1970 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return (((static_cast<UnixMillis>(days) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millis;
}

}  // namespace treasurer
