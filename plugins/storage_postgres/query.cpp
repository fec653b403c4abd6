#include "query.hpp"

#include <algorithm>

#include "index_values.hpp"
#include "names.hpp"
#include "record_reader.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;

bool is_null(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

bool is_number(const Column& column) {
    return column.type == ATR_T_INT || column.type == ATR_T_BOOL;
}

Result<Cell> bound_of(const Column& column, bool is_key, const atr::Value& value) {
    if (!is_key) return cell_of(column, value);
    if (value.type == ATR_T_NULL) return Cell{};
    if (value.type == ATR_T_TEXT && is_utf8(value.text)) return Cell{to_stored(value.text)};
    return rejected(ATR_E_BAD_INPUT, "the key is text, the bound given is not");
}

/// A cursor comes from a stranger's hands: a place that the columns cannot hold would end as an error of SQL.
bool fits(const Cell& place, const Column& column) {
    if (is_number(column)) return std::holds_alternative<std::int64_t>(place);
    const auto* text = std::get_if<std::string>(&place);
    return text && is_utf8(*text) && (column.type != ATR_T_DEC || atr::Decimal::parse(*text));
}

}  // namespace

Result<PageQuery> PageQuery::plan(const Catalog& catalog, const atr::Query& query,
                                  const std::optional<Position>& after) {
    PageQuery out;
    out.collection_ = catalog.find(query.collection);
    out.limit_ = query.limit;
    if (!out.collection_) return unknown_collection(query.collection);
    const std::string where = "collection '" + query.collection + "', index '" + query.index + "': ";
    if (query.limit < 1 || query.limit > most_records_a_page)
        return rejected(ATR_E_BAD_INPUT, where + "a page has 1 to " + std::to_string(most_records_a_page) +
                                             " records, not " + std::to_string(query.limit));
    const Index* index = query.index.empty() ? nullptr : out.collection_->find_index(query.index);
    if (!index && !query.index.empty()) return rejected(ATR_E_BAD_INPUT, where + "unknown index");
    if (auto resolved = out.resolve(query, index); !resolved)
        return rejected(ATR_E_BAD_INPUT, where + resolved.error().message);

    if (after) {
        const bool fitting = std::equal(after->cells.begin(), after->cells.end(), out.sort_.begin(), out.sort_.end(),
                                        [](const Cell& place, const Sort& sort) { return fits(place, sort.column); });
        if (!fitting) return rejected(ATR_E_BAD_INPUT, "the cursor is of an index that has changed: begin again");
        out.begin_after(*after, query.descending);
    }
    std::string columns, order, conditions;
    for (const auto& name : out.equal_) order += (order.empty() ? "" : ", ") + name + (query.descending ? " DESC" : "");
    for (const auto& sort : out.sort_) {
        columns += ", " + sort.name;
        order += (order.empty() ? "" : ", ") + sort.name + (query.descending ? " DESC" : "");
    }
    for (const auto& condition : out.conditions_) conditions += (conditions.empty() ? " WHERE " : " AND ") + condition;
    out.sql_ = "SELECT " + record_columns(*out.collection_) + columns + " FROM " + sql_name(out.collection_->table) +
               conditions + " ORDER BY " + order + " LIMIT " +
               out.parameter({"", "", ATR_T_INT}, std::int64_t{query.limit} + 1);
    return out;
}

void PageQuery::compare(const Row& names, const char* how, const Row& places) {
    const auto row = [](const Row& parts) {
        std::string out;
        for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
        return parts.size() == 1 ? out : '(' + out + ')';
    };
    where(row(names) + how + row(places));
}

void PageQuery::bound_below(const Cell& lo) {
    Row names = equal_, places = equal_to_;
    if (!is_null(lo)) {
        names.push_back(sort_.front().name);
        places.push_back(parameter(sort_.front().column, lo));
    }
    if (!names.empty()) compare(names, " >= ", places);
}

void PageQuery::bound_above(const Cell& hi) {
    Row names = equal_, places = equal_to_;
    if (is_null(hi)) {
        if (!names.empty()) compare(names, " <= ", places);
        return;
    }
    names.push_back(sort_.front().name);
    places.push_back(parameter(sort_.front().column, hi));
    compare(names, " < ", places);
}

/// The first of the conditions: of several that an index could begin at PostgreSQL takes the one that stands first.
void PageQuery::begin_after(const Position& after, bool descending) {
    Row names = equal_, places = equal_to_;
    for (std::size_t i = 0; i < sort_.size(); ++i) {
        names.push_back(sort_[i].name);
        places.push_back(parameter(sort_[i].column, after.cells[i]));
    }
    compare(names, descending ? " < " : " > ", places);
    std::rotate(conditions_.begin(), conditions_.end() - 1, conditions_.end());
}

Result<> PageQuery::resolve(const atr::Query& query, const Index* index) {
    const std::size_t columns = index ? index->columns.size() : 0;
    if (query.eq.size() > columns)
        return rejected(ATR_E_BAD_INPUT, "has " + std::to_string(columns) +
                                             " columns, equal values given: " + std::to_string(query.eq.size()));
    for (std::size_t i = 0; i < columns; ++i) {
        const Column& column = collection_->columns[index->columns[i]];
        const std::string name = sql_name(column.name);
        if (i >= query.eq.size()) {
            sort_.push_back({name, column});
            continue;
        }
        auto cell = cell_of(column, query.eq[i]);
        if (!cell) return cell.error();
        if (is_null(*cell)) return rejected(ATR_E_BAD_INPUT, "holds no nulls, an equal value given is null");
        equal_.push_back(name);
        equal_to_.push_back(parameter(column, *cell));
    }
    // What lets PostgreSQL use an index that holds no nulls. The system's own indexes hold all.
    Row not_null = equal_;
    if (collection_->kind == CollectionKind::records || columns == 1)
        for (const auto& sort : sort_) not_null.push_back(sort.name);
    sort_.push_back({"key", {"key", "", ATR_T_TEXT}});
    const bool by_key = sort_.size() == 1;
    auto lo = bound_of(sort_.front().column, by_key, query.lo);
    auto hi = bound_of(sort_.front().column, by_key, query.hi);
    if (!lo || !hi) return (lo ? hi : lo).error();
    bound_below(*lo);
    bound_above(*hi);
    for (const auto& name : not_null) where(name + " IS NOT NULL");
    return {};
}

std::string PageQuery::parameter(const Column& column, const Cell& cell) {
    parameters_.cell(cell);
    const std::string place = "$" + std::to_string(parameters_.count());
    switch (column.type) {
        case ATR_T_INT:
            return place + "::bigint";
        case ATR_T_BOOL:
            return "(" + place + "::bigint <> 0)";
        case ATR_T_DEC:
            return place + "::text::numeric";
        default:
            return place + "::text";
    }
}

Cell PageQuery::cell_of_row(const Rows& rows, int row, std::size_t sort) const {
    const int place = record_column_count(*collection_) + static_cast<int>(sort);
    if (rows.is_null(row, place)) return {};
    const Column& column = sort_[sort].column;
    if (column.type == ATR_T_BOOL) return std::int64_t{rows.boolean(row, place)};
    if (is_number(column)) return rows.integer(row, place);
    return std::string(rows.text(row, place));
}

QueryPage PageQuery::read(const Rows& rows) const {
    QueryPage out;
    const int shown = std::min(rows.count(), static_cast<int>(limit_));
    for (int i = 0; i < shown; ++i) out.records.push_back(read_record(*collection_, rows, i));
    if (rows.count() <= shown) return out;
    out.next.emplace();
    for (std::size_t sort = 0; sort < sort_.size(); ++sort)
        out.next->cells.push_back(cell_of_row(rows, shown - 1, sort));
    return out;
}

}  // namespace storage_postgres
