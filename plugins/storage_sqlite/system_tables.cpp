#include "system_tables.hpp"

#include <string>

namespace storage_sqlite {

namespace {

bool has(Connection& connection, const std::string& name) {
    Run run(connection.prepared("SELECT 1 FROM sqlite_master WHERE name = ?"));
    run.text(name);
    return run.step();
}

/// By which purge finds the oldest, however many keys there are.
const char* const keys_by_age = "CREATE INDEX \"atr_keys:by_age\" ON atr_keys(updated_ms)";

}  // namespace

bool create_system_tables(Connection& connection) {
    if (has(connection, "atr_state")) {
        if (has(connection, "atr_keys:by_age")) return false;
        connection.execute(keys_by_age);
        return true;
    }
    static const char* const statements[] = {
        "CREATE TABLE atr_state(id INTEGER PRIMARY KEY CHECK(id = 1), commit_seq INTEGER NOT NULL, lease_token INTEGER "
        "NOT NULL, feed_floor INTEGER NOT NULL, generation INTEGER NOT NULL, schema_version INTEGER NOT NULL, fence "
        "INTEGER NOT NULL)",
        "INSERT INTO atr_state VALUES(1, 0, 0, 0, 0, 0, 0)",
        "CREATE TABLE atr_collections(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, is_counter INTEGER NOT NULL)",
        "CREATE TABLE atr_columns(collection INTEGER NOT NULL, name TEXT NOT NULL, json_pointer TEXT NOT NULL, type "
        "INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY(collection, name)) WITHOUT ROWID",
        "CREATE TABLE atr_indexes(collection INTEGER NOT NULL, name TEXT NOT NULL, is_unique INTEGER NOT NULL, "
        "column_names TEXT NOT NULL, PRIMARY KEY(collection, name)) WITHOUT ROWID",
        // due_ms: when the job may next be leased, which is run_at_ms, or the end of its lease if that is later.
        "CREATE TABLE atr_jobs(key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, updated_ms INTEGER NOT NULL, "
        "body BLOB NOT NULL, queue TEXT NOT NULL, run_at_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, attempt INTEGER "
        "NOT NULL, worker TEXT, lease_token INTEGER, lease_until_ms INTEGER) WITHOUT ROWID",
        "CREATE INDEX \"atr_jobs:by_queue\" ON atr_jobs(queue, due_ms, key)",
        "CREATE INDEX \"atr_jobs:by_worker\" ON atr_jobs(worker, key) WHERE worker IS NOT NULL",
        "CREATE TABLE atr_keys(key TEXT PRIMARY KEY NOT NULL, fingerprint TEXT NOT NULL, commit_seq INTEGER NOT NULL, "
        "versions TEXT NOT NULL, expires_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE atr_changes(seq INTEGER PRIMARY KEY, updated_ms INTEGER NOT NULL, records BLOB NOT NULL)",
        "CREATE TABLE atr_blobs(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, updated_ms INTEGER NOT NULL, bytes "
        "BLOB NOT NULL)",
    };
    for (const char* sql : statements) connection.execute(sql);
    connection.execute(keys_by_age);
    connection.execute("PRAGMA application_id = " + std::to_string(application_id));
    return true;
}

}  // namespace storage_sqlite
