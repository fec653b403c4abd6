#include "rights_check.hpp"

#include <atr/atr.h>

namespace storage_postgres {

atr::Result<> check_rights(Session& session, const std::string& schema, Deadline deadline) {
    Parameters where;
    where.text(schema);
    const Rows lacking = session.alone(
        {"SELECT t.relname FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
         "WHERE n.nspname = $1::text AND t.relkind = 'r' AND NOT (has_schema_privilege(n.oid, 'USAGE') "
         "AND has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT') "
         "AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE')) ORDER BY 1 LIMIT 1",
         where},
        deadline);
    if (lacking.count() == 0) return {};
    return atr::Error{.outcome = atr::Outcome::retry,
                      .code = ATR_E_PERMISSION,
                      .message = "PostgreSQL: the role may no longer read and write table " + schema + "." +
                                 std::string(lacking.text(0, 0)) + ": GRANT it, or make the role its owner",
                      .vendor_code = "42501"};
}

}  // namespace storage_postgres
