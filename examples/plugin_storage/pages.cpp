#include "pages.hpp"

#include <algorithm>

namespace journal_storage {

namespace {

/// Where a record stands in an answer: its index values, then its key.
using Position = std::vector<atr::Value>;

int compare_positions(const Position& a, const Position& b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (const int order = compare(a[i], b[i])) return order;
    return 0;
}

const atr::IndexDef* find_index(const Rows& rows, const atr::Query& query) {
    if (const auto* collection = rows.definition(query.collection))
        for (const auto& index : collection->indexes)
            if (index.name == query.index) return &index;
    return nullptr;
}

std::optional<Position> position_of(const atr::IndexDef* index, const std::string& key, const Row& row) {
    Position out;
    if (index) {
        auto values = index_values(row, *index);
        if (!values) return std::nullopt;
        out = std::move(*values);
    }
    out.push_back(atr::Value::of(key));
    return out;
}

bool matches(const atr::Query& query, const Position& position) {
    for (std::size_t i = 0; i < query.eq.size(); ++i)
        if (compare(position[i], query.eq[i]) != 0) return false;
    const atr::Value& next = position[query.eq.size()];
    if (query.lo.type != ATR_T_NULL && compare(next, query.lo) < 0) return false;
    return query.hi.type == ATR_T_NULL || compare(next, query.hi) < 0;
}

std::string to_cursor(const Position& position) {
    Json values = Json::array();
    for (const auto& value : position) values.push_back(Json::array({value.type, value.integer, value.text}));
    std::string out;
    for (const auto byte : Json::to_cbor(values))
        for (const int digit : {byte >> 4, byte & 15}) out += "0123456789abcdef"[digit];
    return out;
}

std::optional<Position> from_cursor(const std::string& cursor, std::size_t columns) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < cursor.size(); i += 2) {
        const auto digit = [&](char c) { return std::string_view("0123456789abcdef").find(c); };
        const auto high = digit(cursor[i]), low = digit(cursor[i + 1]);
        if (high > 15 || low > 15) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    const Json values = cursor.size() % 2 == 0 ? Json::from_cbor(bytes, true, false) : Json();
    if (!values.is_array() || values.size() != columns) return std::nullopt;
    Position out;
    for (const auto& value : values) {
        const bool whole = value.is_array() && value.size() == 3 && value[0].is_number_integer() &&
                           value[1].is_number_integer() && value[2].is_string();
        if (!whole) return std::nullopt;
        out.push_back({.type = value[0], .integer = value[1], .text = value[2]});
    }
    return out;
}

}  // namespace

atr::Record to_record(const std::string& collection, const std::string& key, const Row& row) {
    return {.collection = collection,
            .key = key,
            .version = row.version,
            .updated_unix_ms = row.updated_ms,
            .body = row.body,
            .index = row.index};
}

atr::Result<std::vector<atr::Record>> select(const Rows& rows, const atr::Query& query) {
    const auto* all = query.collection.empty() ? nullptr : rows.collection(query.collection);
    if (!all) return bad_input("unknown collection '" + query.collection + "'");
    const auto* index = find_index(rows, query);
    if (!query.index.empty() && !index) return bad_input("unknown index '" + query.index + "'");
    const std::size_t columns = index ? index->columns.size() : 0;
    if (query.eq.size() > columns) return bad_input("more equal values than the index has columns");
    const auto behind = query.cursor.empty() ? std::nullopt : from_cursor(query.cursor, columns + 1);
    if (!query.cursor.empty() && !behind) return bad_input("the cursor is not one of this query");

    const int direction = query.descending ? -1 : 1;
    std::vector<std::pair<Position, atr::Record>> found;
    for (const auto& [key, row] : *all) {
        auto position = position_of(index, key, row);
        if (!position || !matches(query, *position)) continue;
        if (behind && compare_positions(*position, *behind) * direction <= 0) continue;
        found.emplace_back(std::move(*position), to_record(query.collection, key, row));
    }
    std::sort(found.begin(), found.end(),
              [&](const auto& a, const auto& b) { return compare_positions(a.first, b.first) * direction < 0; });
    std::vector<atr::Record> out;
    for (auto& [position, record] : found) out.push_back(std::move(record));
    return out;
}

std::string cursor_behind(const Rows& rows, const atr::Query& query, const atr::Record& record) {
    const Row row{.body = record.body, .index = record.index};
    return to_cursor(*position_of(find_index(rows, query), record.key, row));
}

}  // namespace journal_storage
