#include "simulation/memory_query.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace treasurer::simulation {
namespace {

int sign(std::strong_ordering order) {
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::optional<atr::Value> value_at(const nlohmann::json& body, const atr::IndexColumn& column) {
    const nlohmann::json::json_pointer pointer(column.json_pointer);
    if (!body.contains(pointer)) return std::nullopt;
    const auto& found = body.at(pointer);
    if (found.is_string() && (column.type == ATR_T_TEXT || column.type == ATR_T_DEC))
        return atr::Value{.type = column.type, .text = found.get<std::string>()};
    if (found.is_number_integer() && column.type == ATR_T_INT) return atr::Value::of(found.get<std::int64_t>());
    if (found.is_boolean() && column.type == ATR_T_BOOL)
        return atr::Value{.type = ATR_T_BOOL, .integer = found.get<bool>() ? 1 : 0};
    return std::nullopt;
}

const atr::Value null_value{};

}  // namespace

int compare(const atr::Value& a, const atr::Value& b) {
    if (a.type != b.type) return a.type < b.type ? -1 : 1;
    switch (a.type) {
        case ATR_T_INT:
        case ATR_T_BOOL:
            return sign(a.integer <=> b.integer);
        case ATR_T_DEC:
            return sign(atr::Decimal::parse(a.text).value_or(0) <=> atr::Decimal::parse(b.text).value_or(0));
        default:
            return sign(a.text.compare(b.text) <=> 0);
    }
}

int compare(const Position& a, const Position& b) {
    for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i)
        if (const int order = compare(a.values[i], b.values[i])) return order;
    return sign(a.key.compare(b.key) <=> 0);
}

std::optional<std::vector<atr::Value>> index_values(const atr::Record& record, const atr::IndexDef& index) {
    for (const auto& entry : record.index)
        if (entry.index == index.name) return entry.values;
    const auto body = nlohmann::json::parse(record.body, nullptr, false);
    if (body.is_discarded()) return std::nullopt;
    std::vector<atr::Value> out;
    for (const auto& column : index.columns) {
        auto value = value_at(body, column);
        if (!value) return std::nullopt;
        out.push_back(std::move(*value));
    }
    return out;
}

bool matches(const atr::Query& query, const Position& position) {
    std::vector<atr::Value> values = position.values;
    if (query.index.empty()) values = {atr::Value::of(position.key)};
    if (query.eq.size() > values.size()) return false;
    for (std::size_t i = 0; i < query.eq.size(); ++i)
        if (compare(values[i], query.eq[i]) != 0) return false;
    const auto& next = query.eq.size() < values.size() ? values[query.eq.size()] : null_value;
    if (query.lo.type != ATR_T_NULL && compare(next, query.lo) < 0) return false;
    return query.hi.type == ATR_T_NULL || compare(next, query.hi) < 0;
}

std::string to_cursor(const Position& position) {
    nlohmann::json values = nlohmann::json::array();
    for (const auto& value : position.values) values.push_back({value.type, value.integer, value.text});
    const auto bytes = nlohmann::json::to_cbor(nlohmann::json{values, position.key});
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (const auto byte : bytes) {
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

std::optional<Position> from_cursor(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const auto digit = [](char c) {
            return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        };
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    try {
        const auto json = nlohmann::json::from_cbor(bytes);
        Position out;
        for (const auto& value : json.at(0))
            out.values.push_back({.type = value.at(0), .integer = value.at(1), .text = value.at(2)});
        out.key = json.at(1);
        return out;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace treasurer::simulation
