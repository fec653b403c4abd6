#include "record_reader.hpp"

#include <nlohmann/json.hpp>

#include "base64url.hpp"
#include "names.hpp"

namespace storage_sqlite {
namespace {
using nlohmann::json;

json json_of(const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return *number;
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    return nullptr;
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_utf8(const std::string& text) {
    try {
        return !json(text).dump().empty();
    } catch (const json::exception&) {
        return false;
    }
}

std::string job_body(const Run& row) {
    json out = {{"queue", std::string(row.text_at(4))},   {"run_at_unix_ms", row.integer_at(5)},
                {"attempt", row.integer_at(6)},           {"worker", json_of(row.cell_at(7))},
                {"lease_token", json_of(row.cell_at(8))}, {"lease_until_unix_ms", json_of(row.cell_at(9))}};
    std::string body(row.text_at(3));
    if (is_utf8(body)) {
        out["body"] = std::move(body);
    } else {
        out["body_base64"] = base64url(body);
    }
    return dump(out);
}

std::string key_body(const Run& row) {
    return dump({{"fingerprint", std::string(row.text_at(3))},
                 {"commit_seq", row.integer_at(4)},
                 {"versions", json::parse(row.text_at(5), nullptr, false)},
                 {"expires_unix_ms", row.integer_at(6)}});
}

}  // namespace

std::string record_columns(const Collection& collection) {
    switch (collection.kind) {
        case CollectionKind::jobs:
            return "key, version, updated_ms, body, queue, run_at_ms, attempt, worker, lease_token, lease_until_ms";
        case CollectionKind::keys:
            return "key, 1, updated_ms, fingerprint, commit_seq, versions, expires_ms";
        case CollectionKind::records:
        case CollectionKind::counters:
            break;
    }
    return "key, version, updated_ms, body";
}

int record_column_count(const Collection& collection) {
    if (collection.kind == CollectionKind::jobs) return 10;
    return collection.kind == CollectionKind::keys ? 7 : 4;
}

atr::Record read_record(const Collection& collection, const Run& row) {
    atr::Record out{.collection = collection.name,
                    .key = std::string(row.text_at(0)),
                    .version = static_cast<std::uint64_t>(row.integer_at(1)),
                    .updated_unix_ms = row.integer_at(2)};
    if (collection.kind == CollectionKind::jobs) {
        out.body = job_body(row);
    } else if (collection.kind == CollectionKind::keys) {
        out.body = key_body(row);
    } else {
        out.body = std::string(row.text_at(3));
    }
    return out;
}

atr::Result<std::vector<atr::Record>> read_records(Connection& connection, const Catalog& catalog,
                                                   const std::vector<atr::Key>& keys) {
    std::vector<atr::Record> out;
    for (const auto& key : keys)
        if (!catalog.find(key.collection)) return unknown_collection(key.collection);
    out.reserve(keys.size());
    ReadScope moment(connection);
    for (const auto& key : keys) {
        const Collection& collection = *catalog.find(key.collection);
        Run run(connection.prepared("SELECT " + record_columns(collection) + " FROM " + sql_name(collection.table) +
                                    " WHERE key = ?"));
        if (run.text(key.key).step()) out.push_back(read_record(collection, run));
    }
    return out;
}

atr::Error unknown_collection(const std::string& name) {
    return atr::rejected(ATR_E_BAD_INPUT, "unknown collection '" + name + "'");
}

}  // namespace storage_sqlite
