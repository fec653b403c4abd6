/// One connection: opened and owned by a SOCI session, with the statements prepared on it.
///
/// SOCI opens and closes the connection. Statements go to libpq under it, because one pipeline of prepared statements
/// with array parameters makes a whole group of batches one round trip
/// (docs/decisions/0010-postgres-one-round-trip.md).
///
/// Threads: a session is used by one thread at a time. Errors: SqlError.
#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "parameters.hpp"
#include "rows.hpp"
#include "sql_error.hpp"

namespace atr {
inline namespace v1 {
class SlowStatements;
}
}  // namespace atr

namespace storage_postgres {

using Deadline = std::chrono::steady_clock::time_point;

struct Statement {
    std::string sql;
    Parameters parameters = {};
    bool answers_binary = false;  ///< its rows come in the server's binary format, not as text
};

class Session {
public:
    struct Options {
        std::string connection;             ///< libpq's "name='value' ..."
        std::vector<std::string> settings;  ///< "name = value", for every transaction of this session
        bool prepared = true;               ///< false: neither statements nor settings outlive a transaction
        std::chrono::milliseconds connect_timeout{5'000};     ///< for the settings, once `connection` stands
        std::chrono::milliseconds statement_timeout{30'000};  ///< as `settings` has it
        atr::SlowStatements* slow = nullptr;                  ///< is told of runs that took long; outlives the session
    };
    /// Takes as long as the connection's own connect_timeout says. Errors: ConnectError.
    explicit Session(const Options& options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Runs all in one round trip, each seeing what the former did; the first error ends it. Outside begin() the whole
    /// is one transaction. When the deadline passes the session is lost; what begin_write() and alone() begin is ended
    /// by the server before that, if one statement takes all the time.
    std::vector<Rows> run(std::vector<Statement> statements, Deadline deadline);
    Rows run(Statement statement, Deadline deadline);

    /// Statements that only read, all as of one moment.
    std::vector<Rows> read(std::vector<Statement> statements, Deadline deadline);
    /// One statement that is a transaction of its own.
    Rows alone(Statement statement, Deadline deadline);

    /// What opens a transaction: put it first in a run.
    std::vector<Statement> begin(const char* how = "BEGIN ISOLATION LEVEL READ COMMITTED") const;
    /// The same for a transaction with a time_limit().
    std::vector<Statement> begin_write(Deadline deadline) const;
    /// In a transaction: the server ends each of its further statements in time for its word to be here by `deadline`.
    Statement time_limit(Deadline deadline) const;
    /// Ends a transaction that is open; never throws. False: the session is of no use any more.
    bool roll_back(Deadline deadline) noexcept;
    bool usable() const;
    bool in_transaction() const;
    /// Nobody is told of its runs any more, however long they take.
    void keep_to_yourself() { slow_ = nullptr; }

    /// The server's process, as the server says. Behind a pooler in transaction mode it changes.
    std::int64_t backend(Deadline deadline);
    /// What the connection was told its process is: differs behind a pooler.
    int announced_backend() const;

    const std::chrono::steady_clock::time_point opened = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point used = opened;

private:
    PGconn* connection() const;
    void send(const std::vector<Statement>& statements, std::vector<bool>& prepares);
    std::vector<Rows> collect(std::size_t statements, const std::vector<bool>& prepares,
                              const std::vector<Statement>& sent, Deadline deadline);
    PGresult* next_result(Deadline deadline, std::size_t statement);
    void wait_for_server(Deadline until, std::size_t statement);
    std::string milliseconds_until(Deadline deadline) const;
    void note_if_slow(const std::vector<Statement>& statements, const std::vector<Rows>* rows) const noexcept;
    void forget_statements_if_many();

    const bool prepared_;
    const std::chrono::milliseconds statement_timeout_;
    const std::vector<std::string> settings_;
    atr::SlowStatements* slow_;
    mutable soci::session session_;                       ///< SOCI gives its connection to non-const callers only
    std::unordered_map<std::string, std::string> names_;  ///< of prepared statements, by their text
    std::uint64_t next_name_ = 1;
    bool broken_ = false;
};

}  // namespace storage_postgres
