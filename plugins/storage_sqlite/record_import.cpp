#include "record_import.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base64url.hpp"
#include "index_values.hpp"
#include "names.hpp"
#include "prepared_batch.hpp"
#include "record_reader.hpp"
#include "savepoint.hpp"

namespace storage_sqlite {
namespace {
using atr::rejected;
using atr::Result;
using nlohmann::json;

Result<> write_job(Connection& connection, const atr::Record& record) {
    const json body = json::parse(record.body);
    std::string own = body.contains("body") ? body.at("body").get<std::string>() : std::string();
    if (body.contains("body_base64")) {
        auto bytes = from_base64url(body.at("body_base64").get<std::string>());
        if (!bytes) return rejected(ATR_E_BAD_INPUT, "job " + record.key + ": body_base64 cannot be read");
        own = std::move(*bytes);
    }
    const std::string queue = body.at("queue");
    const std::int64_t run_at = body.at("run_at_unix_ms");
    const bool leased = !body.at("lease_token").is_null();
    const std::string worker = leased ? body.at("worker").get<std::string>() : std::string();
    const std::int64_t until = leased ? body.at("lease_until_unix_ms").get<std::int64_t>() : 0;
    Run run(connection.prepared(
        "INSERT OR REPLACE INTO atr_jobs(key, version, updated_ms, body, queue, run_at_ms, due_ms, attempt, worker, "
        "lease_token, lease_until_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    run.text(record.key).integer(record.version).integer(record.updated_unix_ms).bytes(own).text(queue);
    run.integer(run_at).integer(std::max(run_at, until)).integer(body.at("attempt").get<std::int64_t>());
    if (leased) {
        run.text(worker).integer(body.at("lease_token").get<std::uint64_t>()).integer(until);
    } else {
        run.null().null().null();
    }
    run.finish();
    return {};
}

Result<> write_key(Connection& connection, const atr::Record& record) {
    const json body = json::parse(record.body);
    const std::string fingerprint = body.at("fingerprint");
    const std::string versions = json(body.at("versions").get<std::vector<std::uint64_t>>()).dump();
    Run(connection.prepared("INSERT OR REPLACE INTO atr_keys(key, fingerprint, commit_seq, versions, expires_ms, "
                            "updated_ms) VALUES(?, ?, ?, ?, ?, ?)"))
        .text(record.key)
        .text(fingerprint)
        .integer(body.at("commit_seq").get<std::uint64_t>())
        .text(versions)
        .integer(body.at("expires_unix_ms").get<std::int64_t>())
        .integer(record.updated_unix_ms)
        .finish();
    return {};
}

Result<> write_blob(Connection& connection, const atr::Record& record) {
    Run(connection.prepared("INSERT INTO atr_blobs(key, updated_ms, bytes) VALUES(?, ?, ?) ON CONFLICT(key) DO UPDATE "
                            "SET updated_ms = excluded.updated_ms, bytes = excluded.bytes"))
        .text(record.key)
        .integer(record.updated_unix_ms)
        .blob(record.body)
        .finish();
    return {};
}

Result<> write_record(Connection& connection, const Collection& collection, const atr::Record& record) {
    if (collection.kind == CollectionKind::counters && !atr::units_from_string(record.body))
        return rejected(ATR_E_BAD_INPUT, collection.name + "/" + record.key + " is no integer of up to 38 digits");
    const auto cells = cells_of(collection, record);
    if (!cells) return cells.error();
    std::string columns, marks, assignments;
    for (const auto& column : collection.value_columns()) {
        columns += ", " + column;
        marks += ", ?";
        assignments += ", " + column + " = excluded." + column;
    }
    Run run(connection.prepared("INSERT INTO " + sql_name(collection.table) + "(key, version, updated_ms, body" +
                                columns + ") VALUES(?, ?, ?, ?" + marks +
                                ") ON CONFLICT(key) DO UPDATE SET version = excluded.version, updated_ms = "
                                "excluded.updated_ms, body = excluded.body" +
                                assignments));
    run.text(record.key).integer(record.version).integer(record.updated_unix_ms).bytes(record.body);
    for (const auto& cell : *cells) run.cell(cell);
    run.finish();
    return {};
}

/// The table of a collection that may be written to; nullptr: there is none.
const std::string* table_of(const Catalog& catalog, const std::string& collection) {
    static const std::string blobs = "atr_blobs";
    if (collection == atr::blobs_collection) return &blobs;
    const Collection* found = catalog.find(collection);
    return found ? &found->table : nullptr;
}

Result<> write_one(WriteTransaction& transaction, const atr::Record& record) {
    const std::string place = record.collection + "/" + record.key;
    if (!is_usable_key(record.key) || record.version == 0)
        return rejected(ATR_E_BAD_INPUT, place + ": a record needs a key and a version");
    if (record.body.size() > most_body_bytes) return rejected(ATR_E_TOO_LARGE, place + " is too large");
    Connection& connection = transaction.connection();
    if (record.collection == atr::blobs_collection) return write_blob(connection, record);
    const Collection* found = transaction.catalog()->find(record.collection);
    if (!found) return unknown_collection(record.collection);
    try {
        if (found->kind == CollectionKind::jobs) return write_job(connection, record);
        if (found->kind == CollectionKind::keys) return write_key(connection, record);
        return write_record(connection, *found, record);
    } catch (const json::exception& error) {
        return rejected(ATR_E_BAD_INPUT, place + " cannot be read: " + error.what());
    } catch (const SqlError& error) {
        if (!error.is_unique_violation()) throw;
        return atr::conflict(ATR_E_DUPLICATE, place + ": another record has the same value in a unique index");
    }
}

Result<> write_all(WriteTransaction& transaction, const atr::Import& import) {
    for (const auto& key : import.removals) {
        const std::string* table = table_of(*transaction.catalog(), key.collection);
        if (!table) return unknown_collection(key.collection);
        Run(transaction.connection().prepared("DELETE FROM " + sql_name(*table) + " WHERE key = ?"))
            .text(key.key)
            .finish();
    }
    for (const auto& record : import.records)
        if (auto written = write_one(transaction, record); !written) return written;
    return {};
}

}  // namespace

Result<> import_records(WriteTransaction& transaction, const atr::Import& import) {
    Savepoint savepoint(transaction.connection());
    savepoint.open();
    auto written = write_all(transaction, import);
    if (!written) {
        savepoint.undo();
        return written;
    }
    savepoint.keep();
    transaction.raise_sequences(import.state.commit_seq, import.state.lease_token);
    return {};
}

}  // namespace storage_sqlite
