/// Text that sorts bytewise in the order of the decimals it stands for, so that an index on TEXT is an index by value.
#pragma once

#include <atr/decimal.hpp>
#include <string>

namespace storage_sqlite {

/// Equal numbers give equal texts. Sign, then exponent, then digits; a negative number has the complements of both and
/// a closing '~', so that it sorts the other way round.
std::string decimal_order(const atr::Decimal& value);

}  // namespace storage_sqlite
