#include "index_values.hpp"

#include <atr/decimal.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "stored_text.hpp"

namespace storage_postgres {
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

Cell cell_in(const json& document, const Column& column) {
    if (document.is_discarded()) return {};
    auto cell = cell_of(column, value_in(document, column));
    return cell ? std::move(*cell) : Cell{};
}

/// Puts the values of one entry in their columns' places. Two indexes may share a column; they must agree on it.
atr::Result<> place(const Collection& collection, const atr::IndexEntry& entry,
                    std::vector<std::optional<Cell>>& places) {
    const Index* index = collection.find_index(entry.index);
    if (!index) return {};  // an index of a newer host, which this database does not have yet
    if (entry.values.size() != index->columns.size())
        return atr::rejected(ATR_E_BAD_INPUT, collection.name + ": index " + index->name + " has " +
                                                  std::to_string(index->columns.size()) + " columns, not " +
                                                  std::to_string(entry.values.size()));
    for (std::size_t i = 0; i < entry.values.size(); ++i) {
        const Column& column = collection.columns[index->columns[i]];
        auto cell = cell_of(column, entry.values[i]);
        if (!cell) {
            cell.error().message = collection.name + ": index " + index->name + ": " + cell.error().message;
            return cell.error();
        }
        auto& there = places[index->columns[i]];
        if (there && *there != *cell)
            return atr::rejected(ATR_E_BAD_INPUT,
                                 collection.name + ": two indexes give different values for " + column.json_pointer);
        there = std::move(*cell);
    }
    return {};
}

std::size_t text_bytes(const Cell& cell) {
    const auto* text = std::get_if<std::string>(&cell);
    return text ? text->size() : 8;
}

const Index* too_large(const Collection& collection, std::string_view key, const std::vector<Cell>& cells) {
    for (const auto& index : collection.indexes) {
        std::size_t bytes = key.size();
        for (std::size_t c : index.columns) bytes += text_bytes(cells[c]);
        if (bytes > most_index_bytes) return &index;
    }
    return nullptr;
}

}  // namespace

atr::Result<Cell> cell_of(const Column& column, const atr::Value& value) {
    if (value.type == ATR_T_NULL) return Cell{};
    if (value.type != column.type)
        return atr::rejected(ATR_E_BAD_INPUT, "column " + column.name + " is " + type_name(column.type) +
                                                  ", the value given is " + type_name(value.type));
    if (value.type == ATR_T_BOOL) return Cell{std::int64_t{value.integer != 0}};
    if (value.type == ATR_T_INT) return Cell{value.integer};
    if (value.type == ATR_T_TEXT) {
        if (!is_utf8(value.text)) return atr::rejected(ATR_E_BAD_INPUT, "column " + column.name + ": not UTF-8");
        return Cell{to_stored(value.text)};
    }
    const auto decimal = atr::Decimal::parse(value.text);
    if (!decimal) return atr::rejected(ATR_E_BAD_INPUT, "column " + column.name + ": not a decimal of up to 38 digits");
    return Cell{decimal->to_string()};
}

atr::Result<std::vector<Cell>> cells_of(const Collection& collection, const atr::Record& record) {
    std::vector<std::optional<Cell>> places(collection.columns.size());
    for (const auto& entry : record.index)
        if (auto placed = place(collection, entry, places); !placed) return placed.error();
    std::vector<Cell> out;
    out.reserve(places.size());
    std::optional<json> document;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) {
            if (!document) document = json::parse(record.body, nullptr, false);
            places[i] = cell_in(*document, collection.columns[i]);
        }
        out.push_back(std::move(*places[i]));
    }
    if (const Index* index = too_large(collection, record.key, out))
        return atr::rejected(ATR_E_TOO_LARGE, collection.name + ": index " + index->name + " holds up to " +
                                                  std::to_string(most_index_bytes) + " bytes, the key included");
    return out;
}

std::vector<Cell> cells_from_body(const Collection& collection, std::string_view key, std::string_view body) {
    const json document = json::parse(body, nullptr, false);
    std::vector<Cell> out;
    for (const auto& column : collection.columns) out.push_back(cell_in(document, column));
    while (const Index* index = too_large(collection, key, out))
        for (std::size_t c : index->columns) out[c] = Cell{};
    return out;
}

}  // namespace storage_postgres
