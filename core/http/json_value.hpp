/// JSON as clients send it, read strictly and without binary floating point: numbers keep their text.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/api_problem.hpp"

namespace treasurer::http {

/// A number as it was written: "0.1", "1e2", "12345678901234567890.12".
struct JsonNumberText {
    std::string text;

    /// The exact value, exponents included; nullopt when it needs more than 38 digits or 38 decimals.
    std::optional<atr::Decimal> decimal() const;
    /// nullopt for a number with a fraction, or beyond 64 bits.
    std::optional<std::int64_t> integer() const;
};

class JsonValue {
public:
    using Array = std::vector<JsonValue>;
    using Member = std::pair<std::string, JsonValue>;
    using Object = std::vector<Member>;  ///< in the order they came; no name twice

    JsonValue() = default;
    template <class T>
    explicit JsonValue(T value) : state_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
    const bool* boolean() const { return std::get_if<bool>(&state_); }
    const JsonNumberText* number() const { return std::get_if<JsonNumberText>(&state_); }
    const std::string* string() const { return std::get_if<std::string>(&state_); }
    const Array* array() const { return std::get_if<Array>(&state_); }
    const Object* object() const { return std::get_if<Object>(&state_); }
    Array* array() { return std::get_if<Array>(&state_); }
    Object* object() { return std::get_if<Object>(&state_); }

    /// A member of an object; nullptr when there is none.
    const JsonValue* find(std::string_view name) const;

private:
    std::variant<std::monostate, bool, JsonNumberText, std::string, Array, Object> state_;
};

struct JsonLimits {
    std::size_t max_depth = 32;
    std::size_t max_values = 10'000;  ///< in all, so that a small body cannot become a large tree
    std::size_t max_members = 256;    ///< of one object
};

/// Reads one JSON text (RFC 8259, UTF-8). Problems: invalid_json, saying what and at which byte: malformed, invalid
/// UTF-8, a name twice in one object, too deep, too many values or members, a number beyond what a double can hold.
Parsed<JsonValue> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace treasurer::http
