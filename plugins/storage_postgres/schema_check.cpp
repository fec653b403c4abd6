#include <nlohmann/json.hpp>
#include <set>

#include "migration.hpp"
#include "names.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;

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

Result<> check_collection(const atr::CollectionDef& collection) {
    if (!is_name(collection.name) || is_reserved(collection.name))
        return rejected(ATR_E_BAD_INPUT, "collection '" + collection.name +
                                             "': a name is 1 to 64 of letters, digits, '_', '-' and '.', and does "
                                             "not begin with atr. atr_ or pg_");
    std::set<std::string> indexes;
    for (const auto& index : collection.indexes) {
        if (auto checked = check_index(collection, index); !checked) return checked;
        if (!indexes.insert(lower(index.name)).second)
            return rejected(ATR_E_BAD_INPUT,
                            "collection '" + collection.name + "': index '" + index.name + "' is declared twice");
    }
    return {};
}

}  // namespace

Result<> check_schema(const atr::Schema& schema) {
    std::set<std::string> seen;
    for (const auto& collection : schema.collections) {
        if (auto checked = check_collection(collection); !checked) return checked;
        if (!seen.insert(lower(collection.name)).second)
            return rejected(ATR_E_BAD_INPUT, "collection '" + collection.name + "' is declared twice");
    }
    if (schema.version < 1 || schema.version > INT64_MAX)
        return rejected(ATR_E_BAD_INPUT, "schema version out of range");
    return {};
}

}  // namespace storage_postgres
