#include "collection_migration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "index_values.hpp"
#include "multi_row.hpp"
#include "names.hpp"

namespace storage_postgres {
namespace {

constexpr int back_fill_at_once = 500;

Parameters collection_and_name(std::int64_t collection, const std::string& name) {
    Parameters out;
    out.integer(collection).text(name);
    return out;
}

}  // namespace

void CollectionMigration::execute(const std::string& sql, Parameters parameters) {
    session_.run({sql, std::move(parameters)}, deadline_);
}

atr::Result<bool> CollectionMigration::run() {
    const bool created = present_.id == 0;
    if (created) create_table();
    std::vector<const atr::IndexDef*> missing;
    std::set<std::string> kept;
    for (const auto& definition : wanted_.indexes) {
        const Index* index = present_.find_index(definition.name);
        if (index && is_as_declared(*index, definition)) {
            kept.insert(index->name);
        } else {
            missing.push_back(&definition);
        }
    }
    std::vector<Index> obsolete;
    for (const auto& index : present_.indexes)
        if (!kept.contains(index.name)) obsolete.push_back(index);
    for (const auto& index : obsolete) drop_index(index);

    std::vector<std::string> added;
    for (const auto* definition : missing) {
        Index index{.name = definition->name, .columns = {}, .unique = definition->unique};
        for (const auto& column : definition->columns) index.columns.push_back(column_for(column));
        added.push_back(index.name);
        present_.indexes.push_back(std::move(index));
    }
    drop_unused_columns();
    if (new_columns_ && !created) back_fill();
    for (const auto& name : added)
        if (auto made = create_index(*present_.find_index(name)); !made) return made.error();
    return created || !missing.empty() || !obsolete.empty();
}

void CollectionMigration::create_table() {
    present_.name = present_.table = wanted_.name;
    present_.kind = wanted_.counter ? CollectionKind::counters : CollectionKind::records;
    // A body is kept as json, byte for byte, or as bytes when it is none. Counters are written again and again: room
    // in their pages keeps that off the index.
    execute("CREATE TABLE " + sql_name(present_.table) +
            "(key text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL, updated_ms bigint NOT NULL, " +
            (wanted_.counter ? "value numeric(38) NOT NULL) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = "
                               "0.02)"
                             : "body json, raw bytea, CHECK((body IS NULL) <> (raw IS NULL))) WITH (fillfactor = "
                               "90)"));
    Parameters row;
    row.integer(first_own_collection_id).text(present_.name).integer(wanted_.counter ? 1 : 0);
    const Rows made = session_.run({"INSERT INTO atr_collections(id, name, is_counter) VALUES((SELECT "
                                    "greatest(coalesce(max(id), 0) + 1, $1::bigint) FROM atr_collections), $2::text, "
                                    "$3::bigint <> 0) RETURNING id",
                                    row},
                                   deadline_);
    present_.id = made.integer(0, 0);
}

bool CollectionMigration::is_as_declared(const Index& index, const atr::IndexDef& definition) const {
    if (index.unique != definition.unique || index.columns.size() != definition.columns.size()) return false;
    for (std::size_t i = 0; i < index.columns.size(); ++i) {
        const Column& column = present_.columns[index.columns[i]];
        if (column.json_pointer != definition.columns[i].json_pointer || column.type != definition.columns[i].type)
            return false;
    }
    return true;
}

void CollectionMigration::drop_index(const Index& index) {
    const std::string name = index.name;
    execute("DROP INDEX IF EXISTS " + sql_name(present_.name + ":" + name));
    execute("DELETE FROM atr_indexes WHERE collection = $1::bigint AND name = $2::text",
            collection_and_name(present_.id, name));
    std::erase_if(present_.indexes, [&](const Index& candidate) { return candidate.name == name; });
}

void CollectionMigration::drop_unused_columns() {
    for (std::size_t c = present_.columns.size(); c-- > 0;) {
        const bool used = std::any_of(present_.indexes.begin(), present_.indexes.end(), [&](const Index& index) {
            return std::find(index.columns.begin(), index.columns.end(), c) != index.columns.end();
        });
        if (used) continue;
        const std::string name = present_.columns[c].name;
        execute("ALTER TABLE " + sql_name(present_.table) + " DROP COLUMN " + sql_name(name));
        execute("DELETE FROM atr_columns WHERE collection = $1::bigint AND name = $2::text",
                collection_and_name(present_.id, name));
        present_.columns.erase(present_.columns.begin() + static_cast<std::ptrdiff_t>(c));
        for (auto& index : present_.indexes)
            for (auto& place : index.columns)
                if (place > c) --place;
    }
}

std::size_t CollectionMigration::column_for(const atr::IndexColumn& wanted) {
    std::set<std::string> taken = {"key", "version", "updated_ms", "body", "raw"};
    for (std::size_t c = 0; c < present_.columns.size(); ++c) {
        const Column& column = present_.columns[c];
        if (column.json_pointer == wanted.json_pointer && column.type == wanted.type) return c;
        taken.insert(lower(column.name));
    }
    const std::string stem = column_name_of(wanted.json_pointer);
    Column column{stem, wanted.json_pointer, wanted.type};
    for (int n = 2; taken.contains(lower(column.name)); ++n) column.name = stem + "_" + std::to_string(n);
    execute("ALTER TABLE " + sql_name(present_.table) + " ADD COLUMN " + sql_name(column.name) + " " +
            column.sql_type());
    Parameters row = collection_and_name(present_.id, column.name);
    row.text(column.json_pointer).integer(column.type);
    execute(
        "INSERT INTO atr_columns(collection, name, json_pointer, type) VALUES($1::bigint, $2::text, $3::text, "
        "$4::bigint)",
        row);
    new_columns_ = true;
    present_.columns.push_back(std::move(column));
    return present_.columns.size() - 1;
}

void CollectionMigration::back_fill() {
    for (std::string after; back_fill_page(after);) continue;
}

bool CollectionMigration::back_fill_page(std::string& after) {
    Parameters page;
    page.text(after).integer(back_fill_at_once);
    const std::string table = sql_name(present_.table);
    const Rows rows = session_.run(
        {"SELECT key, body, raw FROM " + table + " WHERE key > $1::text ORDER BY key LIMIT $2::bigint", page},
        deadline_);
    if (rows.count() == 0) return false;
    MultiRow values;
    std::string assignments;
    values.column("key", ArrayColumn::Type::text);
    for (std::size_t c = 0; c < present_.columns.size(); ++c) {
        const Column& column = present_.columns[c];
        const std::string argument = "a" + std::to_string(c);
        values.column(argument, column.array_type());
        assignments += (c ? ", " : "") + sql_name(column.name) + " = u." + argument + column.cast();
    }
    for (int i = 0; i < rows.count(); ++i) {
        values[0].text(rows.text(i, 0));
        const std::string body = rows.is_null(i, 1) ? rows.bytes(i, 2) : std::string(rows.text(i, 1));
        const auto cells = cells_from_body(present_, rows.text(i, 0), body);
        for (std::size_t c = 0; c < cells.size(); ++c) values[1 + c].cell(cells[c]);
    }
    execute("UPDATE " + table + " t SET " + assignments + " FROM " + values.source() + " WHERE t.key = u.key",
            values.parameters());
    after = std::string(rows.text(rows.count() - 1, 0));
    return true;
}

atr::Result<> CollectionMigration::create_index(const Index& index) {
    std::string columns, present;
    nlohmann::json names = nlohmann::json::array();
    for (std::size_t c : index.columns) {
        const std::string column = sql_name(present_.columns[c].name);
        columns += column + ", ";
        present += (present.empty() ? " WHERE " : " AND ") + column + " IS NOT NULL";
        names.push_back(present_.columns[c].name);
    }
    // The key closes an index, so that a page continues behind its last row by the index alone. A unique index has no
    // ties. A record that lacks a value of an index is not in it.
    columns = index.unique ? columns.substr(0, columns.size() - 2) : columns + "key";
    try {
        execute(std::string(index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") +
                sql_name(present_.name + ":" + index.name) + " ON " + sql_name(present_.table) + "(" + columns + ")" +
                present);
    } catch (const SqlError& error) {
        if (!error.is(sqlstate::unique_violation)) throw;
        return atr::rejected(ATR_E_BAD_INPUT, "collection '" + present_.name + "': index '" + index.name +
                                                  "' cannot be unique, records already there share a value");
    }
    Parameters row = collection_and_name(present_.id, index.name);
    row.integer(index.unique ? 1 : 0).text(names.dump());
    execute(
        "INSERT INTO atr_indexes(collection, name, is_unique, column_names) VALUES($1::bigint, $2::text, "
        "$3::bigint <> 0, $4::text)",
        row);
    return {};
}

}  // namespace storage_postgres
