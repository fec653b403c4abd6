/// Whether what a parser read is what its quote says: a value that is not in its own evidence is nobody's but the
/// parser's. Pure: no I/O.
#pragma once

#include <atr/money.hpp>

#include <string_view>

namespace treasurer::intake {

/// True if one of the numbers of `quote`, written with whatever separators, is `value`; its sign is not looked at.
/// Where a point or comma is followed by three digits, both readings count. Looks at the first 32 groups of digits.
bool quotes_amount(std::string_view quote, const atr::Decimal& value);

/// True if `quote` holds `value`, without regard to case and white space.
bool quotes_text(std::string_view quote, std::string_view value);

}  // namespace treasurer::intake
