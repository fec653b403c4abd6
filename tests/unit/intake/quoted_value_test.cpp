// A value counts only as what its own quote says, in whatever way the number is written.
#include "intake/quoted_value.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace treasurer::intake;

namespace {

bool says(const std::string& quote, const std::string& value) {
    return quotes_amount(quote, *atr::Decimal::parse(value));
}

}  // namespace

TEST_CASE("an amount is found in its quote however it is written", "[intake][quote]") {
    struct Row {
        const char *quote, *value;
    };
    const Row row = GENERATE(Row{"45.00", "45"}, Row{"45", "45"}, Row{"45,00 €", "45"}, Row{"1.500,50", "1500.5"},
                             Row{"1,500.50", "1500.5"}, Row{"1 500,50", "1500.5"}, Row{"1\u00A0500,50", "1500.5"},
                             Row{"1\u202F500,50 EUR", "1500.5"}, Row{"1'500.50", "1500.5"}, Row{"1’500.50", "1500.5"},
                             Row{"1.500", "1500"}, Row{"1.500", "1.5"}, Row{"1,00,000.00", "100000"},
                             Row{"Total (2 items): 45.00 USD", "45"}, Row{"Total 2 450,00", "2450"},
                             Row{"EUR 0,05", "0.05"}, Row{"-45.00", "-45"}, Row{"(45.00)", "-45"}, Row{"45.-", "45"},
                             Row{"12.34567 MNEE", "12.34567"}, Row{"00045.10", "45.1"});
    INFO(row.quote << " says " << row.value);
    CHECK(says(row.quote, row.value));
}

TEST_CASE("another number is not found, not even as a part of what is written", "[intake][quote]") {
    struct Row {
        const char *quote, *value;
    };
    const Row row =
        GENERATE(Row{"45.00", "450"}, Row{"45.00", "4500"}, Row{"45.00", "4.5"}, Row{"1.045,00", "45"},
                 Row{"1,045.00", "45"}, Row{"1,045.00", "1"}, Row{"1,00", "100"}, Row{"12.345,67", "12.345"},
                 Row{"12.345,67", "12345"}, Row{"forty-five", "45"}, Row{"", "45"}, Row{"4 5", "9"},
                 Row{"45.00", "45.01"}, Row{"A45B00", "4500"}, Row{"45-00", "4500"});
    INFO(row.quote << " does not say " << row.value);
    CHECK(!says(row.quote, row.value));
}

TEST_CASE("a quote of many numbers costs no more than a few", "[intake][quote]") {
    std::string quote;
    for (int i = 0; i < 100'000; ++i) quote += "1 ";
    CHECK(!says(quote, "7"));
    CHECK(says("9 " + quote, "9"));
    CHECK(!says(std::string(100'000, '9'), "9"));
}

TEST_CASE("a number of an invoice is found in its quote without regard to case and spaces", "[intake][quote]") {
    CHECK(quotes_text("Invoice no. INV-2024 / 001", "inv-2024/001"));
    CHECK(!quotes_text("INV-2024-001", "INV-2024-002"));
}
