/// What SQLite refused, and what that means to a caller: which code, and a text that tells an operator what to do.
#pragma once

#include <atr/result.hpp>
#include <stdexcept>
#include <string>

namespace storage_sqlite {

/// Thrown inside the plugin only; turned into an atr::Error before a call returns.
class SqlError : public std::runtime_error {
public:
    SqlError(int extended_code, const std::string& message) : std::runtime_error(message), code_(extended_code) {}
    int code() const { return code_; }
    /// A unique index or primary key refused the row: the statement alone had no effect.
    bool is_unique_violation() const;
    bool is_busy() const;

private:
    int code_;
};

/// `outcome` is the caller's: only it knows whether anything may have been applied.
atr::Error to_error(const SqlError& error, atr::Outcome outcome, const std::string& path);

}  // namespace storage_sqlite
