/// One SQLite connection, opened and owned by a SOCI session, and the statements prepared on it.
///
/// SOCI opens and closes the database and runs what is not repeated: pragmas and schema changes. Record traffic uses
/// SQLite's own statement calls on the session's handle. A SOCI statement is tied to the addresses of the variables it
/// was prepared with and passes every column through strings of its own; here the number and the types of the columns
/// follow a schema known at run time only, one prepared statement serves every record of a collection, and a body must
/// come back byte for byte, NULs included.
///
/// Threads: a connection and its statements are used by one thread at a time. Errors: SqlError.
#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "sql_error.hpp"

namespace atr {
inline namespace v1 {
class SlowStatements;
}
}  // namespace atr

namespace storage_sqlite {

/// One value of one real column.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;

class Statement {
public:
    /// `slow`, if there is one, is told of runs that took long.
    Statement(sqlite_api::sqlite3* database, std::string_view sql, atr::SlowStatements* slow = nullptr);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

private:
    friend class Run;
    sqlite_api::sqlite3_stmt* raw_ = nullptr;
    atr::SlowStatements* const slow_;
};

/// One execution of a prepared statement: bind in order, step, read; reset at the end of scope. What is bound must live
/// as long as the run; what text() returns lives until the next step.
class Run {
public:
    explicit Run(Statement& statement) : raw_(statement.raw_), slow_(statement.slow_) {}
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    Run& integer(std::int64_t value);
    Run& integer(std::uint64_t value) { return integer(static_cast<std::int64_t>(value)); }
    Run& text(std::string_view value);
    /// TEXT, so that a DBA can read it, unless it holds a NUL: then a BLOB. Either way the same bytes come back.
    Run& bytes(std::string_view value);
    Run& blob(std::string_view value);
    Run& cell(const Cell& value);
    Run& null();

    /// True: a row is there. False: done.
    bool step();
    /// Steps to the end and returns how many rows the statement changed.
    std::int64_t finish();

    std::int64_t integer_at(int column) const;
    std::string_view text_at(int column) const;
    Cell cell_at(int column) const;

private:
    void check(int code) const;
    void note_if_slow() const noexcept;
    sqlite_api::sqlite3_stmt* raw_;
    atr::SlowStatements* slow_;
    std::chrono::steady_clock::time_point began_{};  ///< at the first step, if anybody wants to know
    std::int64_t rows_ = 0;
    bool failed_ = false;
    int position_ = 0;
};

class Connection {
public:
    struct Options {
        std::string path;
        std::chrono::milliseconds busy_timeout{5000};
        bool flush_every_commit = true;
        std::int64_t cache_kib = 2048;
        bool create = true;                   ///< open_database() alone looks at it
        atr::SlowStatements* slow = nullptr;  ///< is told of what took long; outlives the connection
    };
    explicit Connection(const Options& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs one statement that is not worth keeping.
    void execute(const std::string& sql);
    /// A prepared statement for this text, made at its first use.
    Statement& prepared(std::string_view sql);
    /// Drops prepared statements once they are many, or all. Only between runs.
    void trim_prepared();
    void forget_prepared() { statements_.clear(); }

    /// Copies the log into the database, and with SQLITE_CHECKPOINT_RESTART begins it anew; for that, readers that
    /// still need it are waited for, `patience` long. False: not all of it could be done.
    bool checkpoint(int mode, std::chrono::milliseconds patience);

    bool is_read_only() const;
    bool in_transaction() const;
    sqlite_api::sqlite3* handle() const { return handle_; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
    std::int64_t busy_limit_ms_;
    atr::SlowStatements* slow_;
    std::unique_ptr<soci::session> session_;
    sqlite_api::sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

/// A read transaction: every statement inside it sees one moment.
class ReadScope {
public:
    explicit ReadScope(Connection& connection);
    ~ReadScope();
    ReadScope(const ReadScope&) = delete;
    ReadScope& operator=(const ReadScope&) = delete;

private:
    Connection& connection_;
};

}  // namespace storage_sqlite
