/// From the values a record brings, or from its JSON body, to the cells of its collection's real columns.
#pragma once

#include <atr/storage.hpp>
#include <string_view>
#include <vector>

#include "catalog.hpp"

namespace storage_postgres {

/// The cell of one value. Errors: rejected, ATR_E_BAD_INPUT, when the value has not the column's type.
atr::Result<Cell> cell_of(const Column& column, const atr::Value& value);

/// All cells of a record, one a column. A value that no index entry brings (an older host does not know the index) is
/// read from the body. Errors: rejected, ATR_E_BAD_INPUT; ATR_E_TOO_LARGE when an index cannot hold the values.
atr::Result<std::vector<Cell>> cells_of(const Collection& collection, const atr::Record& record);

/// All cells as the body alone gives them: back-fill. What is absent, of another type or too large is null.
std::vector<Cell> cells_from_body(const Collection& collection, std::string_view key, std::string_view body);

/// Bytes of text that an index entry holds at most, its key included: a third of a page, less what is around it.
inline constexpr std::size_t most_index_bytes = 2600;

}  // namespace storage_postgres
