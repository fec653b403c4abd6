/// Names of collections and indexes, and how they become SQL identifiers. A name keeps its own spelling in the
/// database, quoted, so that a DBA finds `payments` under "payments" and its index by_state under "payments:by_state".
#pragma once

#include <string>
#include <string_view>

namespace storage_sqlite {

/// 1..64 of letters, digits, '_', '-' and '.', beginning with a letter.
bool is_name(std::string_view name);
/// Names that belong to the plugin or to SQLite.
bool is_reserved(std::string_view collection);
std::string lower(std::string_view text);
std::string sql_name(std::string_view identifier);
/// "/vendor/account id" becomes vendor_account_id.
std::string column_name_of(std::string_view json_pointer);

}  // namespace storage_sqlite
