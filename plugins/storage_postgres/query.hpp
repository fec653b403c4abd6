/// Keyset pages over one index, or over the keys. A page costs the same wherever it begins.
///
/// Order: the index's columns behind the equal ones, then the key. A record that lacks a value of an index is not in
/// that index. When all columns of the index are given as equal, [lo, hi) bounds the key.
///
/// What is equal is asked for as a range, and ordered by as well: only the index that the query names has that order.
/// With
/// `=` the order of another index would do, and where nearly all records have one value, PostgreSQL would read all of
/// them in that order to find the few that have another.
#pragma once

#include <atr/storage.hpp>
#include <optional>

#include "catalog.hpp"
#include "cursor.hpp"

namespace storage_postgres {

struct QueryPage {
    std::vector<atr::Record> records;
    std::optional<Position> next;  ///< nothing: no more
};

inline constexpr std::uint32_t most_records_a_page = 1000;

/// One page of one query, planned without the database.
class PageQuery {
public:
    /// A page behind `after`, or the first.
    /// Errors: rejected, ATR_E_BAD_INPUT, saying which collection, index, value or limit does not fit.
    static atr::Result<PageQuery> plan(const Catalog& catalog, const atr::Query& query,
                                       const std::optional<Position>& after);
    Statement statement() const { return {sql_, parameters_}; }
    QueryPage read(const Rows& rows) const;

private:
    struct Sort {
        std::string name;  ///< quoted
        Column column;     ///< for the key: text
    };
    /// Names, or the places of parameters, of the equal columns and then of some of those that are sorted by.
    using Row = std::vector<std::string>;
    void where(std::string condition) { conditions_.push_back(std::move(condition)); }
    void compare(const Row& names, const char* how, const Row& places);
    void bound_below(const Cell& lo);
    void bound_above(const Cell& hi);
    void begin_after(const Position& after, bool descending);
    std::string parameter(const Column& column, const Cell& cell);
    atr::Result<> resolve(const atr::Query& query, const Index* index);
    Cell cell_of_row(const Rows& rows, int row, std::size_t sort) const;

    const Collection* collection_ = nullptr;
    std::uint32_t limit_ = 0;
    std::string sql_;
    Parameters parameters_;
    Row conditions_, equal_, equal_to_;
    std::vector<Sort> sort_;  ///< the key last
};

}  // namespace storage_postgres
