#include "open_database.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "system_tables.hpp"

namespace storage_sqlite {
namespace {
namespace fs = std::filesystem;
using atr::rejected;
using atr::Result;

std::string reason() {
    return std::error_code(errno, std::generic_category()).message();
}

/// What the file system alone can tell.
Result<> check_path(const std::string& where, const std::string& path, bool create) {
    if (path.empty()) return rejected(ATR_E_CONFIG, where + "'path' is empty: name a file");
    if (path.starts_with(':') || path.starts_with("file:") || path.find('"') != std::string::npos ||
        path.find('\0') != std::string::npos)
        return rejected(ATR_E_CONFIG, where + "'" + path + "' is not the path of a file");
    std::error_code error;
    if (fs::is_directory(path, error))
        return rejected(ATR_E_CONFIG, where + path + " is a directory: name a file in it, such as " + path +
                                          (path.back() == '/' ? "" : "/") + "treasurer.db");
    const fs::path folder = fs::absolute(path, error).parent_path();
    if (!fs::is_directory(folder, error))
        return rejected(ATR_E_CONFIG, where + "the folder " + folder.string() + " does not exist: make it first");
    if (::access(folder.c_str(), X_OK) != 0)  // whether the file is there cannot be seen
        return rejected(ATR_E_PERMISSION, where + "the folder " + folder.string() + " of " + path +
                                              " cannot be entered (" + reason() + "): give it to the service's user");
    if (!create && !fs::exists(path, error))
        return rejected(ATR_E_CONFIG, where + "there is no database " + path + ": correct 'path'");
    if (fs::exists(path, error) && ::access(path.c_str(), R_OK | W_OK) != 0)
        return rejected(ATR_E_PERMISSION,
                        where + path + " cannot be read and written (" + reason() + "): give it to the service's user");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return rejected(ATR_E_PERMISSION, where + "the folder " + folder.string() + " of " + path +
                                              " cannot be written (" + reason() +
                                              "), and SQLite keeps its log beside the database: make it writable to "
                                              "the service's user");
    return {};
}

/// Another process may be switching the same file; SQLite then says busy without waiting.
void use_write_ahead_log(Connection& connection, std::chrono::milliseconds patience) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            Run run(connection.prepared("PRAGMA journal_mode = WAL"));
            if (run.step() && run.text_at(0) != "wal")
                throw SqlError(SQLITE_IOERR, "the file system does not support a write-ahead log");
            break;
        } catch (const SqlError& error) {
            if (!error.is_busy() || std::chrono::steady_clock::now() > limit) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    connection.execute("PRAGMA wal_autocheckpoint = 0");  // the writer does it, after it has answered
}

/// A file of another program is left alone.
bool is_foreign(Connection& connection) {
    Run id(connection.prepared("PRAGMA application_id"));
    const bool ours = id.step() && id.integer_at(0) == application_id;
    Run tables(connection.prepared("SELECT count(*) FROM sqlite_master"));
    return !ours && tables.step() && tables.integer_at(0) > 0;
}

}  // namespace

Result<std::unique_ptr<Connection>> open_database(const std::string& instance, const Connection::Options& options) {
    const std::string where = "storage '" + instance + "': ";
    if (auto checked = check_path(where, options.path, options.create); !checked) return checked.error();
    try {
        auto connection = std::make_unique<Connection>(options);
        if (connection->is_read_only())
            return rejected(ATR_E_PERMISSION, where + options.path +
                                                  " is read-only: make the file and its folder writable to the "
                                                  "service's user, or set 'path' to another file");
        if (is_foreign(*connection))
            return rejected(ATR_E_CONFIG,
                            where + options.path + " is a database of another program: set 'path' to another file");
        use_write_ahead_log(*connection, options.busy_timeout);
        return connection;
    } catch (const SqlError& error) {
        return to_error(error, atr::Outcome::rejected, where + options.path);
    }
}

}  // namespace storage_sqlite
