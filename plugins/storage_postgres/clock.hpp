/// The store's own clock, by which leases and keys expire: the database's, so that all hosts agree.
#pragma once

#include <string>

namespace storage_postgres {

/// An SQL expression: milliseconds since 1970. A subquery, so that a statement asks once and an index can be used.
using Clock = std::string;

inline const Clock database_clock = "(SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint)";

}  // namespace storage_postgres
