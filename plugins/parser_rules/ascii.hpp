// Plain ASCII characters: no locale, no bytes of UTF-8 beyond 0x7f. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace parser_rules {

constexpr bool digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

constexpr bool lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

constexpr bool letter(char c) noexcept {
    return upper(c) || lower(c);
}

constexpr bool alnum(char c) noexcept {
    return digit(c) || letter(c);
}

constexpr char to_upper(char c) noexcept {
    return lower(c) ? static_cast<char>(c - ('a' - 'A')) : c;
}

inline std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (upper(c)) c = static_cast<char>(c | 0x20);
    return out;
}

}  // namespace parser_rules
