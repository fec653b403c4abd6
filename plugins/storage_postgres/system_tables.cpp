#include "system_tables.hpp"

#include "names.hpp"

namespace storage_postgres {
namespace {

/// due_ms: when the job may next be leased, which is run_at_ms, or the end of its lease if that is later.
/// Rows of atr_state and of counters are written again and again: room in the page keeps that off the indexes.
const char* const statements[] = {
    "CREATE TABLE atr_state(id int PRIMARY KEY CHECK(id = 1), commit_seq bigint NOT NULL, feed_floor bigint NOT NULL, "
    "generation bigint NOT NULL, schema_version bigint NOT NULL) WITH (fillfactor = 10, "
    "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)",
    "INSERT INTO atr_state VALUES(1, 0, 0, 0, 0)",
    "CREATE SEQUENCE atr_lease_token",
    "CREATE TABLE atr_collections(id bigint PRIMARY KEY, name text NOT NULL UNIQUE, is_counter boolean NOT NULL)",
    "CREATE TABLE atr_columns(collection bigint NOT NULL, name text NOT NULL, json_pointer text NOT NULL, type int NOT "
    "NULL, position bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY(collection, name))",
    "CREATE TABLE atr_indexes(collection bigint NOT NULL, name text NOT NULL, is_unique boolean NOT NULL, column_names "
    "text NOT NULL, PRIMARY KEY(collection, name))",
    "CREATE TABLE atr_jobs(key text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL, updated_ms bigint NOT NULL, "
    "body bytea NOT NULL, queue text COLLATE \"C\" NOT NULL, run_at_ms bigint NOT NULL, due_ms bigint NOT NULL, "
    "attempt bigint NOT NULL, worker text COLLATE \"C\", lease_token bigint, lease_until_ms bigint) WITH (fillfactor = "
    "70, autovacuum_vacuum_scale_factor = 0.02)",
    "CREATE INDEX \"atr_jobs:by_queue\" ON atr_jobs(queue, due_ms, key)",
    "CREATE INDEX \"atr_jobs:by_worker\" ON atr_jobs(worker, key) WHERE worker IS NOT NULL",
    "CREATE TABLE atr_keys(key text COLLATE \"C\" PRIMARY KEY, fingerprint bytea NOT NULL, commit_seq bigint NOT NULL, "
    "versions bigint[] NOT NULL, expires_ms bigint NOT NULL, updated_ms bigint NOT NULL)",
    // One row a transaction: commit first_seq + places[i] changed the record keys[i] of collections[i].
    "CREATE TABLE atr_changes(seq bigint PRIMARY KEY, first_seq bigint NOT NULL, updated_ms bigint NOT NULL, places "
    "bigint[] NOT NULL, collections bigint[] NOT NULL, keys text[] NOT NULL)",
    "ALTER TABLE atr_changes ALTER keys SET STORAGE EXTERNAL",
    "ALTER TABLE atr_changes ALTER places SET STORAGE EXTERNAL",
    "ALTER TABLE atr_changes ALTER collections SET STORAGE EXTERNAL",
    "CREATE TABLE atr_blobs(key text COLLATE \"C\" PRIMARY KEY, updated_ms bigint NOT NULL, bytes bytea NOT NULL)",
    "ALTER TABLE atr_blobs ALTER bytes SET STORAGE EXTERNAL",
    "CREATE FUNCTION atr_require(counted bigint, wanted bigint, state text) RETURNS boolean LANGUAGE plpgsql AS "
    "$$BEGIN IF counted IS DISTINCT FROM wanted THEN RAISE EXCEPTION 'counted %, wanted %', counted, wanted USING "
    "ERRCODE = "
    "state; END IF; RETURN true; END$$",
};
/// By which purge finds the oldest, however many keys there are.
const char* const keys_by_age = "CREATE INDEX \"atr_keys:by_age\" ON atr_keys(updated_ms)";

}  // namespace

bool create_system_tables(Session& session, const std::string& schema, Deadline deadline) {
    Parameters name;
    name.text(schema);
    const Rows there = session.run(
        {"SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1::text), (SELECT count(*) FROM "
         "pg_catalog.pg_tables WHERE schemaname = $1::text AND tablename = 'atr_state'), (SELECT count(*) FROM "
         "pg_catalog.pg_indexes WHERE schemaname = $1::text AND indexname = 'atr_keys:by_age')",
         name},
        deadline);
    std::vector<Statement> all;
    if (there.integer(0, 0) == 0) all.push_back({"CREATE SCHEMA " + sql_name(schema)});
    if (there.integer(0, 1) == 0)
        for (const char* sql : statements) all.push_back({sql});
    if (there.integer(0, 2) == 0) all.push_back({keys_by_age});
    if (all.empty()) return false;
    session.run(std::move(all), deadline);
    return true;
}

}  // namespace storage_postgres
