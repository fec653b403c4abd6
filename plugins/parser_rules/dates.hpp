// Dates as they stand in a text: 2025-12-19, 19.12.2025, 12/19/2025, December 19, 2025, 3. März 2025, 19 déc. 2025
// Whether 3/9/2025 is March or September is decided later, over the whole document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "page.hpp"

namespace parser_rules {

enum class DateOrder : std::uint8_t {
    certain,      ///< says itself which part is the month
    day_first,    ///< numeric with slashes or dashes, and only day first makes a date
    month_first,  ///< the other way round
    unclear       ///< both make a date
};

struct Date {
    Span span;
    std::uint32_t token = 0;
    std::uint32_t end_token = 0;
    std::uint16_t year = 0;
    std::uint8_t month = 0;  ///< with `unclear`: the first number
    std::uint8_t day = 0;    ///< with `unclear`: the second number
    DateOrder order = DateOrder::certain;
    bool short_year = false;
};

/// Reads a date that begins with token `at` (a number or a month's name).
std::optional<Date> read_date(const Page& page, std::uint32_t at);

/// Reads yyyymmdd, which is a date only beside a date's label.
std::optional<Date> read_compact_date(const Page& page, std::uint32_t at);

/// yyyy-mm-dd.
std::string iso_date(unsigned year, unsigned month, unsigned day);

}  // namespace parser_rules
