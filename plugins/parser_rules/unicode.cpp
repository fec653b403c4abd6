#include "unicode.hpp"

#include <array>
#include <cstring>

namespace parser_rules {
namespace {

bool continuation(unsigned char byte) {
    return (byte & 0xC0U) == 0x80U;
}

struct FoldRange {
    char16_t last;
    std::string_view folded;
};

// U+00C0..U+017F in order; each entry ends at `last`.
constexpr std::array kFolds{
    FoldRange{0xC5, "a"},   FoldRange{0xC6, "ae"},  FoldRange{0xC7, "c"},  FoldRange{0xCB, "e"},  FoldRange{0xCF, "i"},
    FoldRange{0xD0, "d"},   FoldRange{0xD1, "n"},   FoldRange{0xD6, "o"},  FoldRange{0xD7, ""},   FoldRange{0xD8, "o"},
    FoldRange{0xDC, "u"},   FoldRange{0xDD, "y"},   FoldRange{0xDE, "th"}, FoldRange{0xDF, "ss"}, FoldRange{0xE5, "a"},
    FoldRange{0xE6, "ae"},  FoldRange{0xE7, "c"},   FoldRange{0xEB, "e"},  FoldRange{0xEF, "i"},  FoldRange{0xF0, "d"},
    FoldRange{0xF1, "n"},   FoldRange{0xF6, "o"},   FoldRange{0xF7, ""},   FoldRange{0xF8, "o"},  FoldRange{0xFC, "u"},
    FoldRange{0xFD, "y"},   FoldRange{0xFE, "th"},  FoldRange{0xFF, "y"},  FoldRange{0x105, "a"}, FoldRange{0x10D, "c"},
    FoldRange{0x111, "d"},  FoldRange{0x11B, "e"},  FoldRange{0x123, "g"}, FoldRange{0x127, "h"}, FoldRange{0x131, "i"},
    FoldRange{0x133, "ij"}, FoldRange{0x135, "j"},  FoldRange{0x138, "k"}, FoldRange{0x142, "l"}, FoldRange{0x14B, "n"},
    FoldRange{0x151, "o"},  FoldRange{0x153, "oe"}, FoldRange{0x159, "r"}, FoldRange{0x161, "s"}, FoldRange{0x167, "t"},
    FoldRange{0x173, "u"},  FoldRange{0x175, "w"},  FoldRange{0x178, "y"}, FoldRange{0x17E, "z"}, FoldRange{0x17F, "s"},
};
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";
constexpr std::array<std::string_view, 5> kLigatures{"ff", "fi", "fl", "ffi", "ffl"};  // U+FB00..

/// The first byte from `at` on that is not ASCII, looked for eight at a time; text.size(): there is none.
std::size_t ascii_end(std::string_view text, std::size_t at) {
    for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if ((eight & 0x8080808080808080U) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

}  // namespace

CodePoint decode_wide(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const std::size_t left = text.size() - at;
    const unsigned char lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF && left >= 2 && continuation(byte(1))) {
        return {(lead & 0x1FU) << 6U | (byte(1) & 0x3FU), 2, true};
    }
    if ((lead & 0xF0U) == 0xE0U && left >= 3 && continuation(byte(1)) && continuation(byte(2))) {
        const char32_t c = (lead & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
        if (c >= 0x800 && !(c >= 0xD800 && c <= 0xDFFF)) return {c, 3, true};
    }
    if (lead >= 0xF0 && lead <= 0xF4 && left >= 4 && continuation(byte(1)) && continuation(byte(2)) &&
        continuation(byte(3))) {
        const char32_t c =
            (lead & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU);
        if (c >= 0x10000 && c <= 0x10FFFF) return {c, 4, true};
    }
    return {0xFFFD, 1, false};
}

std::optional<std::size_t> first_invalid_byte(std::string_view text) noexcept {
    for (std::size_t at = ascii_end(text, 0); at < text.size(); at = ascii_end(text, at)) {
        const CodePoint point = decode(text, at);
        if (!point.valid) return at;
        at += point.size;
    }
    return std::nullopt;
}

CharClass classify(char32_t c) noexcept {
    if (c < 0xC0) {
        if (c == 0xA0) return CharClass::space;
        if (c == 0xAD || (c >= 0x80 && c < 0xA0)) return CharClass::hidden;
        if (c == 0xAA || c == 0xB0 || c == 0xBA) return CharClass::ignored;
        if (c == 0xB4) return CharClass::apostrophe;
        if (c == 0xB7) return CharClass::bar;
        return c >= 0xA2 && c <= 0xA5 ? CharClass::currency : CharClass::other;
    }
    if (c == 0xD7 || c == 0xF7) return CharClass::other;
    if (c < 0x300) return CharClass::letter;
    if (c < 0x370) return CharClass::ignored;
    if (c == 0x61C) return CharClass::hidden;
    if (c == 0x180E || c == 0x115F || c == 0x1160) return CharClass::hidden;
    if (c < 0x2000) return CharClass::letter;
    if (c < 0x2070) {
        if (c <= 0x200A || c == 0x202F || c == 0x205F) return CharClass::space;
        if (c <= 0x200F || (c >= 0x2028 && c <= 0x202E) || c >= 0x2060) return CharClass::hidden;
        if (c <= 0x2015) return CharClass::dash;
        if (c == 0x2018 || c == 0x2019 || c == 0x2032) return CharClass::apostrophe;
        return c == 0x2022 || c == 0x2023 || c == 0x2043 ? CharClass::bar : CharClass::other;
    }
    if (c >= 0x20A0 && c <= 0x20CF) return CharClass::currency;
    if (c == 0x2116) return CharClass::numero;
    if (c == 0x2212) return CharClass::dash;
    if ((c >= 0x2500 && c <= 0x25FF) || c == 0x2219 || c == 0x22C5) return CharClass::bar;
    if (c == 0x3000) return CharClass::space;
    if (c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x3164 || c == 0xFFA0) return CharClass::hidden;
    if (c >= 0xE0000 && c <= 0xE01EF) return CharClass::hidden;
    if (c >= 0xFF21 && c <= 0xFF5A && ((c - 0xFF21) & 0x1FU) < 26) return CharClass::letter;
    if ((c >= 0x3040 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDFF)) return CharClass::letter;
    return CharClass::other;
}

std::string_view fold_letter(char32_t c) noexcept {
    if (c >= 0xFB00 && c <= 0xFB04) return kLigatures[c - 0xFB00];
    if (c >= 0xFF21 && c <= 0xFF5A && ((c - 0xFF21) & 0x1FU) < 26) return kAlphabet.substr((c - 0xFF21) & 0x1FU, 1);
    if (c < 0xC0 || c > 0x17F) return {};
    for (const auto& range : kFolds) {
        if (c <= range.last) return range.folded;
    }
    return {};
}

std::uint64_t fold_hash(std::string_view text) noexcept {
    WordHash hash;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decode(text, at);
        const char32_t c = point.value;
        if (c < 0x80) {
            if (c >= 'A' && c <= 'Z') hash.add(static_cast<char>(c + ('a' - 'A')));
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) hash.add(static_cast<char>(c));
        } else if (const auto folded = fold_letter(c); !folded.empty()) {
            hash.add(folded);
        } else if (classify(c) == CharClass::letter) {
            hash.add(text.substr(at, point.size));
        }
        at += point.size;
    }
    return hash.value();
}

}  // namespace parser_rules
