/// Queries over rows: sorted, bounded, page by page.
#pragma once

#include "rows.hpp"

namespace journal_storage {

/// Everything the query asks for behind its cursor, in order; the limit is left to the caller.
atr::Result<std::vector<atr::Record>> select(const Rows& rows, const atr::Query& query);
/// The cursor that goes on behind this record of the query's answer.
std::string cursor_behind(const Rows& rows, const atr::Query& query, const atr::Record& record);
atr::Record to_record(const std::string& collection, const std::string& key, const Row& row);

}  // namespace journal_storage
