#include "disguise.hpp"

#include <string_view>

namespace parser_rules {

bool looks_latin(char32_t c) noexcept {
    if (c < 0x250) return false;
    constexpr std::u32string_view kGreek =
        U"\u0391\u0392\u0395\u0396\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5"
        U"\u03A7\u03B9\u03BA\u03BD\u03BF\u03C1\u03C5\u03C7";
    if (c >= 0x370 && c < 0x400) return kGreek.find(c) != std::u32string_view::npos;
    return c < 0x2B0 || (c >= 0x400 && c < 0x590) || (c >= 0x13A0 && c < 0x1400) || (c >= 0x1D00 && c < 0x1DC0);
}

bool turns_direction(char32_t c) noexcept {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool draws_letter(char32_t c) noexcept {
    return (c >= 0x1D400 && c <= 0x1D7CB) || (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F110 && c <= 0x1F189);
}

}  // namespace parser_rules
