/// From the values a record brings, or from its JSON body, to the cells of its collection's real columns.
#pragma once

#include <atr/storage.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "catalog.hpp"

namespace storage_sqlite {

/// The cells of one value: one, or for a decimal two (canonical text, sort text). Null gives nulls.
/// Errors: rejected, ATR_E_BAD_INPUT, when the value has not the column's type.
atr::Result<std::vector<Cell>> cells_of(const Column& column, const atr::Value& value);

/// The cell to compare `column` with in a query.
atr::Result<Cell> sort_cell_of(const Column& column, const atr::Value& value);

/// All cells of a record, in the order of Collection::value_columns(). A value that no index entry brings (an older
/// host does not know the index) is read from the body. Errors: rejected, ATR_E_BAD_INPUT.
atr::Result<std::vector<Cell>> cells_of(const Collection& collection, const atr::Record& record);

/// All cells as the body alone gives them: back-fill. What is absent or of another type is null.
std::vector<Cell> cells_from_body(const Collection& collection, std::string_view body);

}  // namespace storage_sqlite
