/// The table from SQLSTATE to what a caller is told.
#include "storage_postgres/sql_error.hpp"

#include <atr/atr.h>

#include <catch2/catch.hpp>

namespace storage_postgres {
namespace {

struct Row {
    const char* sqlstate;
    std::int32_t code;
    bool may_pass;
};

constexpr Row rows[] = {
    {"40001", ATR_E_OVERLOADED, true},   // serialization_failure
    {"40P01", ATR_E_OVERLOADED, true},   // deadlock_detected
    {"55P03", ATR_E_OVERLOADED, true},   // lock_not_available
    {"55006", ATR_E_OVERLOADED, true},   // object_in_use
    {"57014", ATR_E_TIMEOUT, true},      // query_canceled
    {"25P03", ATR_E_TIMEOUT, true},      // idle_in_transaction_session_timeout
    {"25006", ATR_E_UNREACHABLE, true},  // read_only_sql_transaction
    {"53100", ATR_E_LIMIT, true},        // disk_full
    {"53200", ATR_E_OVERLOADED, true},   // out_of_memory
    {"53300", ATR_E_OVERLOADED, true},   // too_many_connections
    {"57P01", ATR_E_UNREACHABLE, true},  // admin_shutdown
    {"57P03", ATR_E_UNREACHABLE, true},  // cannot_connect_now
    {"08006", ATR_E_UNREACHABLE, true},  // connection_failure
    {"08P01", ATR_E_UNREACHABLE, true},  // protocol_violation, as poolers say it
    {"0A000", ATR_E_OVERLOADED, true},   // cached plan must not change result type
    {"26000", ATR_E_CONFIG, true},       // invalid_sql_statement_name
    {"28P01", ATR_E_AUTH, true},         // invalid_password
    {"3D000", ATR_E_CONFIG, true},       // invalid_catalog_name
    {"3F000", ATR_E_CONFIG, true},       // invalid_schema_name
    {"42501", ATR_E_PERMISSION, true},   // insufficient_privilege
    {"23505", ATR_E_BAD_INPUT, false},   // unique_violation
    {"22003", ATR_E_BAD_INPUT, false},   // numeric_value_out_of_range
    {"54000", ATR_E_TOO_LARGE, false},   // program_limit_exceeded
    {"XX001", ATR_E_CORRUPT, false},     // data_corrupted
    {"XX002", ATR_E_CORRUPT, false},     // index_corrupted
    {"42601", ATR_E_INTERNAL, false},    // syntax_error: ours
    {"99999", ATR_E_INTERNAL, false},    // unknown: nothing is promised
    {"", ATR_E_UNREACHABLE, true},       // the connection was lost
};

}  // namespace

TEST_CASE("a SQLSTATE says what failed and whether repeating may help, and the outcome is the caller's") {
    for (const Row& row : rows) {
        INFO("SQLSTATE '" << row.sqlstate << "'");
        const SqlError error(row.sqlstate, "ERROR:  said\n\tthe server");
        CHECK(may_pass(error) == row.may_pass);
        CHECK(error.lost() == (error.sqlstate().empty()));
        for (const auto outcome : {atr::Outcome::retry, atr::Outcome::unknown, atr::Outcome::rejected}) {
            const atr::Error told = to_error(error, outcome);
            CHECK(told.outcome == outcome);
            CHECK(told.code == row.code);
            CHECK(told.vendor_code == row.sqlstate);
            CHECK(told.message.find("(ERROR: said the server)") != std::string::npos);  // one line in a log
        }
    }
}

TEST_CASE("a deadline that passed without a word is told as a time-out, whatever the state of the connection") {
    SqlError late("", "the server does not answer");
    late.timed_out = true;
    CHECK(to_error(late, atr::Outcome::unknown).code == ATR_E_TIMEOUT);
}

TEST_CASE("a state is found by its whole code before its class") {
    CHECK(to_error(SqlError("53100", ""), atr::Outcome::retry).code == ATR_E_LIMIT);
    CHECK(to_error(SqlError("53000", ""), atr::Outcome::retry).code == ATR_E_OVERLOADED);
}

}  // namespace storage_postgres
