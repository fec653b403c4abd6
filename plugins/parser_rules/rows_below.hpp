// Rows below the total that may be less of it: a deposit, a retention, a voucher, or an amount that nothing explains.
#pragma once

#include <optional>

#include "rivals.hpp"

namespace parser_rules {

/// Such a row, as an index into the facts' amounts: a label, then one amount smaller than the total, at the end of its
/// line. Words of a payment or a discount count anywhere below the total, also inside a sentence that says what was
/// received; other words only right below the sums, where they are none of a fee, a tax, a number or a term. What the
/// labels read already, or what leads to the sum due, is no such row.
std::optional<std::size_t> unexplained_row(const Context& context, const SaidAmounts& said, const Chosen& chosen,
                                           std::uint64_t& steps);

}  // namespace parser_rules
