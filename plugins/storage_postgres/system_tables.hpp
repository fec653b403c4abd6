/// The tables the plugin keeps for itself, all in the schema named in the settings.
#pragma once

#include <string>

#include "session.hpp"

namespace storage_postgres {

/// The schema and the tables, unless they are there; and what they lack, where an older program made them. Inside the
/// transaction that migrates. True: something changed.
bool create_system_tables(Session& session, const std::string& schema, Deadline deadline);

}  // namespace storage_postgres
