#include "imported_rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base64url.hpp"
#include "index_values.hpp"
#include "names.hpp"
#include "prepared_batch.hpp"
#include "record_reader.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;
using nlohmann::json;
using Type = ArrayColumn::Type;

atr::Error unreadable(const atr::Record& record, const std::string& why) {
    return rejected(ATR_E_BAD_INPUT, record.collection + "/" + record.key + " cannot be read: " + why);
}

std::string array_text(const std::vector<std::uint64_t>& numbers) {
    std::string out = "{";
    for (const std::uint64_t number : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(number);
    return out + "}";
}

}  // namespace

Result<ImportedRows> ImportedRows::into(const Catalog& catalog, const std::string& collection) {
    if (collection == atr::blobs_collection) return ImportedRows(Kind::blobs, nullptr);
    const Collection* found = catalog.find(collection);
    if (!found) return unknown_collection(collection);
    switch (found->kind) {
        case CollectionKind::jobs:
            return ImportedRows(Kind::jobs, found);
        case CollectionKind::keys:
            return ImportedRows(Kind::keys, found);
        case CollectionKind::counters:
            return ImportedRows(Kind::counters, found);
        case CollectionKind::records:
            break;
    }
    return ImportedRows(Kind::records, found);
}

ImportedRows::ImportedRows(Kind kind, const Collection* collection) : kind_(kind), collection_(collection) {
    column("key", Type::text);
    column("updated_ms", Type::bigint);
    if (kind != Kind::keys && kind != Kind::blobs) column("version", Type::bigint);
    switch (kind) {
        case Kind::records:
            column("body", Type::json);
            column("raw", Type::bytes);
            for (const auto& indexed : collection->columns) column(indexed.name, indexed.array_type(), indexed.cast());
            break;
        case Kind::counters:
            column("value", Type::text, "::numeric");
            break;
        case Kind::jobs:
            column("body", Type::bytes);
            for (const char* text : {"queue", "worker"}) column(text, Type::text);
            for (const char* number : {"run_at_ms", "due_ms", "attempt", "lease_token", "lease_until_ms"})
                column(number, Type::bigint);
            break;
        case Kind::keys:
            column("fingerprint", Type::bytes);
            column("commit_seq", Type::bigint);
            column("versions", Type::text, "::bigint[]");
            column("expires_ms", Type::bigint);
            break;
        case Kind::blobs:
            column("bytes", Type::bytes);
            break;
    }
}

void ImportedRows::column(const std::string& name, Type type, const std::string& cast) {
    const std::string quoted = sql_name(name), argument = "c" + std::to_string(rows_.columns());
    rows_.column(argument, type);
    const std::string comma = names_.empty() ? "" : ", ";
    names_ += comma + quoted;
    values_ += comma + "u." + argument + cast;
    if (name != "key") assignments_ += (assignments_.empty() ? "" : ", ") + quoted + " = excluded." + quoted;
}

Statement ImportedRows::statement() const {
    const std::string table = collection_ ? sql_name(collection_->table) : "atr_blobs";
    return {"INSERT INTO " + table + "(" + names_ + ") SELECT " + values_ + " FROM " + rows_.source() +
                " ON CONFLICT (key) DO UPDATE SET " + assignments_,
            rows_.parameters()};
}

Result<> ImportedRows::add(const atr::Record& record) {
    rows_[0].text(to_stored(record.key));
    rows_[1].integer(record.updated_unix_ms);
    try {
        switch (kind_) {
            case Kind::records:
            case Kind::counters:
                return add_content(record);
            case Kind::jobs:
                return add_job(record);
            case Kind::keys:
                return add_key(record);
            case Kind::blobs:
                rows_[2].text(record.body);
                return {};
        }
    } catch (const json::exception& error) {
        return unreadable(record, error.what());
    }
    return {};
}

Result<> ImportedRows::add_content(const atr::Record& record) {
    rows_[2].integer(signed_of(record.version));
    if (kind_ == Kind::counters) {
        const auto units = atr::units_from_string(record.body);
        if (!units) return unreadable(record, "no integer of up to 38 digits");
        rows_[3].text(atr::units_to_string(*units));
        return {};
    }
    const auto cells = cells_of(*collection_, record);
    if (!cells) return cells.error();
    const bool is_json = is_storable_json(record.body);
    rows_[3].cell(is_json ? Cell{record.body} : Cell{});
    rows_[4].cell(is_json ? Cell{} : Cell{record.body});
    for (std::size_t c = 0; c < cells->size(); ++c) rows_[5 + c].cell((*cells)[c]);
    return {};
}

Result<> ImportedRows::add_job(const atr::Record& record) {
    const json body = json::parse(record.body);
    std::string own = body.contains("body") ? body.at("body").get<std::string>() : std::string();
    if (body.contains("body_base64")) {
        auto bytes = from_base64url(body.at("body_base64").get<std::string>());
        if (!bytes) return unreadable(record, "body_base64 is none");
        own = std::move(*bytes);
    }
    const std::string queue = body.at("queue");
    const std::int64_t run_at = body.at("run_at_unix_ms"), attempt = body.at("attempt");
    const bool leased = !body.at("lease_token").is_null();
    const std::string worker = leased ? body.at("worker").get<std::string>() : std::string();
    const std::int64_t until = leased ? body.at("lease_until_unix_ms").get<std::int64_t>() : 0;
    const std::int64_t token = leased ? body.at("lease_token").get<std::int64_t>() : 0;
    if (!is_usable_name(queue) || !is_usable_name(worker)) return unreadable(record, "its queue or worker is no name");
    rows_[2].integer(signed_of(record.version));
    rows_[3].text(own);
    rows_[4].text(to_stored(queue));
    rows_[5].cell(leased ? Cell{to_stored(worker)} : Cell{});
    rows_[6].integer(run_at);
    rows_[7].integer(std::max(run_at, until));
    rows_[8].integer(attempt);
    rows_[9].cell(leased ? Cell{token} : Cell{});
    rows_[10].cell(leased ? Cell{until} : Cell{});
    return {};
}

Result<> ImportedRows::add_key(const atr::Record& record) {
    const json body = json::parse(record.body);
    rows_[2].text(body.at("fingerprint").get<std::string>());
    rows_[3].integer(body.at("commit_seq").get<std::int64_t>());
    rows_[4].text(array_text(body.at("versions").get<std::vector<std::uint64_t>>()));
    rows_[5].integer(body.at("expires_unix_ms").get<std::int64_t>());
    return {};
}

}  // namespace storage_postgres
