#include "config/schema_check.hpp"

#include <cmath>

#include "config/suggestion.hpp"
#include "config/text_pattern.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

constexpr int max_schema_depth = 64;

bool is_whole(const Json& value) {
    if (value.is_number_integer()) return true;
    if (!value.is_number_float()) return false;
    const double number = value.get<double>();
    return std::isfinite(number) && std::trunc(number) == number;
}

bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "number") return value.is_number();
    if (type == "integer") return is_whole(value);
    if (type == "null") return value.is_null();
    return true;
}

std::string in_words(const std::string& type) {
    if (type == "object") return "a map";
    if (type == "array") return "a list";
    if (type == "string") return "a text";
    if (type == "boolean") return "true or false";
    if (type == "integer") return "a whole number";
    if (type == "null") return "nothing";
    return "a " + type;
}

std::size_t characters(const std::string& text) {
    std::size_t out = 0;
    for (const char c : text) out += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    return out;
}

/// 64-bit integers fit a long double of the x86 and of IEEE quad exactly.
long double number(const Json& value) {
    if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
    if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
    return static_cast<long double>(value.get<double>());
}

class Checker {
public:
    std::vector<SchemaProblem> take() { return std::move(problems_); }

    void check(const Json& value, const Json& schema, const std::string& pointer) {
        if (schema.is_boolean() && !schema.get<bool>()) return report(pointer, "is not allowed");
        if (!schema.is_object()) return;
        if (!check_type(value, schema, pointer)) return;
        check_listed(value, schema, pointer);
        if (value.is_number()) check_number(value, schema, pointer);
        if (value.is_string()) check_text(value.get_ref<const std::string&>(), schema, pointer);
        if (value.is_object()) check_object(value, schema, pointer);
        if (value.is_array()) check_array(value, schema, pointer);
    }

private:
    void report(const std::string& pointer, std::string what, bool about_name = false) {
        problems_.push_back({pointer, std::move(what), about_name});
    }

    bool check_type(const Json& value, const Json& schema, const std::string& pointer) {
        const auto type = schema.find("type");
        if (type == schema.end()) return true;
        const Json types = type->is_array() ? *type : Json::array({*type});
        std::string wanted;
        for (const Json& one : types) {
            if (!one.is_string() || has_type(value, one.get<std::string>())) return true;
            wanted += (wanted.empty() ? "" : " or ") + in_words(one.get<std::string>());
        }
        report(pointer, "must be " + wanted + "; found " + value.dump(-1, ' ', false, Json::error_handler_t::replace));
        return false;
    }

    void check_listed(const Json& value, const Json& schema, const std::string& pointer) {
        const auto constant = schema.find("const");
        if (constant != schema.end() && *constant != value) report(pointer, "must be " + constant->dump());
        const auto allowed = schema.find("enum");
        if (allowed == schema.end() || !allowed->is_array()) return;
        std::vector<std::string> words;
        std::string list;
        for (const Json& one : *allowed) {
            if (one == value) return;
            if (one.is_string()) words.push_back(one.get<std::string>());
            list += (list.empty() ? "" : ", ") + one.dump();
        }
        report(pointer, "must be one of " + list +
                            (value.is_string() ? suggestion(value.get<std::string>(), words) : std::string()));
    }

    void check_number(const Json& value, const Json& schema, const std::string& pointer) {
        const auto bound = [&](const char* keyword, const char* words, auto&& holds) {
            const auto limit = schema.find(keyword);
            if (limit == schema.end() || !limit->is_number() || holds(number(value), number(*limit))) return;
            report(pointer, std::string("must be ") + words + ' ' + limit->dump() + "; found " + value.dump());
        };
        bound("minimum", "at least", [](auto a, auto b) { return a >= b; });
        bound("maximum", "at most", [](auto a, auto b) { return a <= b; });
        bound("exclusiveMinimum", "more than", [](auto a, auto b) { return a > b; });
        bound("exclusiveMaximum", "less than", [](auto a, auto b) { return a < b; });
    }

    void check_count(std::size_t count, const Json& schema, const std::string& pointer, const char* least,
                     const char* most, const std::string& unit) {
        const auto low = schema.find(least), high = schema.find(most);
        if (low != schema.end() && low->is_number() && static_cast<long double>(count) < number(*low))
            report(pointer, "must have at least " + low->dump() + ' ' + unit);
        if (high != schema.end() && high->is_number() && static_cast<long double>(count) > number(*high))
            report(pointer, "must have at most " + high->dump() + ' ' + unit);
    }

    void check_text(const std::string& text, const Json& schema, const std::string& pointer) {
        check_count(characters(text), schema, pointer, "minLength", "maxLength", "characters");
        const auto pattern = schema.find("pattern");
        if (pattern == schema.end() || !pattern->is_string()) return;
        if (!has_form(text, pattern->get<std::string>()).value_or(true))
            report(pointer, "'" + text + "' does not have the form " + pattern->get<std::string>());
    }

    void check_object(const Json& value, const Json& schema, const std::string& pointer) {
        static const Json none = Json::object();
        const auto known = schema.find("properties");
        const Json& properties = known != schema.end() && known->is_object() ? *known : none;
        const auto rest = schema.find("additionalProperties");
        for (const auto& [key, child] : value.items()) {
            const std::string at = pointer + '/' + pointer_token(key);
            const auto property = properties.find(key);
            if (property != properties.end())
                check(child, *property, at);
            else if (rest != schema.end() && rest->is_boolean() && !rest->get<bool>())
                report(at, "unknown setting '" + key + "'" + suggestion(key, names(properties)), true);
            else if (rest != schema.end())
                check(child, *rest, at);
        }
        const auto required = schema.find("required");
        if (required == schema.end() || !required->is_array()) return;
        for (const Json& name : *required)
            if (name.is_string() && !value.contains(name.get<std::string>()))
                report(pointer, "the setting '" + name.get<std::string>() + "' is missing");
    }

    void check_array(const Json& value, const Json& schema, const std::string& pointer) {
        check_count(value.size(), schema, pointer, "minItems", "maxItems", "entries");
        const auto items = schema.find("items");
        if (items == schema.end() || items->is_array()) return;
        for (std::size_t i = 0; i < value.size(); ++i) check(value[i], *items, pointer + '/' + std::to_string(i));
    }

    static std::vector<std::string> names(const Json& properties) {
        std::vector<std::string> out;
        for (const auto& [name, schema] : properties.items()) out.push_back(name);
        return out;
    }

    std::vector<SchemaProblem> problems_;
};

}  // namespace

std::string pointer_token(const std::string& key) {
    std::string out;
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::optional<Json> read_schema(std::string_view text) {
    bool too_deep = false;
    const auto watch_depth = [&](int depth, Json::parse_event_t, const Json&) {
        too_deep = too_deep || depth > max_schema_depth;
        return !too_deep;
    };
    Json out = Json::parse(text, watch_depth, false);
    return out.is_object() && !too_deep ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<SchemaProblem> check_schema(const Json& value, const Json& schema) {
    Checker checker;
    checker.check(value, schema, "");
    return checker.take();
}

}  // namespace treasurer
