#include "http/conditional.hpp"

#include <optional>

#include "auth/digest.hpp"
#include "http/characters.hpp"

namespace treasurer::http {
namespace {

struct EntityTag {
    bool is_weak = false;
    std::string_view text;  ///< with its quotes
};

/// Inside the quotes: visible ASCII but the quote, and bytes above ASCII.
bool is_tag_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

std::string_view after_space(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

/// Takes the first tag off `text`; nullopt when it does not begin with one.
std::optional<EntityTag> take_tag(std::string_view& text) {
    EntityTag out;
    std::string_view rest = text;
    if (rest.starts_with("W/")) {
        out.is_weak = true;
        rest.remove_prefix(2);
    }
    if (!rest.starts_with('"')) return std::nullopt;
    std::size_t end = 1;
    while (end < rest.size() && is_tag_char(rest[end])) ++end;
    if (end == rest.size() || rest[end] != '"') return std::nullopt;
    out.text = rest.substr(0, end + 1);
    text = rest.substr(end + 1);
    return out;
}

/// True when `wanted` says so of a tag in the list, which may have empty elements.
template <class Wanted>
bool any_tag(std::string_view list, Wanted wanted) {
    for (;;) {
        list = after_space(list);
        if (list.starts_with(',')) {
            list.remove_prefix(1);
            continue;
        }
        const auto tag = take_tag(list);
        if (!tag) return false;
        list = after_space(list);
        if (!list.empty() && list.front() != ',') return false;
        if (wanted(*tag)) return true;
    }
}

}  // namespace

std::string entity_tag(std::string_view bytes) {
    return '"' + auth::sha256_hex(bytes).substr(0, 32) + '"';
}

std::string tag_of_coding(std::string_view tag, std::string_view coding) {
    std::string out(tag.substr(0, tag.size() - 1));
    return out.append("-").append(coding).append("\"");
}

std::string list_field(const Headers& headers, std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!equal_ignoring_case(headers[i].name, name)) continue;
        if (!out.empty()) out += ", ";
        out += headers[i].value;
    }
    return out;
}

bool names_tag(std::string_view list, std::string_view tag) {
    if (trimmed(list) == "*") return true;
    return any_tag(list, [&](const EntityTag& one) { return one.text == tag; });
}

bool names_tag_strongly(std::string_view list, std::string_view tag) {
    if (trimmed(list) == "*") return true;
    return any_tag(list, [&](const EntityTag& one) {
        return !one.is_weak && (one.text == tag || one.text == tag_of_coding(tag, "gz"));
    });
}

}  // namespace treasurer::http
