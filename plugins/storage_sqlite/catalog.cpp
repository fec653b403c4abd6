#include "catalog.hpp"

#include <atr/atr.h>

#include <nlohmann/json.hpp>

#include "names.hpp"

namespace storage_sqlite {
namespace {

/// Jobs may be listed by queue in the order in which they fall due, and by the worker that holds them.
Collection jobs_collection() {
    return {.id = jobs_collection_id,
            .name = "atr.jobs",
            .table = "atr_jobs",
            .kind = CollectionKind::jobs,
            .columns = {{"queue", "/queue", ATR_T_TEXT}, {"due_ms", "", ATR_T_INT}, {"worker", "/worker", ATR_T_TEXT}},
            .indexes = {{.name = "by_queue", .columns = {0, 1}}, {.name = "by_worker", .columns = {2}}}};
}

Collection keys_collection() {
    return {.id = keys_collection_id,
            .name = "atr.keys",
            .table = "atr_keys",
            .kind = CollectionKind::keys,
            .columns = {},
            .indexes = {}};
}

bool has_tables(Connection& connection) {
    Run run(connection.prepared("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'atr_state'"));
    return run.step();
}

void load_columns(Connection& connection, Collection& collection) {
    Run run(
        connection.prepared("SELECT name, json_pointer, type FROM atr_columns WHERE collection = ? ORDER BY position"));
    run.integer(collection.id);
    while (run.step())
        collection.columns.push_back(
            {std::string(run.text_at(0)), std::string(run.text_at(1)), static_cast<std::int32_t>(run.integer_at(2))});
}

void load_indexes(Connection& connection, Collection& collection) {
    Run run(connection.prepared(
        "SELECT name, is_unique, column_names FROM atr_indexes WHERE collection = ? ORDER BY name"));
    run.integer(collection.id);
    while (run.step()) {
        Index index{.name = std::string(run.text_at(0)), .columns = {}, .unique = run.integer_at(1) != 0};
        for (const auto& name : nlohmann::json::parse(run.text_at(2)))
            for (std::size_t c = 0; c < collection.columns.size(); ++c)
                if (collection.columns[c].name == name.get<std::string>()) index.columns.push_back(c);
        collection.indexes.push_back(std::move(index));
    }
}

}  // namespace

bool Column::is_decimal() const {
    return type == ATR_T_DEC;
}

const Index* Collection::find_index(std::string_view index) const {
    for (const auto& candidate : indexes)
        if (candidate.name == index) return &candidate;
    return nullptr;
}

std::vector<std::string> Collection::value_columns() const {
    std::vector<std::string> out;
    for (const auto& column : columns) {
        out.push_back(sql_name(column.name));
        if (column.is_decimal()) out.push_back(sql_name(column.order_name()));
    }
    return out;
}

Catalog Catalog::load(Connection& connection) {
    Catalog out;
    if (!has_tables(connection)) return out;
    {
        Run run(connection.prepared("SELECT generation, schema_version FROM atr_state"));
        if (run.step()) {
            out.generation = run.integer_at(0);
            out.schema_version = static_cast<std::uint64_t>(run.integer_at(1));
        }
    }
    std::vector<Collection> found;
    {
        Run run(connection.prepared("SELECT id, name, is_counter FROM atr_collections ORDER BY id"));
        while (run.step())
            found.push_back({.id = run.integer_at(0),
                             .name = std::string(run.text_at(1)),
                             .table = std::string(run.text_at(1)),
                             .kind = run.integer_at(2) != 0 ? CollectionKind::counters : CollectionKind::records,
                             .columns = {},
                             .indexes = {}});
    }
    out.add(jobs_collection());
    out.add(keys_collection());
    for (auto& collection : found) {
        load_columns(connection, collection);
        load_indexes(connection, collection);
        out.add(std::move(collection));
    }
    return out;
}

void Catalog::add(Collection collection) {
    by_name_.emplace(collection.name, collections_.size());
    by_id_.emplace(collection.id, collections_.size());
    collections_.push_back(std::move(collection));
}

const Collection* Catalog::find(std::string_view collection) const {
    const auto found = by_name_.find(std::string(collection));
    return found == by_name_.end() ? nullptr : &collections_[found->second];
}

const Collection* Catalog::find(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &collections_[found->second];
}

}  // namespace storage_sqlite
