/// What the schema holds: collections, their real columns and their indexes, as read from its own description
/// (tables atr_collections, atr_columns, atr_indexes). Immutable once loaded; every migration that changes something
/// raises the generation, by which other hosts notice that theirs is old.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "session.hpp"

namespace storage_postgres {

/// One indexed value in its real column: bigint, boolean, numeric, or text in bytewise order.
struct Column {
    std::string name;
    std::string json_pointer;
    std::int32_t type;  ///< ATR_T_*
    ArrayColumn::Type array_type() const;
    /// What turns a parameter of array_type(), or of one value, into the column's type; empty: nothing to do.
    const char* cast() const;
    const char* sql_type() const;
};

struct Index {
    std::string name;
    std::vector<std::size_t> columns;  ///< into Collection::columns
    bool unique = false;
};

enum class CollectionKind { records, counters, jobs, keys };

struct Collection {
    std::int64_t id = 0;
    std::string name;
    std::string table;  ///< its table's name, not quoted
    CollectionKind kind = CollectionKind::records;
    std::vector<Column> columns;
    std::vector<Index> indexes;

    const Index* find_index(std::string_view index) const;
    bool has_unique_index() const;
};

class Catalog {
public:
    /// A schema without the plugin's tables gives the empty catalog, generation 0.
    static std::shared_ptr<const Catalog> load(Session& session, const std::string& schema, Deadline deadline);
    /// The same in a transaction that is open.
    static std::shared_ptr<const Catalog> load_in_transaction(Session& session, const std::string& schema,
                                                              Deadline deadline);

    /// The first generation, of these collections; without a database.
    static std::shared_ptr<const Catalog> of(std::vector<Collection> collections);

    const Collection* find(std::string_view collection) const;
    const Collection* find(std::int64_t id) const;
    const std::vector<Collection>& collections() const { return collections_; }

    std::int64_t generation = 0;
    std::uint64_t schema_version = 0;

private:
    static Statement find_tables(const std::string& schema);
    static std::shared_ptr<const Catalog> from_rows(const std::vector<Rows>& rows);
    void add(Collection collection);
    std::vector<Collection> collections_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::unordered_map<std::int64_t, std::size_t> by_id_;
};

inline constexpr std::int64_t jobs_collection_id = 1;
inline constexpr std::int64_t keys_collection_id = 2;
inline constexpr std::int64_t first_own_collection_id = 100;

}  // namespace storage_postgres
