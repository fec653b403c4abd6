/// The text by which SQLite sorts decimals.
#include <catch2/catch.hpp>

#include "storage_sqlite/decimal_order.hpp"

TEST_CASE("the sort text of decimals sorts bytewise as their values do", "[storage_sqlite]") {
    const std::string most(38, '9'), zeros(37, '0');
    const std::vector<std::string> ascending = {"-" + most, "-100.5",
                                                "-100",     "-99.99",
                                                "-1.25",    "-1.2",
                                                "-1",       "-0.5",
                                                "-0.05",    "-0." + zeros + "1",
                                                "0",        "0." + zeros + "1",
                                                "0.05",     "0.5",
                                                "1",        "1.2",
                                                "1.25",     "9",
                                                "10",       "99.99",
                                                "100",      "100.5",
                                                most};
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        const auto a = storage_sqlite::decimal_order(*atr::Decimal::parse(ascending[i - 1]));
        const auto b = storage_sqlite::decimal_order(*atr::Decimal::parse(ascending[i]));
        CHECK(a < b);
    }
}
