/// Brings the database to a declared schema: tables, columns, indexes, back-fill, all in one transaction that other
/// hosts wait for.
///
/// Rules: repeating a migration changes nothing. Collections are added, never removed. An index that the schema no
/// longer declares is dropped, with the columns only it used; an index whose definition changed is made anew. New
/// indexes are back-filled from the bodies. A database with a newer schema version is refused, untouched.
#pragma once

#include <atr/storage.hpp>

#include "catalog.hpp"

namespace storage_postgres {

/// What can be said of a schema without a database. Errors: rejected, ATR_E_BAD_INPUT, naming collection and index.
atr::Result<> check_schema(const atr::Schema& schema);

/// Errors, with nothing changed: rejected: ATR_E_CONFIG (the server or the database does not suit, the database is
/// newer than the schema), ATR_E_BAD_INPUT (cannot be applied to what is there). Throws SqlError.
atr::Result<> migrate_schema(Session& session, const std::string& schema_name, const atr::Schema& schema,
                             Deadline deadline);

}  // namespace storage_postgres
