#include "sql_error.hpp"

#include <algorithm>
#include <iterator>

namespace storage_postgres {
namespace {

enum class Cause {
    server,   ///< how the server fares: that passes, and is nobody's doing
    unclear,  ///< may pass, and may be the doing of what was asked
    asked,    ///< of what was asked: the same is refused again
};

struct Meaning {
    std::string_view state;  ///< five characters, or the two of a class
    std::int32_t code;
    Cause cause;
    const char* advice;
};

/// The first that fits is taken.
constexpr Meaning meanings[] = {
    {"40001", ATR_E_OVERLOADED, Cause::server, "another transaction was in the way"},
    {"40P01", ATR_E_OVERLOADED, Cause::server, "a deadlock was ended by rolling this transaction back"},
    {"55P03", ATR_E_OVERLOADED, Cause::server, "a lock was not free within lock_timeout"},
    {"55006", ATR_E_OVERLOADED, Cause::server, "an object is in use"},
    {"57014", ATR_E_TIMEOUT, Cause::server, "the statement was cancelled: the deadline or statement_timeout passed"},
    {"25P03", ATR_E_TIMEOUT, Cause::server, "the transaction was idle for too long"},
    {"25P04", ATR_E_TIMEOUT, Cause::server, "transaction_timeout passed"},
    {"25006", ATR_E_UNREACHABLE, Cause::server,
     "this server takes no writes: a failover is under way, or url names a replica"},
    {"53100", ATR_E_LIMIT, Cause::server, "the server's disk is full: make room; nothing more is needed"},
    {"53300", ATR_E_OVERLOADED, Cause::server,
     "the server has no connection free: raise max_connections or lower pool_size"},
    {"53", ATR_E_OVERLOADED, Cause::server, "the server is short of resources"},
    {"57P", ATR_E_UNREACHABLE, Cause::server, "the server is stopping or starting"},
    {"08P01", ATR_E_UNREACHABLE, Cause::server, "the server or a pooler ended the connection"},
    {"08", ATR_E_UNREACHABLE, Cause::server, "the connection to the server failed"},
    {"0A000", ATR_E_OVERLOADED, Cause::server, "a statement is no longer valid after a migration"},
    {"26000", ATR_E_CONFIG, Cause::server,
     "a prepared statement is gone: behind a pooler in transaction mode, prepared_statements must be false"},
    {"28", ATR_E_AUTH, Cause::server, "the server refuses user, password or address: see its pg_hba.conf"},
    {"3D000", ATR_E_CONFIG, Cause::server, "there is no such database: create it with ENCODING 'UTF8'"},
    {"3F000", ATR_E_CONFIG, Cause::server, "the tables that were there are gone: was the schema dropped or renamed?"},
    {"42501", ATR_E_PERMISSION, Cause::server,
     "the role lacks a permission: it must own the schema or be allowed to create it"},
    {"23", ATR_E_BAD_INPUT, Cause::asked, "a constraint refused the value"},
    {"22", ATR_E_BAD_INPUT, Cause::asked, "a value does not fit its column"},
    {"54000", ATR_E_LIMIT, Cause::unclear, "a limit of the server is reached: does it need a VACUUM? see its log"},
    {"54", ATR_E_TOO_LARGE, Cause::asked, "a value is larger than PostgreSQL keeps"},
    {"42P01", ATR_E_CONFIG, Cause::unclear, "a table that was there is gone"},
    {"42703", ATR_E_CONFIG, Cause::unclear, "a column that was there is gone"},
    {"42704", ATR_E_CONFIG, Cause::unclear, "an object that was there is gone"},
    {"42883", ATR_E_CONFIG, Cause::unclear, "a function that was there is gone"},
    {"42", ATR_E_INTERNAL, Cause::asked, "it does not understand a statement of this plugin"},
    {"58", ATR_E_UNREACHABLE, Cause::unclear, "the server's machine failed it: see its log"},
    {"XX001", ATR_E_CORRUPT, Cause::asked, "the database is damaged: restore it from a backup"},
    {"XX002", ATR_E_CORRUPT, Cause::asked, "an index is damaged: REINDEX it"},
};
constexpr Meaning unreachable{"", ATR_E_UNREACHABLE, Cause::server, "the server cannot be reached"};
/// Not refused for good on a guess: who asked would be told that it was not done, and never will be.
constexpr Meaning unexpected{"", ATR_E_INTERNAL, Cause::unclear, "unexpected"};

Meaning meaning_of(std::string_view sqlstate) {
    if (sqlstate.empty()) return unreachable;
    const auto found = std::find_if(std::begin(meanings), std::end(meanings),
                                    [&](const Meaning& one) { return sqlstate.starts_with(one.state); });
    return found == std::end(meanings) ? unexpected : *found;
}

/// libpq's text in one line: it breaks lines and indents them.
std::string in_one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (!space)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

atr::Error to_error(const SqlError& error, atr::Outcome outcome) {
    const Meaning meaning = meaning_of(error.sqlstate());
    return {.outcome = outcome,
            .code = error.timed_out ? static_cast<std::int32_t>(ATR_E_TIMEOUT) : meaning.code,
            .message = std::string("PostgreSQL: ") + meaning.advice + " (" + in_one_line(error.what()) + ")",
            .vendor_code = error.sqlstate()};
}

bool may_pass(const SqlError& error) {
    return meaning_of(error.sqlstate()).cause != Cause::asked;
}

bool may_be_one_batchs(const atr::Error& told) {
    if (told.outcome == atr::Outcome::rejected) return true;
    return told.outcome == atr::Outcome::retry && meaning_of(told.vendor_code).cause == Cause::unclear;
}

}  // namespace storage_postgres
