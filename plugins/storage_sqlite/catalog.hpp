/// What the database holds: collections, their real columns and their indexes, as read from its own description
/// (tables atr_collections, atr_columns, atr_indexes). Immutable once loaded; every migration that changes something
/// raises the generation, by which other processes notice that theirs is old.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection.hpp"

namespace storage_sqlite {

/// One indexed value. A decimal has two real columns: its canonical text, and `<name>__order` that sorts by value.
struct Column {
    std::string name;
    std::string json_pointer;
    std::int32_t type;  ///< ATR_T_*
    bool is_decimal() const;
    std::string order_name() const { return name + "__order"; }
    /// The real column that queries compare and sort by.
    std::string sort_name() const { return is_decimal() ? order_name() : name; }
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
    /// The real columns that hold indexed values, quoted, in the order in which values are bound.
    std::vector<std::string> value_columns() const;
};

class Catalog {
public:
    /// Inside a transaction of `connection`. A database without the plugin's tables gives the empty catalog,
    /// generation 0.
    static Catalog load(Connection& connection);

    const Collection* find(std::string_view collection) const;
    const Collection* find(std::int64_t id) const;
    const std::vector<Collection>& collections() const { return collections_; }

    std::int64_t generation = 0;
    std::uint64_t schema_version = 0;

private:
    void add(Collection collection);
    std::vector<Collection> collections_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::unordered_map<std::int64_t, std::size_t> by_id_;
};

inline constexpr std::int64_t jobs_collection_id = 1;
inline constexpr std::int64_t keys_collection_id = 2;
inline constexpr std::int64_t first_own_collection_id = 100;

}  // namespace storage_sqlite
