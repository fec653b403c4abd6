#include <catch2/catch.hpp>

#include "parser_rules/numbers.hpp"

namespace parser_rules {
namespace {

std::string read(std::string_view text, NumberStyle style = {}) {
    std::uint64_t steps = 0;
    const auto decimal = to_decimal(text, read_number(text, 0, steps), style);
    if (!decimal) return "unreadable";
    return decimal->certain ? decimal->value : decimal->value + " ?";
}

TEST_CASE("numbers are read exactly, as each country writes them", "[parser_rules][numbers]") {
    struct Case {
        const char* text;
        const char* value;
    };
    const Case cases[] = {
        {"150.00", "150.00"},
        {"1,234.56", "1234.56"},
        {"1.234,56", "1234.56"},
        {"1 234,56", "1234.56 ?"},
        {"1\xC2\xA0"
         "234,56",
         "1234.56"},
        {"1\xE2\x80\xAF"
         "234\xE2\x80\xAF"
         "567,80",
         "1234567.80"},
        {"1'234.56", "1234.56"},
        {"1\xE2\x80\x99"
         "234.56",
         "1234.56"},
        {"1,23,456.00", "123456.00"},
        {"12,34,56,789.50", "123456789.50"},
        {"1.234.567", "1234567"},
        {"1,234,567", "1234567"},
        {"0.00012345", "0.00012345"},
        {"0,5", "0.5"},
        {"007", "7"},
        {"0.000", "0.000"},
        {"1234.567", "1234.567"},
        {"99999999999999999999999999999999999.99", "99999999999999999999999999999999999.99"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(read(c.text) == c.value);
    }
}

TEST_CASE("a number that no country writes is not read", "[parser_rules][numbers]") {
    for (const char* text : {"1,00.50", "12.34.56", "1.234,567,8", "1,2,3", "1.23.456,00", "0,123,456", "1234,567.00",
                             "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1"}) {
        CAPTURE(text);
        CHECK(read(text) == "unreadable");
    }
}

TEST_CASE("absurd sizes are refused, not rounded", "[parser_rules][numbers]") {
    CHECK(read("1" + std::string(40, '0')) == "unreadable");
    CHECK(read("1." + std::string(19, '1')) == "unreadable");
    CHECK(read("0." + std::string(18, '1')) == "0." + std::string(18, '1'));
    CHECK(read(std::string(38, '9')) == std::string(38, '9'));
}

TEST_CASE("one mark before three digits is decided by the document alone", "[parser_rules][numbers]") {
    const NumberStyle dot{.dot = true, .comma = false};
    const NumberStyle comma{.dot = false, .comma = true};
    CHECK(read("1,234", dot) == "1234");
    CHECK(read("1.234", comma) == "1234");
    CHECK(read("1,234", comma) == "1234 ?");
    CHECK(read("1.234", dot) == "1234 ?");
    CHECK(read("1.234") == "1234 ?");
    CHECK(read("1.234", {.dot = true, .comma = true}) == "1234 ?");
    CHECK(read("12,50", dot) == "12.50 ?");
}

TEST_CASE("a plain space groups for certain only where the document shows it", "[parser_rules][numbers]") {
    CHECK(read("3 450.00") == "3450.00 ?");
    CHECK(read("3 450.00", {.space = true}) == "3450.00");
    CHECK(read("3\xC2\xA0"
               "450.00") == "3450.00");
    std::uint64_t steps = 0;
    const Number joined = read_number("3 450.00", 0, steps);
    CHECK(to_decimal("3 450.00", behind_space(joined), {})->value == "450.00");
}

TEST_CASE("a number ends where its groups end", "[parser_rules][numbers]") {
    std::uint64_t steps = 0;
    CHECK(read_number("12 345 6789", 0, steps).span.end == 6);
    CHECK(read_number("100, then", 0, steps).span.end == 3);
    CHECK(read_number("3 12,50", 0, steps).span.end == 1);
}

}  // namespace
}  // namespace parser_rules
