#include "http/json_body.hpp"

#include "http/media_type.hpp"

#include <algorithm>

namespace treasurer::http {

Parsed<JsonValue> json_object_of(const Request& request, JsonLimits limits) {
    if (const auto header = request.headers.find("Content-Type")) {
        const auto type = parse_media_type(*header);
        if (!type || (type->name != "application/json" && !type->name.ends_with("+json")))
            return Problem{.code = ErrorCode::unsupported_media_type, .detail = "This needs application/json."};
    }
    auto value = parse_json(request.body, limits);
    if (value && !value->object())
        return Problem{.code = ErrorCode::invalid_json, .detail = "The body must be a JSON object."};
    return value;
}

const JsonValue* JsonBody::find(std::string_view name) const {
    const auto* value = object_.find(name);
    return value && !value->is_null() ? value : nullptr;
}

void JsonBody::only(std::initializer_list<std::string_view> names) {
    std::string known;
    for (const auto name : names) known += (known.empty() ? "" : ", ") + std::string(name);
    for (const auto& [name, value] : *object_.object())
        if (std::find(names.begin(), names.end(), name) == names.end())
            refuse(name, "is not a member of this request; it has " + known);
}

void JsonBody::refuse(std::string_view name, std::string detail) {
    std::string pointer = pointer_ + '/';
    for (const char c : name) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    errors_.push_back({std::move(pointer), std::move(detail)});
}

std::optional<std::string> JsonBody::text(std::string_view name, std::size_t max_bytes) {
    const auto* value = find(name);
    if (!value) return std::nullopt;
    if (!value->string()) {
        refuse(name, "must be a string");
        return std::nullopt;
    }
    if (value->string()->size() > max_bytes) {
        refuse(name, "may have at most " + std::to_string(max_bytes) + " bytes");
        return std::nullopt;
    }
    return *value->string();
}

std::string JsonBody::required_text(std::string_view name, std::size_t max_bytes) {
    if (!find(name)) {
        refuse(name, "is required");
        return {};
    }
    auto out = text(name, max_bytes);
    if (out && out->empty()) refuse(name, "must not be empty");
    return out.value_or(std::string());
}

std::optional<atr::Decimal> JsonBody::decimal(std::string_view name) {
    const auto* value = find(name);
    if (!value) return std::nullopt;
    std::optional<atr::Decimal> out;
    if (value->number()) out = value->number()->decimal();
    if (value->string()) out = atr::Decimal::parse(*value->string());
    if (!out) refuse(name, "must be a decimal number of at most 38 digits");
    return out;
}

atr::Decimal JsonBody::required_decimal(std::string_view name) {
    if (!find(name)) refuse(name, "is required");
    return decimal(name).value_or(atr::Decimal());
}

std::optional<std::int64_t> JsonBody::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto* value = find(name);
    if (!value) return std::nullopt;
    const auto out = value->number() ? value->number()->integer() : std::nullopt;
    if (out && *out >= min && *out <= max) return out;
    refuse(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
}

std::optional<bool> JsonBody::boolean(std::string_view name) {
    const auto* value = find(name);
    if (!value) return std::nullopt;
    if (!value->boolean()) {
        refuse(name, "must be true or false");
        return std::nullopt;
    }
    return *value->boolean();
}

Problem JsonBody::problem() const {
    return {.code = ErrorCode::validation_failed,
            .detail = "The request has members that cannot be used.",
            .errors = errors_};
}

}  // namespace treasurer::http
