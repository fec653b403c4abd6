/// The opaque cursor of a query: the place of the last row shown, bound to the query it came from by a hash, so that a
/// cut, changed or foreign one is recognised. It is no secret: one that was forged with care only names another place.
#pragma once

#include <atr/storage.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parameters.hpp"

namespace storage_postgres {

struct Position {
    std::uint64_t snapshot = 0;  ///< 0: every page sees its own moment
    std::vector<Cell> cells;     ///< of the sort columns, the key last
};

std::string to_cursor(const Position& position, const atr::Query& query);
/// nullopt: not a cursor of this query.
std::optional<Position> from_cursor(const std::string& cursor, const atr::Query& query);

}  // namespace storage_postgres
