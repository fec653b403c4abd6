/// The character classes of RFC 9110, and comparing names without case. Locale-free, allocation-free.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace treasurer::http {

namespace detail {
constexpr bool in(std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
}

constexpr std::array<bool, 256> make_token_table() {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c) table[c] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}
inline constexpr auto token_table = make_token_table();
}  // namespace detail

constexpr bool is_token_char(char c) {
    return detail::token_table[static_cast<unsigned char>(c)];
}
constexpr bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token_char(c); });
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Allowed inside a field value: visible ASCII, space, tab, and bytes above ASCII (opaque to us).
constexpr bool is_field_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

/// How many bytes at the beginning are field characters. Eight at a time; what a word of eight has that is none, or a
/// tab, is looked at byte by byte.
inline std::size_t field_chars_at_begin(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    std::size_t at = 0;
    for (; at + sizeof ones <= text.size(); at += sizeof ones) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        const std::uint64_t del = word ^ (ones * 0x7f);
        const bool has_control = ((word - ones * 0x20) & ~word & high) != 0;
        const bool has_delete = ((del - ones) & ~del & high) != 0;
        if (has_control || has_delete) break;
    }
    while (at < text.size() && is_field_char(text[at])) ++at;
    return at;
}

/// Allowed in a request target: visible ASCII except what no URI may contain unescaped and nobody sends innocently.
constexpr bool is_target_char(char c) {
    return c > 0x20 && c < 0x7f && !detail::in("\"<>\\#", c);
}

/// 0..15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

constexpr std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Calls `visit(element)` for each non-empty element of a comma-separated list, trimmed.
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto element = trimmed(list.substr(0, comma));
        if (!element.empty()) visit(element);
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
}

}  // namespace treasurer::http
