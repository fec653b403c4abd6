#include "index_values.hpp"

#include <nlohmann/json.hpp>

#include "decimal_order.hpp"

namespace storage_sqlite {
namespace {
using nlohmann::json;

const char* type_name(std::int32_t type) {
    switch (type) {
        case ATR_T_NULL:
            return "null";
        case ATR_T_INT:
            return "an integer";
        case ATR_T_TEXT:
            return "text";
        case ATR_T_BOOL:
            return "a boolean";
        case ATR_T_DEC:
            return "a decimal";
        default:
            return "of an unknown type";
    }
}

std::vector<Cell> null_cells(const Column& column) {
    return std::vector<Cell>(column.is_decimal() ? 2 : 1);
}

atr::Value value_in(const json& document, const Column& column) {
    const json::json_pointer pointer(column.json_pointer);
    if (!document.contains(pointer)) return {};
    const json& found = document[pointer];
    if (column.type == ATR_T_TEXT && found.is_string()) return {.type = ATR_T_TEXT, .text = found.get<std::string>()};
    if (column.type == ATR_T_BOOL && found.is_boolean()) return {.type = ATR_T_BOOL, .integer = found.get<bool>()};
    const bool fits = !found.is_number_unsigned() || found.get<std::uint64_t>() <= INT64_MAX;
    if (column.type == ATR_T_INT && found.is_number_integer() && fits)
        return {.type = ATR_T_INT, .integer = found.get<std::int64_t>()};
    if (column.type == ATR_T_DEC && found.is_string()) return {.type = ATR_T_DEC, .text = found.get<std::string>()};
    if (column.type == ATR_T_DEC && found.is_number_integer()) return {.type = ATR_T_DEC, .text = found.dump()};
    return {};
}

std::vector<Cell> cells_in(const json& document, const Column& column) {
    if (document.is_discarded()) return null_cells(column);
    auto cells = cells_of(column, value_in(document, column));
    return cells ? std::move(*cells) : null_cells(column);
}

/// Puts the values of one entry in their columns' places. Two indexes may share a column; they must agree on it.
atr::Result<> place(const Collection& collection, const atr::IndexEntry& entry,
                    std::vector<std::optional<std::vector<Cell>>>& places) {
    const Index* index = collection.find_index(entry.index);
    if (!index) return {};  // an index of a newer host, which this database does not have yet
    if (entry.values.size() != index->columns.size())
        return atr::rejected(ATR_E_BAD_INPUT, collection.name + ": index " + index->name + " has " +
                                                  std::to_string(index->columns.size()) + " columns, not " +
                                                  std::to_string(entry.values.size()));
    for (std::size_t i = 0; i < entry.values.size(); ++i) {
        const Column& column = collection.columns[index->columns[i]];
        auto cells = cells_of(column, entry.values[i]);
        if (!cells) {
            cells.error().message = collection.name + ": index " + index->name + ": " + cells.error().message;
            return cells.error();
        }
        auto& there = places[index->columns[i]];
        if (there && *there != *cells)
            return atr::rejected(ATR_E_BAD_INPUT,
                                 collection.name + ": two indexes give different values for " + column.json_pointer);
        there = std::move(*cells);
    }
    return {};
}

}  // namespace

atr::Result<std::vector<Cell>> cells_of(const Column& column, const atr::Value& value) {
    if (value.type == ATR_T_NULL) return null_cells(column);
    if (value.type != column.type)
        return atr::rejected(ATR_E_BAD_INPUT, "column " + column.name + " is " + type_name(column.type) +
                                                  ", the value given is " + type_name(value.type));
    if (value.type == ATR_T_TEXT) return std::vector<Cell>{value.text};
    if (value.type == ATR_T_BOOL) return std::vector<Cell>{std::int64_t{value.integer != 0}};
    if (value.type == ATR_T_INT) return std::vector<Cell>{value.integer};
    const auto decimal = atr::Decimal::parse(value.text);
    if (!decimal) return atr::rejected(ATR_E_BAD_INPUT, "column " + column.name + ": not a decimal of up to 38 digits");
    return std::vector<Cell>{decimal->to_string(), decimal_order(*decimal)};
}

atr::Result<Cell> sort_cell_of(const Column& column, const atr::Value& value) {
    auto cells = cells_of(column, value);
    if (!cells) return cells.error();
    return std::move(cells->back());
}

atr::Result<std::vector<Cell>> cells_of(const Collection& collection, const atr::Record& record) {
    std::vector<std::optional<std::vector<Cell>>> places(collection.columns.size());
    for (const auto& entry : record.index)
        if (auto placed = place(collection, entry, places); !placed) return placed.error();
    std::vector<Cell> out;
    out.reserve(collection.columns.size() * 2);
    std::optional<json> document;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) {
            if (!document) document = json::parse(record.body, nullptr, false);
            places[i] = cells_in(*document, collection.columns[i]);
        }
        for (auto& cell : *places[i]) out.push_back(std::move(cell));
    }
    return out;
}

std::vector<Cell> cells_from_body(const Collection& collection, std::string_view body) {
    const json document = json::parse(body, nullptr, false);
    std::vector<Cell> out;
    for (const auto& column : collection.columns)
        for (auto& cell : cells_in(document, column)) out.push_back(std::move(cell));
    return out;
}

}  // namespace storage_sqlite
