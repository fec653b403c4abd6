// Whether another amount on the paper may be the sum that it asks for. A sum that is paid unasked has no such rival.
#pragma once

#include <optional>

#include "said_amounts.hpp"

namespace parser_rules {

/// The sums chosen: what is due, and the total that leads to it where there is one.
struct Chosen {
    const AmountReading& due;
    const AmountReading* total = nullptr;
};

/// A sum beside the words of a total or of what is due that differs from those chosen, while no tax, charge, discount
/// or payment of the paper leads from it to them, nor is it one of the parts that make them.
std::optional<AmountReading> unexplained_rival(const Context& context, const SaidAmounts& said, const Chosen& chosen,
                                               std::uint64_t& steps);

/// Whether a negative amount stands below the total.
bool something_is_deducted(const Context& context, const AmountReading& total, std::uint64_t& steps);

/// Whether an amount below the total is larger, or one anywhere is larger by just the tax of the paper.
bool larger_amount_stands(const Context& context, const SaidAmounts& said, const AmountReading& total,
                          std::uint64_t& steps);

}  // namespace parser_rules
