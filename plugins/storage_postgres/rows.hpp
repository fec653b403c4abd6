/// The rows a statement answered.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace storage_postgres {

class Rows {
public:
    Rows() = default;
    explicit Rows(PGresult* raw) : raw_(raw, PQclear) {}

    int count() const { return raw_ ? PQntuples(raw_.get()) : 0; }
    int columns() const { return raw_ ? PQnfields(raw_.get()) : 0; }
    bool is_null(int row, int column) const { return PQgetisnull(raw_.get(), row, column) != 0; }
    /// Lives as long as the rows; empty for NULL.
    std::string_view text(int row, int column) const {
        return {PQgetvalue(raw_.get(), row, column), static_cast<std::size_t>(PQgetlength(raw_.get(), row, column))};
    }
    /// 0 for NULL.
    std::int64_t integer(int row, int column) const {
        return std::strtoll(PQgetvalue(raw_.get(), row, column), nullptr, 10);
    }
    std::uint64_t number(int row, int column) const { return static_cast<std::uint64_t>(integer(row, column)); }
    bool boolean(int row, int column) const { return text(row, column) == "t"; }
    /// A bytea column.
    std::string bytes(int row, int column) const;
    /// How many rows a write changed.
    std::int64_t affected() const { return std::strtoll(PQcmdTuples(raw_.get()), nullptr, 10); }

private:
    std::unique_ptr<PGresult, void (*)(PGresult*)> raw_{nullptr, PQclear};
};

inline std::string Rows::bytes(int row, int column) const {
    const std::string_view hex = text(row, column);  // \x00ff...
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    std::string out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
        out += static_cast<char>((digit(hex[i]) << 4) | digit(hex[i + 1]));
    return out;
}

}  // namespace storage_postgres
