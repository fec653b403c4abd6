#include "query.hpp"

#include <algorithm>

#include "index_values.hpp"
#include "names.hpp"
#include "record_reader.hpp"

namespace storage_sqlite {
namespace {
using atr::rejected;
using atr::Result;

bool is_null(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

/// Part of a WHERE clause, and what it binds.
struct Condition {
    std::string sql;
    std::vector<Cell> cells;

    void add(const std::string& column, const char* comparison, Cell cell) {
        sql += (sql.empty() ? " WHERE " : " AND ") + column + " " + comparison + " ?";
        cells.push_back(std::move(cell));
    }
    /// What lets SQLite use an index that holds no nulls.
    void add_not_null(const std::string& column) {
        sql += (sql.empty() ? " WHERE " : " AND ") + column + " IS NOT NULL";
    }
};

/// A query resolved against its collection.
struct Plan {
    const Collection* collection = nullptr;
    const Index* index = nullptr;
    bool descending = false;
    Condition equal;                ///< the fixed columns
    std::vector<std::string> sort;  ///< quoted real columns behind them, the key last
    Cell lo, hi;                    ///< on sort[0]; null is open

    void add_range(Condition& to) const {
        if (!is_null(lo)) to.add(sort[0], ">=", lo);
        if (!is_null(hi)) to.add(sort[0], "<", hi);
    }
};

Result<Cell> key_cell(const atr::Value& value) {
    if (value.type == ATR_T_NULL) return Cell{};
    if (value.type == ATR_T_TEXT) return Cell{value.text};
    return rejected(ATR_E_BAD_INPUT, "the key is text, the bound given is not");
}

Result<Plan> plan(const Catalog& catalog, const atr::Query& query) {
    Plan out;
    out.collection = catalog.find(query.collection);
    out.descending = query.descending;
    if (!out.collection) return unknown_collection(query.collection);
    const std::string where = "collection '" + query.collection + "', index '" + query.index + "': ";
    if (query.limit < 1 || query.limit > most_records_a_page)
        return rejected(ATR_E_BAD_INPUT, where + "a page has 1 to " + std::to_string(most_records_a_page) +
                                             " records, not " + std::to_string(query.limit));
    std::vector<std::size_t> columns;
    if (!query.index.empty()) {
        out.index = out.collection->find_index(query.index);
        if (!out.index) return rejected(ATR_E_BAD_INPUT, where + "unknown index");
        columns = out.index->columns;
    }
    if (query.eq.size() > columns.size())
        return rejected(ATR_E_BAD_INPUT, where + "has " + std::to_string(columns.size()) +
                                             " columns, equal values given: " + std::to_string(query.eq.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Column& column = out.collection->columns[columns[i]];
        if (i >= query.eq.size()) {
            out.sort.push_back(sql_name(column.sort_name()));
            continue;
        }
        auto cell = sort_cell_of(column, query.eq[i]);
        if (!cell) return rejected(ATR_E_BAD_INPUT, where + cell.error().message);
        if (is_null(*cell)) return rejected(ATR_E_BAD_INPUT, where + "holds no nulls, an equal value given is null");
        out.equal.add(sql_name(column.sort_name()), "=", std::move(*cell));
    }
    const Column* next = out.sort.empty() ? nullptr : &out.collection->columns[columns[query.eq.size()]];
    auto lo = next ? sort_cell_of(*next, query.lo) : key_cell(query.lo);
    auto hi = next ? sort_cell_of(*next, query.hi) : key_cell(query.hi);
    if (!lo || !hi) return rejected(ATR_E_BAD_INPUT, where + (lo ? hi : lo).error().message);
    out.lo = std::move(*lo);
    out.hi = std::move(*hi);
    out.sort.push_back("key");
    return out;
}

/// One index range: the sort columns before `first` are fixed by `condition`.
struct Range {
    Condition condition;
    std::size_t first = 0;
};

/// The ranges that follow `cells` in order: what shares all but the last sort column, then all but the last two, ...
std::vector<Range> ranges_after(const Plan& plan, const std::vector<Cell>& cells) {
    std::vector<Range> out;
    for (std::size_t j = plan.sort.size(); j-- > 0;) {
        Range range{.condition = plan.equal, .first = j};
        for (std::size_t i = 0; i < j; ++i) range.condition.add(plan.sort[i], "=", cells[i]);
        range.condition.add(plan.sort[j], plan.descending ? "<" : ">", cells[j]);
        if (j == 0) plan.add_range(range.condition);
        out.push_back(std::move(range));
    }
    return out;
}

std::string select(const Plan& plan, const Range& range) {
    std::string sql = "SELECT " + record_columns(*plan.collection), order;
    for (const auto& column : plan.sort) sql += ", " + column;
    sql += " FROM " + sql_name(plan.collection->table);
    if (plan.index) sql += " INDEXED BY " + sql_name(plan.collection->table + ":" + plan.index->name);
    for (std::size_t i = range.first; i < plan.sort.size(); ++i)
        order += (order.empty() ? " ORDER BY " : ", ") + plan.sort[i] + (plan.descending ? " DESC" : "");
    Condition condition = range.condition;
    if (plan.index)
        for (std::size_t i = range.first; i + 1 < plan.sort.size(); ++i) condition.add_not_null(plan.sort[i]);
    return sql + condition.sql + order + " LIMIT ?";
}

}  // namespace

atr::Result<QueryPage> read_page(Connection& connection, const Catalog& catalog, const atr::Query& query,
                                 const std::optional<Position>& after) {
    auto planned = plan(catalog, query);
    if (!planned) return planned.error();
    std::vector<Range> ranges(1, Range{.condition = planned->equal});
    planned->add_range(ranges[0].condition);
    if (after) {
        const bool fits = after->cells.size() == planned->sort.size() &&
                          std::none_of(after->cells.begin(), after->cells.end(), is_null);
        if (!fits) return rejected(ATR_E_BAD_INPUT, "the cursor is of an index that has changed: begin again");
        ranges = ranges_after(*planned, after->cells);
    }
    QueryPage out;
    const int first_sort = record_column_count(*planned->collection);
    for (const auto& range : ranges) {
        const std::size_t wanted = query.limit + 1 - out.records.size();
        Run run(connection.prepared(select(*planned, range)));
        for (const auto& cell : range.condition.cells) run.cell(cell);
        run.integer(std::uint64_t{wanted});
        while (run.step()) {
            if (out.records.size() == query.limit) return out;
            out.records.push_back(read_record(*planned->collection, run));
            if (out.records.size() < query.limit) continue;
            out.next.emplace();
            for (std::size_t i = 0; i < planned->sort.size(); ++i)
                out.next->cells.push_back(run.cell_at(first_sort + static_cast<int>(i)));
        }
    }
    out.next.reset();  // nothing follows the last record
    return out;
}

}  // namespace storage_sqlite
