/// What PostgreSQL refused, or that it was lost, and what that means to a caller.
#pragma once

#include <atr/result.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace storage_postgres {

/// SQLSTATEs that only this plugin's own statements raise, through the function atr_require.
namespace sqlstate {
inline constexpr const char* records_moved = "AT001";   ///< a record, job or key is not as the batch was judged
inline constexpr const char* counters_moved = "AT002";  ///< a counter is outside the bounds of the group
inline constexpr const char* schema_moved = "AT003";    ///< another host has migrated
inline constexpr const char* unique_violation = "23505";
}  // namespace sqlstate

/// Thrown inside the plugin only; turned into an atr::Error before a call returns.
class SqlError : public std::runtime_error {
public:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    /// `sqlstate` is empty when the connection was lost, or never made. `statement`: its place in its run.
    SqlError(std::string sqlstate, const std::string& message, std::size_t statement = nowhere)
        : std::runtime_error(message), sqlstate_(std::move(sqlstate)), statement_(statement) {}
    const std::string& sqlstate() const { return sqlstate_; }
    std::size_t statement() const { return statement_; }
    bool is(std::string_view state) const { return sqlstate_ == state; }
    bool is_class(std::string_view two) const { return sqlstate_.compare(0, 2, two) == 0; }
    /// The connection broke while an answer was awaited: no telling what the server did.
    bool lost() const { return sqlstate_.empty(); }
    /// A table's own key, not one of the indexes of a collection, whose names hold a colon.
    bool is_key_taken() const { return is(sqlstate::unique_violation) && constraint.find(':') == std::string::npos; }
    /// The caller's deadline passed without a word from the server.
    bool timed_out = false;
    std::string constraint;  ///< that was violated

private:
    std::string sqlstate_;
    std::size_t statement_;
};

/// A connection that could not be made: nothing was sent.
class ConnectError : public SqlError {
public:
    using SqlError::SqlError;
};

/// `outcome` is the caller's: only it knows whether anything may have been applied.
atr::Error to_error(const SqlError& error, atr::Outcome outcome);

/// True: repeating the same may succeed (a deadlock, a lock, a restart, a failover, what nobody foresaw). False: it
/// never will, because of what was asked.
bool may_pass(const SqlError& error);

/// Of what a group was told, with nothing applied: it may be the doing of one of its batches, without which the others
/// would be taken.
bool may_be_one_batchs(const atr::Error& told);

}  // namespace storage_postgres
