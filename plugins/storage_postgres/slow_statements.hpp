/// What PostgreSQL adds to atr::SlowStatements: statements that went to the server together, and their plans.
#pragma once

#include <atr/slow_statements.hpp>

#include "session_pool.hpp"

namespace storage_postgres {

/// The statements of one round trip, which have one duration: the server sends its answers when it has all of them.
/// `rows`: null when they failed.
void note_slow(atr::SlowStatements& slow, const std::vector<Statement>& statements, std::chrono::nanoseconds took,
               const std::vector<Rows>* rows) noexcept;

/// Writes the lines that wait, with plans that the server makes for any values, on a connection that is not one of the
/// pool's and is closed afterwards. Nothing is executed.
void tell_slow(atr::SlowStatements& slow, SessionPool& pool);

/// The plan of `text` for any values of its parameters. Errors: SqlError.
std::string explain(Session& session, const std::string& text, Deadline deadline);

}  // namespace storage_postgres
