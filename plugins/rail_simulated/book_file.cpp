#include "book_file.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

namespace rail_simulated {

namespace {

constexpr int busy_timeout_ms = 10'000;

sqlite_api::sqlite3* handle(soci::session& book) {
    return static_cast<soci::sqlite3_session_backend*>(book.get_backend())->conn_;
}

/// Changing the journal mode does not wait for the lock by itself when another process does the same.
void use_wal(soci::session& book) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_timeout_ms);
    for (;;) try {
            std::string mode;
            book << "PRAGMA journal_mode=WAL", soci::into(mode);
            if (mode != "wal") throw soci::soci_error("the file system cannot keep a write-ahead log");
            return;
        } catch (const soci::soci_error& error) {
            const int code = sqlite_code(error);
            if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) || std::chrono::steady_clock::now() > give_up) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
}

}  // namespace

void connect(soci::session& book, const Terms& terms) {
    book.open(soci::sqlite3, "dbname=\"" + terms.settings.path + "\"");
    book << "PRAGMA busy_timeout=" + std::to_string(busy_timeout_ms);
    use_wal(book);
    book << "PRAGMA synchronous=" + terms.settings.synchronous;
}

atr::Result<> check_path(const std::string& path) {
    namespace fs = std::filesystem;
    const auto refuse = [&](const std::string& why) {
        return atr::rejected(ATR_E_CONFIG, "the bank's book '" + path + "': " + why);
    };
    std::error_code ignored;
    const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
    if (!fs::exists(folder, ignored)) return refuse("folder '" + folder.string() + "' does not exist");
    if (!fs::is_directory(folder, ignored)) return refuse("'" + folder.string() + "' is not a folder");
    if (fs::is_directory(path, ignored)) return refuse("is a folder, not a file");
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return refuse("folder '" + folder.string() + "' is not writable: " + std::strerror(errno));
    if (fs::exists(path, ignored) && ::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0)
        return refuse(std::string("is not readable and writable: ") + std::strerror(errno));
    return {};
}

int sqlite_code(const std::exception& error) {
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    return sqlite ? sqlite->result() & 0xFF : 0;
}

atr::Error explain(const std::exception& error, const std::string& path) {
    const auto say = [&](const std::string& what) { return "the bank's book '" + path + "' " + what; };
    if (dynamic_cast<const BookCorrupt*>(&error))
        return atr::retry(ATR_E_CORRUPT, say(std::string("makes no sense: ") + error.what()));
    const int code = sqlite_code(error);
    atr::Error out = atr::retry(ATR_E_INTERNAL, say(std::string("cannot be used: ") + error.what()));
    switch (code) {
        case SQLITE_FULL:
            out = atr::retry(ATR_E_LIMIT, say("cannot grow: the disk is full"));
            out.retry_after_ms = 1000;
            break;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            out = atr::retry(ATR_E_OVERLOADED, say("is locked by another process for too long"));
            break;
        case SQLITE_READONLY:
            out = atr::retry(ATR_E_PERMISSION, say("or its folder is read-only"));
            break;
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            out = atr::retry(ATR_E_PERMISSION, say("cannot be opened"));
            break;
        case SQLITE_IOERR:
            out = atr::retry(ATR_E_UNREACHABLE, say(std::string("cannot be read or written: ") + error.what()));
            break;
        case SQLITE_NOTADB:
            out = atr::retry(ATR_E_CORRUPT, say("is not a SQLite database"));
            break;
        case SQLITE_CORRUPT:
            out = atr::retry(ATR_E_CORRUPT, say("is damaged"));
            break;
        case SQLITE_CONSTRAINT:
            out = atr::rejected(ATR_E_CORRUPT, say(std::string("refuses the entry: ") + error.what()));
            break;
        default:
            break;
    }
    out.vendor_code = code ? "sqlite:" + std::to_string(code) : "";
    return out;
}

bool commit_surely_failed(soci::session& book, const std::exception& error) {
    // Only these stop SQLite before the commit record is whole in the log; after a failed sync it may be.
    switch (sqlite_api::sqlite3_extended_errcode(handle(book))) {
        case SQLITE_IOERR_WRITE:
            return true;
        default:
            break;
    }
    const int code = sqlite_code(error);
    return code == SQLITE_FULL || code == SQLITE_BUSY || code == SQLITE_READONLY;
}

void begin_immediate(soci::session& book) {
    book << "BEGIN IMMEDIATE";
}
void commit(soci::session& book) {
    book << "COMMIT";
}
void rollback(soci::session& book) noexcept {
    try {
        if (sqlite_api::sqlite3_get_autocommit(handle(book)) == 0) book << "ROLLBACK";
    } catch (const std::exception&) {
        // The connection refuses every further BEGIN then, which its next user is told.
    }
}

bool one_row(soci::statement& query) {
    if (!query.execute(true)) return false;
    while (query.fetch()) {
    }
    return true;
}

}  // namespace rail_simulated
