#include "http/media_type.hpp"

#include <algorithm>
#include <compare>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

/// Calls visit(name, value) for each `;name=value`; quoted values may hold ';'. Values come unquoted.
template <class Visit>
void for_each_parameter(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const auto equals = text.find('='), semicolon = text.find(';');
        if (semicolon < equals) {
            text.remove_prefix(semicolon + 1);
            continue;
        }
        if (equals == std::string_view::npos) return;
        const auto name = trimmed(text.substr(0, equals));
        text.remove_prefix(equals + 1);
        std::string value;
        if (text.starts_with('"')) {
            text.remove_prefix(1);
            while (!text.empty() && text.front() != '"') {
                if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
                value += text.front();
                text.remove_prefix(1);
            }
        } else {
            value = trimmed(text.substr(0, text.find(';')));
        }
        const auto next = text.find(';');
        text = next == std::string_view::npos ? std::string_view{} : text.substr(next + 1);
        visit(name, value);
    }
}

/// "0.5" -> 500; what is no weight counts as 0.
int quality(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    if (text.size() > 1 && text[1] != '.') return 0;
    int out = text[0] == '1' ? 1000 : 0, unit = 100;
    for (const char c : text.size() > 2 ? text.substr(2) : std::string_view{}) {
        if (!is_digit(c)) return 0;
        out += (c - '0') * unit;
        unit /= 10;
    }
    return std::min(out, 1000);
}

/// 3 for type/subtype, 2 for type/*, 1 for */*, 0 when the range does not cover the type.
int specificity(std::string_view range, std::string_view media_type) {
    if (equal_ignoring_case(range, media_type)) return 3;
    if (range == "*/*") return 1;
    const auto slash = media_type.find('/');
    const bool covers =
        range.ends_with("/*") && equal_ignoring_case(range.substr(0, range.size() - 2), media_type.substr(0, slash));
    return covers ? 2 : 0;
}

/// What an Accept value says of a media type.
struct Preference {
    int weight = 0;  ///< 0..1000
    int place = 0;   ///< of the range that says so: -1 is the first, -2 the second

    auto operator<=>(const Preference&) const = default;
};

/// By the most specific range that covers it.
Preference preference_for(std::optional<std::string_view> accept, std::string_view media_type) {
    if (!accept || trimmed(*accept).empty()) return {.weight = 1000};
    Preference out;
    int best = 0, place = 0;
    for_each_element(*accept, [&](std::string_view element) {
        --place;
        const auto semicolon = element.find(';');
        const int found = specificity(trimmed(element.substr(0, semicolon)), media_type);
        if (found <= best) return;
        best = found;
        out.weight = semicolon == std::string_view::npos ? 1000 : quality_of(element.substr(semicolon + 1));
        out.place = place;
    });
    return out;
}

}  // namespace

std::optional<std::string> parameter_of(std::string_view parameters, std::string_view name) {
    std::optional<std::string> out;
    for_each_parameter(parameters, [&](std::string_view known, const std::string& value) {
        if (!out && equal_ignoring_case(known, name)) out = value;
    });
    return out;
}

std::optional<MediaType> parse_media_type(std::string_view text) {
    const auto semicolon = text.find(';');
    const auto name = trimmed(text.substr(0, semicolon));
    const auto slash = name.find('/');
    if (slash == std::string_view::npos || !is_token(name.substr(0, slash)) || !is_token(name.substr(slash + 1)))
        return std::nullopt;
    MediaType out{.name = lower(name), .parameters = {}};
    if (semicolon != std::string_view::npos) out.parameters = text.substr(semicolon + 1);
    return out;
}

int quality_of(std::string_view parameters) {
    int out = 1000;
    for_each_parameter(parameters, [&](std::string_view name, const std::string& value) {
        if (equal_ignoring_case(name, "q")) out = quality(value);
    });
    return out;
}

bool is_one_of(std::optional<std::string_view> content_type, const std::vector<std::string>& types) {
    if (!content_type) return true;
    const auto type = parse_media_type(*content_type);
    if (!type) return false;
    return std::any_of(types.begin(), types.end(), [&](const std::string& one) {
        return one == "*/*" || one == type->name || (one == "application/json" && type->name.ends_with("+json"));
    });
}

int weight_of(std::optional<std::string_view> accept, std::string_view media_type) {
    return preference_for(accept, media_type).weight;
}

std::string_view choose(std::optional<std::string_view> accept, std::initializer_list<std::string_view> offered) {
    std::string_view best;
    Preference most{.weight = 0, .place = 0};
    for (const auto candidate : offered) {
        const Preference found = preference_for(accept, candidate);
        if (!(found > most)) continue;
        best = candidate;
        most = found;
    }
    return best;
}

}  // namespace treasurer::http
