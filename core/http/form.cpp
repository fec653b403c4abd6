#include "http/form.hpp"

#include "http/characters.hpp"
#include "http/media_type.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t max_parts = 100;

Problem malformed(const char* why) {
    return {.code = ErrorCode::invalid_form, .detail = why};
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

Parsed<Form> parse_urlencoded(std::string_view body) {
    Form out;
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        if (pair.empty()) continue;
        if (out.parts.size() == max_parts) return malformed("The form has too many fields.");
        const auto equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value) return malformed("The form holds a broken % escape.");
        out.parts.push_back({std::move(*name), std::move(*value)});
    }
    return out;
}

/// Reads the header lines of a part; false when they make no form field.
bool read_part_head(std::string_view head, FormPart& part) {
    bool named = false;
    while (!head.empty()) {
        const auto line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(line.size() + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const auto name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
        if (equal_ignoring_case(name, "Content-Type")) part.media_type = value;
        if (!equal_ignoring_case(name, "Content-Disposition")) continue;
        const auto semicolon = value.find(';');
        if (!equal_ignoring_case(trimmed(value.substr(0, semicolon)), "form-data")) return false;
        const auto parameters = value.substr(std::min(semicolon, value.size()));
        const auto field = parameter_of(parameters, "name");
        if (!field) return false;
        named = true;
        part.name = *field;
        part.filename = parameter_of(parameters, "filename").value_or("");
    }
    return named;
}

Parsed<Form> parse_multipart(std::string_view body, const std::string& boundary) {
    if (boundary.empty() || boundary.size() > 70) return malformed("The multipart boundary is missing or too long.");
    const std::string first = "--" + boundary, delimiter = "\r\n--" + boundary;
    const auto begin = body.starts_with(first) ? 0 : body.find(delimiter);
    if (begin == std::string_view::npos) return malformed("The multipart body has no boundary.");
    body.remove_prefix(begin + (begin == 0 && body.starts_with(first) ? first.size() : delimiter.size()));
    Form out;
    for (;;) {
        if (body.starts_with("--")) return out;
        if (!body.starts_with("\r\n")) return malformed("A multipart boundary is malformed.");
        if (out.parts.size() == max_parts) return malformed("The form has too many fields.");
        body.remove_prefix(2);
        const auto head_end = body.find("\r\n\r\n");
        if (head_end == std::string_view::npos || head_end > 4096)
            return malformed("A multipart field has no proper head.");
        const auto end = body.find(delimiter, head_end + 2);
        if (end == std::string_view::npos) return malformed("The multipart body is cut short.");
        FormPart part;
        if (!read_part_head(body.substr(0, head_end), part)) return malformed("A multipart field has no name.");
        if (end > head_end + 4) part.value = body.substr(head_end + 4, end - head_end - 4);
        out.parts.push_back(std::move(part));
        body.remove_prefix(end + delimiter.size());
    }
}

}  // namespace

std::optional<std::string_view> Form::find(std::string_view name) const {
    for (const auto& part : parts)
        if (part.name == name) return part.value;
    return std::nullopt;
}

Parsed<Form> form_of(const Request& request) {
    const auto header = request.headers.find("Content-Type");
    const auto type = header ? parse_media_type(*header) : std::nullopt;
    if (type && type->name == "application/x-www-form-urlencoded") return parse_urlencoded(request.body);
    if (type && type->name == "multipart/form-data")
        return parse_multipart(request.body, type->parameter("boundary").value_or(""));
    return Problem{.code = ErrorCode::unsupported_media_type, .detail = "This needs a form."};
}

}  // namespace treasurer::http
