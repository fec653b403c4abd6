#include "sql_error.hpp"

#include <atr/atr.h>
#include <sqlite3.h>

namespace storage_sqlite {
namespace {

struct Meaning {
    std::int32_t code;
    const char* name;
    const char* advice;
};

Meaning meaning_of(int extended_code) {
    switch (extended_code & 0xff) {
        case SQLITE_FULL:
            return {ATR_E_LIMIT, "SQLITE_FULL", "the disk is full: make room; nothing more is needed"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ATR_E_OVERLOADED, "SQLITE_BUSY", "another process holds the database's lock"};
        case SQLITE_READONLY:
            return {ATR_E_PERMISSION, "SQLITE_READONLY",
                    "the file or its folder is read-only: make both writable to the service's user"};
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {ATR_E_PERMISSION, "SQLITE_PERM", "no permission: make the file writable to the service's user"};
        case SQLITE_CANTOPEN:
            return {ATR_E_PERMISSION, "SQLITE_CANTOPEN",
                    "the file cannot be opened or made: its folder must exist and be writable to the service's user"};
        case SQLITE_IOERR:
            return {ATR_E_UNREACHABLE, "SQLITE_IOERR", "the disk refused to read or write: see the kernel's log"};
        case SQLITE_NOTADB:
            return {ATR_E_CORRUPT, "SQLITE_NOTADB", "the file is not an SQLite database: set 'path' to another file"};
        case SQLITE_CORRUPT:
            return {ATR_E_CORRUPT, "SQLITE_CORRUPT", "the database is damaged: restore it from a backup"};
        case SQLITE_TOOBIG:
            return {ATR_E_TOO_LARGE, "SQLITE_TOOBIG", "a value is larger than SQLite keeps"};
        case SQLITE_NOMEM:
            return {ATR_E_OVERLOADED, "SQLITE_NOMEM", "out of memory"};
        default:
            return {ATR_E_INTERNAL, "SQLITE_ERROR", "unexpected"};
    }
}

}  // namespace

bool SqlError::is_unique_violation() const {
    return code_ == SQLITE_CONSTRAINT_UNIQUE || code_ == SQLITE_CONSTRAINT_PRIMARYKEY;
}

bool SqlError::is_busy() const {
    return (code_ & 0xff) == SQLITE_BUSY || (code_ & 0xff) == SQLITE_LOCKED;
}

atr::Error to_error(const SqlError& error, atr::Outcome outcome, const std::string& path) {
    const Meaning meaning = meaning_of(error.code());
    return {.outcome = outcome,
            .code = meaning.code,
            .message = path + ": " + meaning.advice + " (" + error.what() + ")",
            .vendor_code = std::string(meaning.name) + " " + std::to_string(error.code())};
}

}  // namespace storage_sqlite
