#include "migration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "index_values.hpp"
#include "names.hpp"
#include "savepoint.hpp"
#include "system_tables.hpp"

namespace storage_sqlite {
namespace {
using atr::rejected;
using atr::Result;

const char* affinity_of(std::int32_t type) {
    return type == ATR_T_INT || type == ATR_T_BOOL ? "INTEGER" : "TEXT";
}

bool is_json_pointer(const std::string& text) {
    try {
        nlohmann::json::json_pointer pointer(text);
        return !text.empty();
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

Result<> check_index(const atr::CollectionDef& collection, const atr::IndexDef& index) {
    const std::string where = "collection '" + collection.name + "', index '" + index.name + "': ";
    if (!is_name(index.name)) return rejected(ATR_E_BAD_INPUT, where + "not a usable name");
    if (collection.counter) return rejected(ATR_E_BAD_INPUT, where + "a COUNTER collection has no indexes");
    if (index.columns.empty() || index.columns.size() > 16)
        return rejected(ATR_E_BAD_INPUT, where + "an index has 1 to 16 columns");
    for (const auto& column : index.columns) {
        if (column.type < ATR_T_INT || column.type > ATR_T_DEC)
            return rejected(ATR_E_BAD_INPUT, where + "unknown column type " + std::to_string(column.type));
        if (!is_json_pointer(column.json_pointer))
            return rejected(ATR_E_BAD_INPUT, where + "'" + column.json_pointer + "' is not a JSON pointer");
    }
    return {};
}

Collection* find(std::vector<Collection>& collections, const std::string& name) {
    for (auto& collection : collections)
        if (lower(collection.name) == lower(name)) return &collection;
    return nullptr;
}

/// One collection on its way from what the database has to what the schema declares.
class CollectionMigration {
public:
    CollectionMigration(Connection& connection, const atr::CollectionDef& wanted, Collection present)
        : connection_(connection), wanted_(wanted), present_(std::move(present)) {}

    /// True: something changed.
    Result<bool> run();

private:
    void create_table();
    void drop_index(const Index& index);
    void drop_unused_columns();
    std::size_t column_for(const atr::IndexColumn& wanted);
    void back_fill();
    Result<> create_index(const Index& index);
    bool is_as_declared(const Index& index, const atr::IndexDef& definition) const;

    Connection& connection_;
    const atr::CollectionDef& wanted_;
    Collection present_;
    bool new_columns_ = false;
};

Result<bool> CollectionMigration::run() {
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

    std::vector<Index> added;
    for (const auto* definition : missing) {
        Index index{.name = definition->name, .columns = {}, .unique = definition->unique};
        for (const auto& column : definition->columns) index.columns.push_back(column_for(column));
        added.push_back(index);
        present_.indexes.push_back(std::move(index));
    }
    drop_unused_columns();
    if (new_columns_ && !created) back_fill();
    for (const auto& index : added)
        if (auto made = create_index(*present_.find_index(index.name)); !made) return made.error();
    return created || !missing.empty() || !obsolete.empty();
}

void CollectionMigration::create_table() {
    present_.name = present_.table = wanted_.name;
    present_.kind = wanted_.counter ? CollectionKind::counters : CollectionKind::records;
    // Counters are small and hot: their rows live in the key's own tree. Records are large: theirs lie in the order of
    // arrival, so that a new one touches the last page of the table and one page of each index.
    connection_.execute("CREATE TABLE " + sql_name(present_.table) +
                        "(key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, updated_ms INTEGER NOT NULL, " +
                        (wanted_.counter ? "body TEXT NOT NULL) WITHOUT ROWID" : "body BLOB NOT NULL)"));
    Run run(
        connection_.prepared("INSERT INTO atr_collections(id, name, is_counter) VALUES("
                             "(SELECT max(coalesce(max(id), 0) + 1, ?) FROM atr_collections), ?, ?) RETURNING id"));
    run.integer(first_own_collection_id).text(present_.name).integer(std::int64_t{wanted_.counter});
    if (run.step()) present_.id = run.integer_at(0);
    run.finish();
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
    connection_.execute("DROP INDEX IF EXISTS " + sql_name(present_.name + ":" + name));
    Run(connection_.prepared("DELETE FROM atr_indexes WHERE collection = ? AND name = ?"))
        .integer(present_.id)
        .text(name)
        .finish();
    std::erase_if(present_.indexes, [&](const Index& candidate) { return candidate.name == name; });
}

void CollectionMigration::drop_unused_columns() {
    for (std::size_t c = present_.columns.size(); c-- > 0;) {
        const bool used = std::any_of(present_.indexes.begin(), present_.indexes.end(), [&](const Index& index) {
            return std::find(index.columns.begin(), index.columns.end(), c) != index.columns.end();
        });
        if (used) continue;
        const Column column = present_.columns[c];
        const std::string drop = "ALTER TABLE " + sql_name(present_.table) + " DROP COLUMN ";
        connection_.execute(drop + sql_name(column.name));
        if (column.is_decimal()) connection_.execute(drop + sql_name(column.order_name()));
        Run(connection_.prepared("DELETE FROM atr_columns WHERE collection = ? AND name = ?"))
            .integer(present_.id)
            .text(column.name)
            .finish();
        present_.columns.erase(present_.columns.begin() + static_cast<std::ptrdiff_t>(c));
        for (auto& index : present_.indexes)
            for (auto& place : index.columns)
                if (place > c) --place;
    }
}

std::size_t CollectionMigration::column_for(const atr::IndexColumn& wanted) {
    std::set<std::string> taken = {"key", "version", "updated_ms", "body"};
    for (std::size_t c = 0; c < present_.columns.size(); ++c) {
        const Column& column = present_.columns[c];
        if (column.json_pointer == wanted.json_pointer && column.type == wanted.type) return c;
        taken.insert(lower(column.name));
        if (column.is_decimal()) taken.insert(lower(column.order_name()));
    }
    const std::string stem = column_name_of(wanted.json_pointer);
    Column column{stem, wanted.json_pointer, wanted.type};
    for (int n = 2; taken.contains(lower(column.name)) || taken.contains(lower(column.sort_name())); ++n)
        column.name = stem + "_" + std::to_string(n);
    const std::string add = "ALTER TABLE " + sql_name(present_.table) + " ADD COLUMN ";
    connection_.execute(add + sql_name(column.name) + " " + affinity_of(column.type));
    if (column.is_decimal()) connection_.execute(add + sql_name(column.order_name()) + " TEXT");
    Run(connection_.prepared("INSERT INTO atr_columns(collection, name, json_pointer, type, position) VALUES(?, ?, ?, "
                             "?, (SELECT coalesce(max(position), 0) + 1 FROM atr_columns))"))
        .integer(present_.id)
        .text(column.name)
        .text(column.json_pointer)
        .integer(std::int64_t{column.type})
        .finish();
    new_columns_ = true;
    present_.columns.push_back(std::move(column));
    return present_.columns.size() - 1;
}

void CollectionMigration::back_fill() {
    std::string assignments;
    for (const auto& name : present_.value_columns()) assignments += (assignments.empty() ? "" : ", ") + name + " = ?";
    Statement rows(connection_.handle(), "SELECT rowid, body FROM " + sql_name(present_.table) +
                                             " WHERE rowid > ? "
                                             "ORDER BY rowid LIMIT 1");
    Statement write(connection_.handle(),
                    "UPDATE " + sql_name(present_.table) + " SET " + assignments + " WHERE rowid = ?");
    for (std::int64_t last = 0;;) {
        std::vector<Cell> cells;
        {
            Run row(rows);
            if (!row.integer(last).step()) return;
            last = row.integer_at(0);
            cells = cells_from_body(present_, row.text_at(1));
        }
        Run update(write);
        for (const auto& cell : cells) update.cell(cell);
        update.integer(last).finish();
    }
}

Result<> CollectionMigration::create_index(const Index& index) {
    std::string columns, present;
    nlohmann::json names = nlohmann::json::array();
    for (std::size_t c : index.columns) {
        const std::string column = sql_name(present_.columns[c].sort_name());
        columns += column + ", ";
        present += (present.empty() ? " WHERE " : " AND ") + column + " IS NOT NULL";
        names.push_back(present_.columns[c].name);
    }
    // The key closes an index, so that a page continues behind its last row by the index alone. A unique index has no
    // ties. A record that lacks a value of an index is not in it.
    columns = index.unique ? columns.substr(0, columns.size() - 2) : columns + "key";
    try {
        connection_.execute(std::string(index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") +
                            sql_name(present_.name + ":" + index.name) + " ON " + sql_name(present_.table) + "(" +
                            columns + ")" + present);
    } catch (const SqlError& error) {
        if (!error.is_unique_violation()) throw;
        return rejected(ATR_E_BAD_INPUT, "collection '" + present_.name + "': index '" + index.name +
                                             "' cannot be unique, records already there share a value");
    }
    const std::string text = names.dump();
    Run(connection_.prepared("INSERT INTO atr_indexes(collection, name, is_unique, column_names) VALUES(?, ?, ?, ?)"))
        .integer(present_.id)
        .text(index.name)
        .integer(std::int64_t{index.unique})
        .text(text)
        .finish();
    return {};
}

/// True: something changed.
Result<bool> bring_up_to(Connection& connection, const atr::Schema& schema) {
    bool changed = create_system_tables(connection);
    const Catalog catalog = Catalog::load(connection);
    if (catalog.schema_version > schema.version)
        return rejected(ATR_E_CONFIG, connection.path() + " has schema version " +
                                          std::to_string(catalog.schema_version) + ", this program knows version " +
                                          std::to_string(schema.version) +
                                          ": start the newer program, or restore a backup made before it ran");
    std::vector<Collection> present = catalog.collections();
    changed = changed || catalog.schema_version != schema.version;
    for (const auto& wanted : schema.collections) {
        const Collection* there = find(present, wanted.name);
        if (there && (there->name != wanted.name || (there->kind == CollectionKind::counters) != wanted.counter))
            return rejected(ATR_E_BAD_INPUT, "collection '" + wanted.name + "': the database has '" + there->name +
                                                 "', which differs in case or in being a COUNTER collection");
        auto migrated = CollectionMigration(connection, wanted, there ? *there : Collection{}).run();
        if (!migrated) return migrated.error();
        changed = changed || *migrated;
    }
    if (changed)
        Run(connection.prepared("UPDATE atr_state SET generation = generation + 1, schema_version = ?"))
            .integer(schema.version)
            .finish();
    return changed;
}

}  // namespace

Result<> check_schema(const atr::Schema& schema) {
    std::set<std::string> seen;
    for (const auto& collection : schema.collections) {
        if (!is_name(collection.name) || is_reserved(collection.name))
            return rejected(ATR_E_BAD_INPUT, "collection '" + collection.name +
                                                 "': a name is 1 to 64 of letters, digits, '_', '-' and '.', and does "
                                                 "not begin with atr. atr_ or sqlite_");
        if (!seen.insert(lower(collection.name)).second)
            return rejected(ATR_E_BAD_INPUT, "collection '" + collection.name + "' is declared twice");
        std::set<std::string> indexes;
        for (const auto& index : collection.indexes) {
            if (auto checked = check_index(collection, index); !checked) return checked;
            if (!indexes.insert(lower(index.name)).second)
                return rejected(ATR_E_BAD_INPUT,
                                "collection '" + collection.name + "': index '" + index.name + "' is declared twice");
        }
    }
    if (schema.version < 1 || schema.version > INT64_MAX)
        return rejected(ATR_E_BAD_INPUT, "schema version out of range");
    return {};
}

Result<> apply_schema(WriteTransaction& transaction, const atr::Schema& schema) {
    Savepoint savepoint(transaction.connection());
    savepoint.open();
    auto changed = bring_up_to(transaction.connection(), schema);
    if (!changed) {
        savepoint.undo();
        return changed.error();
    }
    savepoint.keep();
    if (*changed) {
        transaction.touch();
        transaction.load_catalog();
    }
    return {};
}

}  // namespace storage_sqlite
