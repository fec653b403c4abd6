// Whether the sum due takes off what the paper says was paid.
#pragma once

#include <atr/decimal.hpp>
#include <optional>

#include "rules.hpp"
#include "said_amounts.hpp"

namespace parser_rules {

/// What the paper asks for, and its total where it names one.
struct Asked {
    const AmountReading& due;
    const AmountReading* total = nullptr;
};

/// A payment that was made and that the sum due does not take off: "Total 60, Amount paid 60, Amount due 60". One
/// listed above the total among its items, "Deposit 60", counts only where its words say that it was paid.
/// Points into the SaidAmounts.
const AmountReading* payment_not_taken_off(const Context&, const SaidAmounts&, const Asked&, std::uint64_t& steps);

}  // namespace parser_rules
