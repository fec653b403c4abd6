// Numbers as people of several countries write them, read exactly: 1.234,56  1,234.56  1 234,56  1'234.56  1,23,456.00
// Reading happens in two steps, because "1.234" can only be judged once the other numbers of the document are known.
// No binary floating point anywhere. Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "field.hpp"

namespace parser_rules {

/// Which character divides the decimals.
enum class Decimals : std::uint8_t {
    none,           ///< an integer, or grouped by spaces or apostrophes alone
    dot,            ///< the dot, for certain
    comma,          ///< the comma, for certain
    dot_grouped,    ///< 1.234.567: the dot groups, so a comma would divide
    comma_grouped,  ///< 1,234,567
    dot_unclear,    ///< 1.234: thousand or three decimals
    comma_unclear,  ///< 1,234
    malformed       ///< like a number, but no country writes it so
};

struct Number {
    Span span;                ///< digits and marks, with the sign or parentheses when negative
    Span digits;              ///< without sign
    std::uint32_t point = 0;  ///< byte of the last dot or comma
    Decimals decimals = Decimals::none;
    bool negative = false;
    bool grouped_by_space = false;
    bool plain_space = false;      ///< one of the spaces is U+0020, which may as well divide two numbers: "3 450.00"
    bool grouped_by_mark = false;  ///< by commas, dots or apostrophes
    bool zero_led = false;         ///< a group behind a plain space begins with 0, so no number of its own does
    std::uint32_t tail = 0;        ///< byte of the first digit behind the last plain space
    bool open_cents = false;       ///< "100,-"
};

/// How the document divides decimals, for the numbers that do not say so themselves.
struct NumberStyle {
    bool dot = false;  ///< seen, or usual in the document's language
    bool comma = false;
    bool space = false;               ///< an amount shows beyond doubt that spaces group
    bool space_contradicted = false;  ///< an amount is grouped otherwise, or not at all
};

/// Reads the number whose first digit is at byte `at`. Always consumes at least that digit run.
Number read_number(std::string_view text, std::uint32_t at, std::uint64_t& steps);

/// How sure the reading of a number's marks is.
struct Decimal {
    std::string value;    ///< "-1234.56", with the decimals as written
    bool certain = true;  ///< false: the marks contradict the document's style, or nothing decides
};
/// The number that stands behind the last plain space, should that space divide two numbers.
Number behind_space(const Number& number);
/// Empty when malformed, longer than 38 digits or with more than 18 decimals.
std::optional<Decimal> to_decimal(std::string_view text, const Number& number, NumberStyle style);

}  // namespace parser_rules
