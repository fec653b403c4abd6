/// The file of the book: connections to it, its tables, and what its errors mean.
///
/// Several processes may have one book open. Nothing of it is kept in memory between two transactions.
#pragma once

#include <soci/soci.h>

#include <exception>
#include <memory>

#include "settings.hpp"

namespace rail_simulated {

/// Opens a connection with the pragmas of `terms`. Throws soci_error.
void connect(soci::session&, const Terms& terms);

/// Creates the tables and books the opening balance, once, whoever comes first; checks that an existing book fits.
/// Errors: rejected, ATR_E_CONFIG or ATR_E_CORRUPT, naming file and cause.
atr::Result<> prepare_book(soci::session&, const Terms& terms, std::int64_t now_unix_ms);

/// What can be told before SQLite is asked, in words an operator understands.
/// Errors: rejected, ATR_E_CONFIG.
atr::Result<> check_path(const std::string& path);

/// Thrown inside a transaction when what the book holds makes no sense; it is then rolled back.
struct BookCorrupt : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What an exception from the book means for a call when nothing was committed: retry, also for a damaged book, since a
/// payment is not refused because of the state of a file. `vendor_code` is SQLite's result code.
atr::Error explain(const std::exception&, const std::string& path);

/// SQLite's primary result code, 0 if it is not SQLite's.
int sqlite_code(const std::exception&);

/// True where a failed COMMIT is proven to have left nothing in the book.
bool commit_surely_failed(soci::session&, const std::exception&);

/// Writers take the lock at BEGIN, so a read-then-write never loses it in between. The lock is waited for up to the
/// connection's busy timeout.
void begin_immediate(soci::session&);
void commit(soci::session&);
void rollback(soci::session&) noexcept;  ///< does nothing where no transaction is open

/// Executes a prepared query that gives one row or none, and runs it to its end, so that it holds no snapshot.
bool one_row(soci::statement&);

}  // namespace rail_simulated
