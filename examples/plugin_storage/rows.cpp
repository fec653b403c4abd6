#include "rows.hpp"

namespace journal_storage {

namespace {

Json to_json(const std::vector<atr::IndexEntry>& index) {
    Json out = Json::array();
    for (const auto& entry : index) {
        Json values = Json::array();
        for (const auto& value : entry.values) values.push_back({value.type, value.integer, value.text});
        out.push_back({entry.index, std::move(values)});
    }
    return out;
}

std::vector<atr::IndexEntry> index_from(const Json& json) {
    std::vector<atr::IndexEntry> out;
    for (const auto& entry : json) {
        auto& made = out.emplace_back(atr::IndexEntry{.index = entry[0], .values = {}});
        for (const auto& value : entry[1])
            made.values.push_back({.type = value[0], .integer = value[1], .text = value[2]});
    }
    return out;
}

atr::Schema schema_from(const Json& json) {
    atr::Schema out{.version = json["version"], .collections = {}};
    for (const auto& from : json["collections"]) {
        atr::CollectionDef collection{.name = from["name"], .indexes = {}, .counter = from["counter"]};
        for (const auto& index : from["indexes"]) {
            auto& made = collection.indexes.emplace_back(
                atr::IndexDef{.name = index["name"], .columns = {}, .unique = index["unique"]});
            for (const auto& column : index["columns"]) made.columns.push_back({column[0], column[1]});
        }
        out.collections.push_back(std::move(collection));
    }
    return out;
}

std::optional<atr::Value> value_at(const Json& body, const atr::IndexColumn& column) {
    const Json::json_pointer pointer(column.json_pointer);
    if (!body.contains(pointer)) return std::nullopt;
    const Json& found = body.at(pointer);
    if (found.is_string() && (column.type == ATR_T_TEXT || column.type == ATR_T_DEC))
        return atr::Value{.type = column.type, .text = found};
    if (found.is_number_integer() && column.type == ATR_T_INT) return atr::Value::of(found.get<std::int64_t>());
    if (found.is_boolean() && column.type == ATR_T_BOOL)
        return atr::Value{.type = ATR_T_BOOL, .integer = found.get<bool>()};
    return std::nullopt;
}

template <class T>
int order(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

const Row* Rows::find(const Place& place, const Changes* pending) const {
    if (pending)
        if (const auto changed = pending->find(place); changed != pending->end())
            return changed->second ? &*changed->second : nullptr;
    const auto* rows = collection(place.first);
    const auto found = rows ? rows->find(place.second) : decltype(rows->find(place.second)){};
    return rows && found != rows->end() ? &found->second : nullptr;
}

const std::map<std::string, Row>* Rows::collection(const std::string& name) const {
    const auto found = rows_.find(name);
    return found == rows_.end() ? nullptr : &found->second;
}

const atr::CollectionDef* Rows::definition(const std::string& name) const {
    for (const auto& collection : schema_.collections)
        if (collection.name == name) return &collection;
    return nullptr;
}

void Rows::apply(const Json& entry) {
    if (entry.contains("schema")) {
        schema_ = schema_from(entry["schema"]);
        for (const auto& collection : schema_.collections) rows_[collection.name];
        for (const char* own : {"atr.jobs", "atr.keys", "atr.blobs"}) rows_[own];
        return;
    }
    const bool told = entry["told"];
    if (told) seq_ = entry["seq"];
    for (const auto& change : entry["rows"]) {
        const Place place{change[0], change[1]};
        if (change.size() == 2)
            rows_[place.first].erase(place.second);
        else
            rows_[place.first][place.second] = {change[2], change[3], change[4], index_from(change[5]), change[6]};
        if (told && !place.first.empty()) feed_.push_back({seq_, entry["at"], place});
    }
}

Json commit_entry(std::uint64_t seq, std::int64_t now_ms, const Changes& changes, bool told) {
    Json rows = Json::array();
    for (const auto& [place, row] : changes) {
        Json one = {place.first, place.second};
        if (row)
            for (Json part :
                 {Json(row->version), Json(row->updated_ms), Json(row->body), to_json(row->index), row->extra})
                one.push_back(std::move(part));
        rows.push_back(std::move(one));
    }
    return {{"seq", seq}, {"at", now_ms}, {"told", told}, {"rows", std::move(rows)}};
}

Json schema_entry(const atr::Schema& schema) {
    Json collections = Json::array();
    for (const auto& collection : schema.collections) {
        Json indexes = Json::array();
        for (const auto& index : collection.indexes) {
            Json columns = Json::array();
            for (const auto& column : index.columns) columns.push_back(Json::array({column.json_pointer, column.type}));
            indexes.push_back({{"name", index.name}, {"unique", index.unique}, {"columns", std::move(columns)}});
        }
        collections.push_back(
            {{"name", collection.name}, {"counter", collection.counter}, {"indexes", std::move(indexes)}});
    }
    return {{"schema", {{"version", schema.version}, {"collections", std::move(collections)}}}};
}

std::optional<std::vector<atr::Value>> index_values(const Row& row, const atr::IndexDef& index) {
    for (const auto& entry : row.index)
        if (entry.index == index.name) return entry.values;
    const Json body = Json::parse(row.body, nullptr, false);
    if (!body.is_structured()) return std::nullopt;
    std::vector<atr::Value> out;
    for (const auto& column : index.columns) {
        auto value = value_at(body, column);
        if (!value) return std::nullopt;
        out.push_back(std::move(*value));
    }
    return out;
}

int compare(const atr::Value& a, const atr::Value& b) {
    if (a.type != b.type) return order(a.type, b.type);
    if (a.type == ATR_T_TEXT) return order(a.text, b.text);
    if (a.type == ATR_T_DEC)
        return order(atr::Decimal::parse(a.text).value_or(0), atr::Decimal::parse(b.text).value_or(0));
    return order(a.integer, b.integer);
}

}  // namespace journal_storage
