#include "catalog.hpp"

#include <atr/atr.h>

#include <nlohmann/json.hpp>

#include "names.hpp"

namespace storage_postgres {
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

std::vector<Statement> description() {
    return {{"SELECT generation, schema_version FROM atr_state"},
            {"SELECT id, name, is_counter FROM atr_collections ORDER BY id"},
            {"SELECT collection, name, json_pointer, type FROM atr_columns ORDER BY collection, position"},
            {"SELECT collection, name, is_unique, column_names FROM atr_indexes ORDER BY collection, name"}};
}

Index index_of(const Rows& rows, int row, const Collection& collection) {
    Index index{.name = std::string(rows.text(row, 1)), .columns = {}, .unique = rows.boolean(row, 2)};
    for (const auto& name : nlohmann::json::parse(rows.text(row, 3)))
        for (std::size_t c = 0; c < collection.columns.size(); ++c)
            if (collection.columns[c].name == name.get<std::string>()) index.columns.push_back(c);
    return index;
}

}  // namespace

ArrayColumn::Type Column::array_type() const {
    if (type == ATR_T_INT) return ArrayColumn::Type::bigint;
    return type == ATR_T_BOOL ? ArrayColumn::Type::boolean : ArrayColumn::Type::text;
}

const char* Column::cast() const {
    return type == ATR_T_DEC ? "::numeric" : "";
}

const char* Column::sql_type() const {
    switch (type) {
        case ATR_T_INT:
            return "bigint";
        case ATR_T_BOOL:
            return "boolean";
        case ATR_T_DEC:
            return "numeric";
        default:
            return "text COLLATE \"C\"";
    }
}

const Index* Collection::find_index(std::string_view index) const {
    for (const auto& candidate : indexes)
        if (candidate.name == index) return &candidate;
    return nullptr;
}

bool Collection::has_unique_index() const {
    for (const auto& index : indexes)
        if (index.unique) return true;
    return false;
}

Statement Catalog::find_tables(const std::string& schema) {
    Parameters where;
    where.text(schema);
    return {"SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1::text AND tablename = 'atr_state'", where};
}

std::shared_ptr<const Catalog> Catalog::load(Session& session, const std::string& schema, Deadline deadline) {
    if (session.alone(find_tables(schema), deadline).count() == 0) return std::make_shared<Catalog>();
    return from_rows(session.read(description(), deadline));
}

std::shared_ptr<const Catalog> Catalog::load_in_transaction(Session& session, const std::string& schema,
                                                            Deadline deadline) {
    if (session.run(find_tables(schema), deadline).count() == 0) return std::make_shared<Catalog>();
    return from_rows(session.run(description(), deadline));
}

std::shared_ptr<const Catalog> Catalog::from_rows(const std::vector<Rows>& rows) {
    auto out = std::make_shared<Catalog>();
    if (rows[0].count() == 0) return out;
    out->generation = rows[0].integer(0, 0);
    out->schema_version = rows[0].number(0, 1);
    out->add(jobs_collection());
    out->add(keys_collection());
    for (int c = 0; c < rows[1].count(); ++c) {
        Collection one{.id = rows[1].integer(c, 0),
                       .name = std::string(rows[1].text(c, 1)),
                       .table = std::string(rows[1].text(c, 1)),
                       .kind = rows[1].boolean(c, 2) ? CollectionKind::counters : CollectionKind::records,
                       .columns = {},
                       .indexes = {}};
        for (int i = 0; i < rows[2].count(); ++i)
            if (rows[2].integer(i, 0) == one.id)
                one.columns.push_back({std::string(rows[2].text(i, 1)), std::string(rows[2].text(i, 2)),
                                       static_cast<std::int32_t>(rows[2].integer(i, 3))});
        for (int i = 0; i < rows[3].count(); ++i)
            if (rows[3].integer(i, 0) == one.id) one.indexes.push_back(index_of(rows[3], i, one));
        out->add(std::move(one));
    }
    return out;
}

std::shared_ptr<const Catalog> Catalog::of(std::vector<Collection> collections) {
    auto out = std::make_shared<Catalog>();
    out->generation = 1;
    out->add(jobs_collection());
    out->add(keys_collection());
    for (auto& collection : collections) out->add(std::move(collection));
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

}  // namespace storage_postgres
