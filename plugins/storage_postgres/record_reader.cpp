#include "record_reader.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "base64url.hpp"
#include "fresh_read.hpp"
#include "group_reader.hpp"
#include "names.hpp"
#include "prepared_batch.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {
using nlohmann::json;

/// The columns of a record, of which read_record() finds a counter's value in the same place.
constexpr const char* counter_as_record = "key, version, updated_ms, value::text::json, NULL::bytea";

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json number_or_null(const Rows& rows, int row, int column) {
    return rows.is_null(row, column) ? json() : json(rows.integer(row, column));
}

std::string job_body(const Rows& rows, int row) {
    json out = {{"queue", from_stored(rows.text(row, 4))},
                {"run_at_unix_ms", rows.integer(row, 5)},
                {"attempt", rows.integer(row, 6)},
                {"worker", rows.is_null(row, 7) ? json() : json(from_stored(rows.text(row, 7)))},
                {"lease_token", number_or_null(rows, row, 8)},
                {"lease_until_unix_ms", number_or_null(rows, row, 9)}};
    std::string body = rows.bytes(row, 3);
    if (is_utf8(body)) {
        out["body"] = std::move(body);
    } else {
        out["body_base64"] = base64url(body);
    }
    return dump(out);
}

std::string key_body(const Rows& rows, int row) {
    return dump({{"fingerprint", rows.bytes(row, 3)},
                 {"commit_seq", rows.integer(row, 4)},
                 {"versions", numbers_of(rows.text(row, 5))},
                 {"expires_unix_ms", rows.integer(row, 6)}});
}

/// One statement for all tables of records and counters: it is a snapshot of its own, and one way to the server.
std::vector<Statement> reads_of(const Catalog& catalog, const std::map<std::int64_t, ArrayColumn>& wanted) {
    std::vector<Statement> out;
    Statement shared;
    for (const auto& [id, keys] : wanted) {
        const Collection& collection = *catalog.find(id);
        const bool is_counter = collection.kind == CollectionKind::counters;
        const bool shares = is_counter || collection.kind == CollectionKind::records;
        Statement alone;
        Statement& read = shares ? shared : alone;
        read.parameters.array(keys);
        read.sql += (read.sql.empty() ? "SELECT " : " UNION ALL SELECT ") +
                    (is_counter ? std::string(counter_as_record) : record_columns(collection)) + ", " +
                    std::to_string(id) + " FROM " + sql_name(collection.table) + " WHERE key = ANY($" +
                    std::to_string(read.parameters.count()) + "::text[])";
        if (!shares) out.push_back(std::move(alone));
    }
    if (!shared.sql.empty()) out.push_back(std::move(shared));
    return out;
}

}  // namespace

std::string record_columns(const Collection& collection) {
    switch (collection.kind) {
        case CollectionKind::jobs:
            return "key, version, updated_ms, body, queue, run_at_ms, attempt, worker, lease_token, lease_until_ms";
        case CollectionKind::keys:
            return "key, 1, updated_ms, fingerprint, commit_seq, versions, expires_ms";
        case CollectionKind::counters:
            return "key, version, updated_ms, value::text";
        case CollectionKind::records:
            break;
    }
    return "key, version, updated_ms, body, raw";
}

int record_column_count(const Collection& collection) {
    switch (collection.kind) {
        case CollectionKind::jobs:
            return 10;
        case CollectionKind::keys:
            return 7;
        case CollectionKind::counters:
            return 4;
        case CollectionKind::records:
            break;
    }
    return 5;
}

atr::Record read_record(const Collection& collection, const Rows& rows, int row) {
    atr::Record out{.collection = collection.name,
                    .key = from_stored(rows.text(row, 0)),
                    .version = rows.number(row, 1),
                    .updated_unix_ms = rows.integer(row, 2)};
    switch (collection.kind) {
        case CollectionKind::jobs:
            out.body = job_body(rows, row);
            break;
        case CollectionKind::keys:
            out.body = key_body(rows, row);
            break;
        case CollectionKind::counters:
            out.body = std::string(rows.text(row, 3));
            break;
        case CollectionKind::records:
            out.body = rows.is_null(row, 3) ? rows.bytes(row, 4) : std::string(rows.text(row, 3));
            break;
    }
    return out;
}

atr::Result<std::vector<atr::Record>> read_records(Session& session, const Catalog& catalog,
                                                   const std::vector<atr::Key>& keys, std::uint64_t min_seq,
                                                   Deadline deadline) {
    std::map<std::int64_t, ArrayColumn> wanted;
    for (const auto& key : keys) {
        const Collection* collection = catalog.find(key.collection);
        if (!collection) return unknown_collection(key.collection);
        if (is_usable_key(key.key))
            wanted.try_emplace(collection->id, ArrayColumn::Type::text).first->second.text(to_stored(key.key));
    }
    std::vector<atr::Record> out;
    if (wanted.empty() && min_seq == 0) return out;
    const auto answered = read_at_least(session, reads_of(catalog, wanted), min_seq, deadline);
    if (!answered) return answered.error();
    std::map<std::pair<std::string, std::string>, atr::Record> found;
    for (const auto& rows : *answered)
        for (int i = 0; i < rows.count(); ++i) {
            auto record = read_record(*catalog.find(rows.integer(i, rows.columns() - 1)), rows, i);
            found.insert_or_assign({record.collection, record.key}, std::move(record));
        }
    out.reserve(found.size());
    for (const auto& key : keys)
        if (const auto there = found.find({key.collection, key.key}); there != found.end())
            out.push_back(there->second);
    return out;
}

atr::Error unknown_collection(const std::string& name) {
    return atr::rejected(ATR_E_BAD_INPUT, "unknown collection '" + name + "'");
}

}  // namespace storage_postgres
