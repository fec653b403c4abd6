#include "http/request_target.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

constexpr Refusal kBadTarget{400, "bad_target", "The request target is not a valid path or absolute URL."};
constexpr Refusal kBadEscape{400, "bad_escape", "The request target holds a broken or forbidden percent-escape."};
constexpr Refusal kNotAProxy{501, "not_implemented", "This server is not a proxy; CONNECT is not implemented."};

enum class Part { path, query };

bool is_forbidden(char decoded, Part part) {
    if (part == Part::query) return decoded == '\0';
    return static_cast<unsigned char>(decoded) < 0x20 || decoded == 0x7f || decoded == '/';
}

bool decode(std::string_view text, Part part, std::string& out) {
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (part == Part::query && text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            const auto decoded = static_cast<char>(high * 16 + low);
            if (is_forbidden(decoded, part)) return false;
            out += decoded;
            i += 2;
        }
    }
    return true;
}

bool decode_query(std::string_view text, std::vector<QueryParameter>& out) {
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        QueryParameter parameter;
        if (!decode(pair.substr(0, equals), Part::query, parameter.name)) return false;
        if (equals != std::string_view::npos && !decode(pair.substr(equals + 1), Part::query, parameter.value)) {
            return false;
        }
        out.push_back(std::move(parameter));
    }
    return true;
}

/// Takes `scheme://authority` off an absolute target; false when it is none of ours.
bool take_authority(std::string_view& target, RequestTarget& out) {
    const auto colon = target.find("://");
    if (colon == std::string_view::npos) return false;
    const auto scheme = target.substr(0, colon);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return false;
    target.remove_prefix(colon + 3);
    const auto end = std::min(target.find_first_of("/?"), target.size());
    out.authority = target.substr(0, end);
    target.remove_prefix(end);
    return is_valid_authority(out.authority);
}

bool is_name_char(char c) {
    return is_digit(c) || is_alpha(c) || detail::in("-._~!$&'()*+,;=", c);
}

/// reg-name of RFC 3986, which includes IPv4.
bool is_name(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '%') {
            if (name.size() - i < 3 || hex_value(name[i + 1]) < 0 || hex_value(name[i + 2]) < 0) return false;
            i += 2;
        } else if (!is_name_char(name[i])) {
            return false;
        }
    }
    return !name.empty();
}

bool is_bracketed_address(std::string_view host) {
    return host.size() > 3 && host.front() == '[' && host.back() == ']' && host.find(':') != std::string_view::npos &&
           std::all_of(host.begin() + 1, host.end() - 1,
                       [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

bool is_port(std::string_view port) {
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
    int number = 0;
    for (const char c : port) number = number * 10 + (c - '0');
    return number <= 65535;
}

}  // namespace

std::optional<Refusal> parse_target(std::string_view method, std::string_view target, RequestTarget& out) {
    if (method == "CONNECT") return kNotAProxy;
    if (!std::all_of(target.begin(), target.end(), is_target_char)) return kBadTarget;
    if (target == "*") {
        if (method != "OPTIONS") return kBadTarget;
        out.path = "*";
        return std::nullopt;
    }
    const bool is_absolute = !target.starts_with('/');
    if (is_absolute && !take_authority(target, out)) return kBadTarget;
    const auto question = target.find('?');
    const auto path = target.substr(0, question);
    if (!decode(path.empty() ? "/" : path, Part::path, out.path)) return kBadEscape;
    if (question != std::string_view::npos && !decode_query(target.substr(question + 1), out.query)) return kBadEscape;
    return std::nullopt;
}

bool is_valid_authority(std::string_view authority) {
    const bool is_bracketed = authority.starts_with('[');
    const auto bracket = authority.find(']');
    if (is_bracketed && bracket == std::string_view::npos) return false;
    const auto host = authority.substr(0, is_bracketed ? bracket + 1 : authority.find(':'));
    const auto rest = authority.substr(host.size());
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
    return is_bracketed ? is_bracketed_address(host) : is_name(host);
}

}  // namespace treasurer::http
