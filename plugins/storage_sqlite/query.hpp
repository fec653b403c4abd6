/// Keyset pages over one index, or over the keys. A page costs the same wherever it begins: it is read as one index
/// range, or a few that follow one another.
///
/// Order: the index's columns behind the equal ones, then the key. A record that lacks a value of an index is not in
/// that index. When all columns of the index are given as equal, [lo, hi) bounds the key.
#pragma once

#include <atr/storage.hpp>
#include <optional>

#include "catalog.hpp"
#include "cursor.hpp"

namespace storage_sqlite {

struct QueryPage {
    std::vector<atr::Record> records;
    std::optional<Position> next;  ///< nothing: no more
};

inline constexpr std::uint32_t most_records_a_page = 1000;

/// One page behind `after`, or the first. Inside a read transaction.
/// Errors: rejected, ATR_E_BAD_INPUT, saying which collection, index, value or limit does not fit.
atr::Result<QueryPage> read_page(Connection& connection, const Catalog& catalog, const atr::Query& query,
                                 const std::optional<Position>& after);

}  // namespace storage_sqlite
