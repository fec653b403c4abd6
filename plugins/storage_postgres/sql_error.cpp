#include "sql_error.hpp"

#include <algorithm>
#include <iterator>

namespace storage_postgres {
namespace {

struct Meaning {
    std::string_view state;  ///< five characters, or the two of a class
    std::int32_t code;
    bool may_pass;
    const char* advice;
};

/// The first that fits is taken.
constexpr Meaning meanings[] = {
    {"40001", ATR_E_OVERLOADED, true, "another transaction was in the way"},
    {"40P01", ATR_E_OVERLOADED, true, "a deadlock was ended by rolling this transaction back"},
    {"55P03", ATR_E_OVERLOADED, true, "a lock was not free within lock_timeout"},
    {"55006", ATR_E_OVERLOADED, true, "an object is in use"},
    {"57014", ATR_E_TIMEOUT, true, "the statement was cancelled: the deadline or statement_timeout passed"},
    {"25P03", ATR_E_TIMEOUT, true, "the transaction was idle for too long"},
    {"25006", ATR_E_UNREACHABLE, true, "this server takes no writes: a failover is under way, or url names a replica"},
    {"53100", ATR_E_LIMIT, true, "the server's disk is full: make room; nothing more is needed"},
    {"53300", ATR_E_OVERLOADED, true, "the server has no connection free: raise max_connections or lower pool_size"},
    {"53", ATR_E_OVERLOADED, true, "the server is short of resources"},
    {"57P", ATR_E_UNREACHABLE, true, "the server is stopping or starting"},
    {"08P01", ATR_E_UNREACHABLE, true, "the server or a pooler ended the connection"},
    {"08", ATR_E_UNREACHABLE, true, "the connection to the server failed"},
    {"0A000", ATR_E_OVERLOADED, true, "a statement is no longer valid after a migration"},
    {"26000", ATR_E_CONFIG, true,
     "a prepared statement is gone: behind a pooler in transaction mode, prepared_statements must be false"},
    {"28", ATR_E_AUTH, true, "the server refuses user, password or address: see its pg_hba.conf"},
    {"3D000", ATR_E_CONFIG, true, "there is no such database: create it with ENCODING 'UTF8'"},
    {"3F000", ATR_E_CONFIG, true, "the tables that were there are gone: was the schema dropped or renamed?"},
    {"42501", ATR_E_PERMISSION, true, "the role lacks a permission: it must own the schema or be allowed to create it"},
    {"23", ATR_E_BAD_INPUT, false, "a constraint refused the value"},
    {"22", ATR_E_BAD_INPUT, false, "a value does not fit its column"},
    {"54", ATR_E_TOO_LARGE, false, "a value is larger than PostgreSQL keeps"},
    {"XX001", ATR_E_CORRUPT, false, "the database is damaged: restore it from a backup"},
    {"XX002", ATR_E_CORRUPT, false, "an index is damaged: REINDEX it"},
};
constexpr Meaning unreachable{"", ATR_E_UNREACHABLE, true, "the server cannot be reached"};
constexpr Meaning unexpected{"", ATR_E_INTERNAL, false, "unexpected"};

Meaning meaning_of(const SqlError& error) {
    if (error.lost()) return unreachable;
    const auto found = std::find_if(std::begin(meanings), std::end(meanings),
                                    [&](const Meaning& one) { return error.sqlstate().starts_with(one.state); });
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
    const Meaning meaning = meaning_of(error);
    return {.outcome = outcome,
            .code = error.timed_out ? static_cast<std::int32_t>(ATR_E_TIMEOUT) : meaning.code,
            .message = std::string("PostgreSQL: ") + meaning.advice + " (" + in_one_line(error.what()) + ")",
            .vendor_code = error.sqlstate()};
}

bool may_pass(const SqlError& error) {
    return meaning_of(error).may_pass;
}

}  // namespace storage_postgres
