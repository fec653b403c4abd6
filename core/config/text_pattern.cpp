#include "config/text_pattern.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <regex>
#include <string_view>
#include <vector>

namespace treasurer {

namespace {

constexpr std::size_t max_text_bytes = 1024;
constexpr std::size_t max_steps = 4096;

/// UTF-8, known to be well-formed, as one wchar_t a character.
std::wstring characters(std::string_view text) {
    std::wstring out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out += static_cast<wchar_t>(byte);
        else if ((byte & 0xC0u) == 0x80u && !out.empty())
            out.back() = static_cast<wchar_t>((static_cast<unsigned>(out.back()) << 6) | (byte & 0x3Fu));
        else
            out += static_cast<wchar_t>(byte & (byte >= 0xF0 ? 0x07u : byte >= 0xE0 ? 0x0Fu : 0x1Fu));
    }
    return out;
}

/// The larger number of a quantifier such as {2,5}; 1 when it has none.
std::size_t count_of(std::string_view quantifier) {
    std::size_t out = 1;
    while (!quantifier.empty()) {
        std::size_t number = 0;
        const auto [stop, error] = std::from_chars(quantifier.data(), quantifier.data() + quantifier.size(), number);
        if (error == std::errc::result_out_of_range || number > max_steps) return max_steps + 1;
        out = std::max(out, number);
        quantifier.remove_prefix(std::max<std::size_t>(static_cast<std::size_t>(stop - quantifier.data()), 1));
    }
    return out;
}

/// At least as many as the pattern has steps when its counts are written out; no more exact beyond max_steps.
std::size_t steps(std::string_view pattern) {
    constexpr std::size_t most = max_steps + 1;
    std::vector<std::size_t> groups{0};  // steps so far of the open group, behind those around it
    std::size_t atom = 0;                // steps of what a quantifier would repeat
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        switch (pattern[at]) {
            case '(':
                groups.push_back(1);
                continue;
            case ')':
                atom = groups.back();
                if (groups.size() > 1) groups.pop_back();
                break;
            case '{': {
                const std::size_t end = std::min(pattern.find('}', at), pattern.size());
                atom = std::min(atom * count_of(pattern.substr(at + 1, end - at - 1)), most);
                at = end;
                break;
            }
            case '\\':
                ++at;
                [[fallthrough]];
            default:
                atom = 1;
        }
        groups.back() = std::min(groups.back() + atom, most);
    }
    return std::accumulate(groups.begin(), groups.end(), std::size_t{0});
}

bool looks_ahead(const std::string& pattern) {
    return pattern.find("(?=") != std::string::npos || pattern.find("(?!") != std::string::npos;
}

}  // namespace

std::optional<bool> has_form(const std::string& text, const std::string& pattern) {
    if (text.size() > max_text_bytes || looks_ahead(pattern) || steps(pattern) > max_steps) return std::nullopt;
    // The polynomial matcher walks all ways at once. Searching with it would begin anew at every character, so the
    // pattern is matched with anything before and behind it; alone it is only compiled, to know that it is one.
    constexpr auto how = std::regex::ECMAScript | std::regex::nosubs | std::regex_constants::__polynomial;
    try {
        const std::wstring inner = characters(pattern);
        const std::wregex alone(inner, how);
        const std::wregex anywhere(L"(?:[^]*)(?:" + inner + L")(?:[^]*)", how);
        return std::regex_match(characters(text), anywhere);
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

}  // namespace treasurer
