#include "http/openapi/schema_text.hpp"

#include <algorithm>

namespace treasurer::http::openapi {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string code(std::string_view text) {
    return "<code>" + escaped(text) + "</code>";
}

std::string joined(const OrderedJson& values, std::string_view between) {
    std::string out;
    for (const auto& value : values) {
        if (!out.empty()) out += between;
        out += value.is_string() ? code(value.get<std::string>()) : code(value.dump());
    }
    return out;
}

std::string plain_type(const OrderedJson& schema) {
    const OrderedJson type = schema.value("type", OrderedJson());
    std::string out;
    if (type.is_string()) out = type.get<std::string>();
    if (type.is_array())
        for (const auto& one : type) out += (out.empty() ? "" : " or ") + one.get<std::string>();
    if (schema.contains("format")) out += ", " + schema["format"].get<std::string>();
    return out.empty() ? "anything" : out;
}

std::string bounds(const OrderedJson& schema) {
    std::string out;
    for (const auto& [name, words] : {std::pair{"minimum", "at least "}, std::pair{"maximum", "at most "},
                                      std::pair{"maxLength", "length at most "}, std::pair{"default", "default "}})
        if (schema.contains(name)) out += std::string(", ") + words + escaped(schema[name].dump());
    return out;
}

/// The object that a member's table of its own would be about; null: none.
const OrderedJson* nested_object(const OrderedJson& schema) {
    if (schema.contains("properties")) return &schema;
    return schema.contains("items") ? nested_object(schema["items"]) : nullptr;
}

void add_rows(std::string& out, const OrderedJson& schema, const std::string& before) {
    const OrderedJson required = schema.value("required", OrderedJson::array());
    for (const auto& [name, member] : schema.at("properties").items()) {
        const bool is_required = std::find(required.begin(), required.end(), name) != required.end();
        out += "<tr><th scope=\"row\">" + code(before + name) + (is_required ? "" : " <i>optional</i>") + "</th><td>" +
               type_of(member);
        if (member.contains("description")) out += ". " + sentence(member["description"].get<std::string>());
        out += "</td></tr>\n";
        if (const OrderedJson* inner = nested_object(member))
            add_rows(out, *inner, before + name + (inner == &member ? "." : "[]."));
    }
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    return out;
}

std::string sentence(std::string_view text) {
    std::string out;
    bool in_code = false;
    for (const char c : text) {
        if (c != '`') {
            out += escaped(std::string_view(&c, 1));
            continue;
        }
        out += in_code ? "</code>" : "<code>";
        in_code = !in_code;
    }
    return in_code ? out + "</code>" : out;
}

std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find("\n\n"));
        text.remove_prefix(std::min(one.size() + 2, text.size()));
        out += "<p>" + sentence(one) + "</p>\n";
    }
    return out;
}

std::string type_of(const OrderedJson& schema) {
    if (schema.contains("$ref")) {
        const auto path = schema["$ref"].get<std::string>();
        const std::string name = path.substr(path.rfind('/') + 1);
        return "<a href=\"#schema-" + escaped(name) + "\">" + escaped(name) + "</a>";
    }
    if (schema.contains("enum")) return "one of " + joined(schema["enum"], ", ");
    if (schema.contains("const")) return "always " + joined(OrderedJson::array({schema["const"]}), "");
    if (schema.contains("oneOf")) {
        std::string out;
        for (const auto& one : schema["oneOf"]) out += (out.empty() ? "" : ", or ") + type_of(one);
        return out;
    }
    if (schema.contains("items")) return "list of " + type_of(schema["items"]);
    return escaped(plain_type(schema)) + bounds(schema);
}

std::string members_of(const OrderedJson& schema, std::string_view caption) {
    const OrderedJson* object = nested_object(schema);
    if (!object) return {};
    std::string out = "<table><caption>" + escaped(caption) + "</caption><tbody>\n";
    add_rows(out, *object, "");
    return out + "</tbody></table>\n";
}

}  // namespace treasurer::http::openapi
