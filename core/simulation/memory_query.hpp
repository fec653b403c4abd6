/// The order of index values and the pages of a query, for MemoryStorage.
#pragma once

#include <atr/storage.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::simulation {

/// Where a record stands in one index, or (no values) in the order of keys.
struct Position {
    std::vector<atr::Value> values;
    std::string key;
};

/// NULL first, then by the column's type; TEXT bytewise, DEC by value. Below, equal to or above zero.
int compare(const atr::Value& a, const atr::Value& b);
int compare(const Position& a, const Position& b);

/// The values a record has in an index: those that came with it, else those its JSON body holds at the index's
/// pointers. nullopt when it has none, and so is not in that index.
std::optional<std::vector<atr::Value>> index_values(const atr::Record& record, const atr::IndexDef& index);

/// True when the position matches eq and [lo, hi) of the query.
bool matches(const atr::Query& query, const Position& position);

/// A position as an opaque cursor and back; nullopt for a text that is no such cursor.
std::string to_cursor(const Position& position);
std::optional<Position> from_cursor(std::string_view text);

}  // namespace treasurer::simulation
