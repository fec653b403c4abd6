/// Writes of many rows in one statement: every column is one array parameter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session.hpp"

namespace storage_postgres {

/// A version or a token as PostgreSQL holds it. It must not exceed INT64_MAX.
constexpr std::int64_t signed_of(std::uint64_t number) noexcept {
    return static_cast<std::int64_t>(number);
}

/// Columns of an unnest(), named and typed, and the values put into them row by row.
class MultiRow {
public:
    /// `type`: of the array's elements.
    MultiRow& column(const std::string& name, ArrayColumn::Type type);
    ArrayColumn& operator[](std::size_t place) { return columns_[place]; }
    std::size_t rows() const { return columns_.front().size(); }
    std::size_t columns() const { return columns_.size(); }

    /// "unnest($1::text[], ...) AS u(key, ...)".
    std::string source() const;
    /// The arrays as parameters, in the order of the columns.
    Parameters parameters() const;
    std::string next_parameter() const { return "$" + std::to_string(columns_.size() + 1); }

private:
    std::vector<std::string> names_, types_;
    std::vector<ArrayColumn> columns_;
};

/// `write`, which ends in RETURNING, must change exactly `rows.rows()` rows, or the transaction fails with `state`.
Statement required(const std::string& write, const MultiRow& rows, const char* state);

}  // namespace storage_postgres
