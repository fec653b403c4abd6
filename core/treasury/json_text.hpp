/// Writes the JSON of the original service's endpoints, whose amounts are JSON numbers: they are written from the exact
/// decimal, which a JSON library would take through a double.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/json_string.hpp"

namespace treasurer::treasury {

/// 5000 -> 5000.0: at least one decimal, so that a reader takes it for a number that may have more.
inline std::string json_number(const atr::Decimal& value) {
    return value.to_fixed(1);
}
/// Null without a value.
inline std::string json_number(const std::optional<atr::Decimal>& value) {
    return value ? json_number(*value) : "null";
}
/// Of a decimal text; null for one that is empty or malformed.
inline std::string json_number_of(std::string_view text) {
    return json_number(atr::Decimal::parse(text));
}
inline std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}
/// Null for an empty text.
inline std::string json_string_or_null(const std::string& text) {
    return text.empty() ? "null" : json_string(text);
}

/// One object, in the order its members are added.
class JsonObject {
public:
    /// `value` is JSON already.
    JsonObject& add(std::string_view name, std::string_view value) {
        text_ += text_.size() > 1 ? ",\"" : "\"";
        text_ += name;
        text_ += "\":";
        text_ += value;
        return *this;
    }
    std::string done() && { return std::move(text_) + '}'; }

private:
    std::string text_ = "{";
};

}  // namespace treasurer::treasury
