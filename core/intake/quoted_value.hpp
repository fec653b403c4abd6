/// Whether what a parser read is what its quote says: a value that is not in its own evidence is nobody's but the
/// parser's. A quote of more than 4 KiB says nothing: it is no evidence, but the document once more. Pure: no I/O.
#pragma once

#include <atr/money.hpp>

#include <string_view>

namespace treasurer::intake {

/// True if one of the numbers of `quote`, however its thousands and decimals are set apart, is `value`; its sign is not
/// looked at. Where a single point or comma is followed by three digits, both readings count. A part of a number is
/// none. Looks at the first 32 groups of digits.
bool quotes_amount(std::string_view quote, const atr::Decimal& value);

/// True if `value` stands in `quote`, with nothing before or behind it that may belong to it. Case, white space and the
/// kind of dashes are not looked at.
bool quotes_text(std::string_view quote, std::string_view value);

}  // namespace treasurer::intake
