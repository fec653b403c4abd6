/// Names of collections and indexes, and how they become SQL identifiers. A name keeps its own spelling in the
/// database, quoted, so that a DBA finds `payments` under "payments" and its index by_state under "payments:by_state".
#pragma once

#include <string>
#include <string_view>

namespace storage_postgres {

/// 1..64 of letters, digits, '_', '-' and '.', beginning with a letter.
bool is_name(std::string_view name);
/// Names that belong to the plugin or to PostgreSQL.
bool is_reserved(std::string_view collection);
/// 1..63 of a..z, 0..9 and '_', not beginning with a digit or pg_.
bool is_schema_name(std::string_view name);
std::string lower(std::string_view text);
/// Quoted. A name longer than PostgreSQL keeps (63 bytes) is cut and closed by a hash of the whole.
std::string sql_name(std::string_view identifier);
/// As sql_name(), not quoted: how PostgreSQL's own catalog has it.
std::string stored_name(std::string_view identifier);
/// "/vendor/account id" becomes vendor_account_id.
std::string column_name_of(std::string_view json_pointer);

}  // namespace storage_postgres
