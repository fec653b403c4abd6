// A value counts only as what its own quote says, in whatever way it is written there.
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
    const Row row = GENERATE(
        Row{"45.00", "45"}, Row{"45", "45"}, Row{"45,00 €", "45"}, Row{"1.500,50", "1500.5"}, Row{"1,500.50", "1500.5"},
        Row{"1 500,50", "1500.5"}, Row{"1\u00A0500,50", "1500.5"}, Row{"1\u202F500,50 EUR", "1500.5"},
        Row{"1\u2007500,50", "1500.5"}, Row{"1'500.50", "1500.5"}, Row{"1’500.50", "1500.5"}, Row{"1`500.50", "1500.5"},
        Row{"1\u2032500.50", "1500.5"}, Row{"1.500", "1500"}, Row{"1.500", "1.5"}, Row{"1.234.567", "1234567"},
        Row{"1,234,567.89", "1234567.89"}, Row{"1,00,000.00", "100000"}, Row{"1,41,600.00", "141600"},
        Row{"Total (2 items): 45.00 USD", "45"}, Row{"Total 2 450,00", "2450"}, Row{"Qty 4 50.00", "50"},
        Row{"EUR 0,05", "0.05"}, Row{"-45.00", "-45"}, Row{"(45.00)", "-45"}, Row{"45.-", "45"},
        Row{"12.34567 MNEE", "12.34567"}, Row{"00045.10", "45.1"}, Row{"2026-11-05 45.00", "45"});
    INFO(row.quote << " says " << row.value);
    CHECK(says(row.quote, row.value));
}

TEST_CASE("another number is not found, not even as a part of what is written", "[intake][quote]") {
    struct Row {
        const char *quote, *value;
    };
    const Row row = GENERATE(Row{"45.00", "450"}, Row{"45.00", "4500"}, Row{"45.00", "4.5"}, Row{"1.045,00", "45"},
                             Row{"1,045.00", "45"}, Row{"1,045.00", "1"}, Row{"1,00", "100"},
                             Row{"12.345,67", "12.345"}, Row{"12.345,67", "12345"}, Row{"12 045,00", "45"},
                             Row{"95 518 961.25", "961.25"}, Row{"2 45.00", "245"}, Row{"Qty 4 50.00", "450"},
                             Row{"Page 1 45.00", "145"}, Row{"02.11.2026", "211.2026"}, Row{"02.11.2026", "2112026"},
                             Row{"192.168.1.1", "1921681.1"}, Row{"forty-five", "45"}, Row{"", "45"}, Row{"4 5", "9"},
                             Row{"45.00", "45.01"}, Row{"A45B00", "4500"}, Row{"45-00", "4500"});
    INFO(row.quote << " does not say " << row.value);
    CHECK(!says(row.quote, row.value));
}

TEST_CASE("a quote that is as long as a document says nothing", "[intake][quote]") {
    const std::string many(2000, '1'), spaces(4090, ' ');
    CHECK(says("9 " + many, "9"));
    CHECK(says("9" + spaces, "9"));
    CHECK(quotes_text("INV" + spaces, "INV"));
    CHECK(!says("9" + spaces + spaces, "9"));
    CHECK(!quotes_text("INV" + spaces + spaces, "INV"));
    CHECK(!says(many, "1"));
}

TEST_CASE("the number of an invoice is found where it stands by itself", "[intake][quote]") {
    struct Row {
        const char *quote, *value;
        bool says;
    };
    const Row row = GENERATE(
        Row{"Invoice no. INV-2024 / 001", "inv-2024/001", true}, Row{"INV‑2024–001", "INV-2024-001", true},
        Row{"No.7", "7", true}, Row{"N°7", "7", true}, Row{"(RE 17)", "RE 17", true}, Row{"RE-17.", "RE-17", true},
        Row{"INV-2024-001", "INV-2024-002", false}, Row{"INV-2024-001", "1", false}, Row{"INV-2024-001", "2024", false},
        Row{"INV-2024-001", "INV-2024", false}, Row{"INV-2024-001", "-", false}, Row{"INV-2024-001", "", false},
        Row{"INV-2024-001", " ", false}, Row{"INV-2024-0012", "INV-2024-001", false}, Row{"1.234", "234", false});
    INFO(row.quote << " and " << row.value);
    CHECK(quotes_text(row.quote, row.value) == row.says);
}
