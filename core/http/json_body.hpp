/// Typed reading of a JSON object, collecting every error with its pointer instead of stopping at the first.
#pragma once

#include <atr/decimal.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "http/json_value.hpp"

namespace treasurer::http {

/// The JSON object that a request carries. Problems: invalid_json; unsupported_media_type when Content-Type names
/// another type (without one, JSON is assumed).
Parsed<JsonValue> json_object_of(const Request& request, JsonLimits limits = {});

/// Reads members of an object. Members nobody asks for are ignored. A member that is null counts as absent.
/// Lifetime: the value must outlive it.
class JsonBody {
public:
    explicit JsonBody(const JsonValue& object, std::string pointer = {})
        : object_(object), pointer_(std::move(pointer)) {}

    /// Texts are at most `max_bytes` long; a required one is not empty.
    std::optional<std::string> text(std::string_view name, std::size_t max_bytes = 1024);
    std::string required_text(std::string_view name, std::size_t max_bytes = 1024);
    /// A JSON number or a string with decimal text; exact either way.
    std::optional<atr::Decimal> decimal(std::string_view name);
    atr::Decimal required_decimal(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<bool> boolean(std::string_view name);

    /// Refuses every member of another name: for requests where one that is misspelt must not be passed over.
    void only(std::initializer_list<std::string_view> names);
    /// Adds an error found by the caller.
    void refuse(std::string_view name, std::string detail);
    bool ok() const { return errors_.empty(); }
    /// validation_failed, with all errors.
    Problem problem() const;

private:
    const JsonValue* find(std::string_view name) const;

    const JsonValue& object_;
    const std::string pointer_;
    std::vector<FieldError> errors_;
};

}  // namespace treasurer::http
