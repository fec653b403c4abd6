#include "migration.hpp"

#include "collection_migration.hpp"
#include "names.hpp"
#include "system_tables.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;

constexpr std::int64_t oldest_server = 130'000;

const Collection* find(const Catalog& catalog, const std::string& name) {
    for (const auto& collection : catalog.collections())
        if (lower(collection.name) == lower(name)) return &collection;
    return nullptr;
}

Result<> check_server(Session& session, Deadline deadline) {
    const Rows server =
        session.run({"SELECT current_setting('server_version_num'), current_setting('server_encoding'), "
                     "current_database()"},
                    deadline);
    if (server.integer(0, 0) < oldest_server)
        return rejected(ATR_E_CONFIG, "PostgreSQL 13 or newer is needed, this is " + std::string(server.text(0, 0)));
    if (server.text(0, 1) != "UTF8")
        return rejected(ATR_E_CONFIG, "database '" + std::string(server.text(0, 2)) + "' has the encoding " +
                                          std::string(server.text(0, 1)) + ": create one with ENCODING 'UTF8'");
    return {};
}

/// Until the transaction ends no other host migrates this schema. Waiting for that, and filling indexes, may take all
/// of the caller's time.
void lock_schema(Session& session, const std::string& schema_name, Deadline deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    const std::string limit = std::to_string(std::max<std::int64_t>(1, left));
    Parameters name;
    name.text("treasurer schema " + schema_name);
    auto statements = session.begin();
    statements.push_back({"SET LOCAL lock_timeout = " + limit});
    statements.push_back({"SET LOCAL statement_timeout = " + limit});
    statements.push_back({"SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", name});
    session.run(std::move(statements), deadline);
}

/// True: something changed.
Result<bool> bring_up_to(Session& session, const std::string& schema_name, const atr::Schema& schema,
                         Deadline deadline) {
    bool changed = create_system_tables(session, schema_name, deadline);
    const auto catalog = Catalog::load_in_transaction(session, schema_name, deadline);
    if (catalog->schema_version > schema.version)
        return rejected(ATR_E_CONFIG, "schema '" + schema_name + "' has schema version " +
                                          std::to_string(catalog->schema_version) + ", this program knows version " +
                                          std::to_string(schema.version) +
                                          ": start the newer program, or restore a backup made before it ran");
    changed = changed || catalog->schema_version != schema.version;
    for (const auto& wanted : schema.collections) {
        const Collection* there = find(*catalog, wanted.name);
        if (there && (there->name != wanted.name || (there->kind == CollectionKind::counters) != wanted.counter))
            return rejected(ATR_E_BAD_INPUT, "collection '" + wanted.name + "': the database has '" + there->name +
                                                 "', which differs in case or in being a COUNTER collection");
        auto migrated = CollectionMigration(session, deadline, wanted, there ? *there : Collection{}).run();
        if (!migrated) return migrated.error();
        changed = changed || *migrated;
    }
    if (!changed) return false;
    // Last: commits hold the tables first and this row after them, and so does a migration.
    Parameters version;
    version.integer(static_cast<std::int64_t>(schema.version));
    session.run({"UPDATE atr_state SET generation = generation + 1, schema_version = $1::bigint", version}, deadline);
    return true;
}

}  // namespace

Result<> migrate_schema(Session& session, const std::string& schema_name, const atr::Schema& schema,
                        Deadline deadline) {
    if (auto suits = check_server(session, deadline); !suits) return suits;
    lock_schema(session, schema_name, deadline);
    auto changed = bring_up_to(session, schema_name, schema, deadline);
    if (!changed || !*changed) {
        session.roll_back(deadline);
        if (!changed) return changed.error();
        return {};
    }
    session.run({"COMMIT"}, deadline);
    return {};
}

}  // namespace storage_postgres
