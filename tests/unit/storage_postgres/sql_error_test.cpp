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
    {"54001", ATR_E_TOO_LARGE, false},   // statement_too_complex
    {"54011", ATR_E_TOO_LARGE, false},   // too_many_columns
    {"54023", ATR_E_TOO_LARGE, false},   // too_many_arguments
    {"54000", ATR_E_LIMIT, true},        // program_limit_exceeded: no transaction ids are left until a VACUUM
    {"58030", ATR_E_UNREACHABLE, true},  // io_error
    {"58P01", ATR_E_UNREACHABLE, true},  // undefined_file
    {"25P04", ATR_E_TIMEOUT, true},      // transaction_timeout
    {"XX000", ATR_E_INTERNAL, true},     // internal_error: of the server, or of an extension
    {"XX001", ATR_E_CORRUPT, false},     // data_corrupted
    {"XX002", ATR_E_CORRUPT, false},     // index_corrupted
    {"42601", ATR_E_INTERNAL, false},    // syntax_error: ours
    {"42P01", ATR_E_CONFIG, true},       // undefined_table: somebody took it away, and may put it back
    {"42703", ATR_E_CONFIG, true},       // undefined_column
    {"P0001", ATR_E_INTERNAL, true},     // raise_exception: a DBA's trigger
    {"99999", ATR_E_INTERNAL, true},     // unknown: not to be refused for good on a guess
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

TEST_CASE("what a batch may have brought upon its group is told from what befell the server") {
    const auto told = [](const char* sqlstate, atr::Outcome outcome) {
        return may_be_one_batchs(to_error(SqlError(sqlstate, ""), outcome));
    };
    for (const char* sqlstate : {"22003", "54001", "XX001", "42601"}) CHECK(told(sqlstate, atr::Outcome::rejected));
    for (const char* sqlstate : {"P0001", "XX000", "99999", "54000", "58030", "42P01"})
        CHECK(told(sqlstate, atr::Outcome::retry));
    for (const char* sqlstate : {"40001", "53100", "57P01", "08006", "28P01", "25006", ""})
        CHECK_FALSE(told(sqlstate, atr::Outcome::retry));
    for (const Row& row : rows) CHECK_FALSE(told(row.sqlstate, atr::Outcome::unknown));  // it may have been applied
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
