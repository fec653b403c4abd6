#include "base/utf8.hpp"

#include <cstdint>

namespace atr::testkit {

namespace {

std::size_t length_by_lead(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return 2;
    if (lead < 0xF0) return 3;
    return lead < 0xF5 ? 4 : 0;
}

/// How many bytes the letter at the beginning of `text` has; 0: there is none.
std::size_t letter_length(std::string_view text) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const std::size_t length = length_by_lead(byte(0));
    if (length == 0 || length > text.size()) return 0;
    std::uint32_t point = length == 1 ? byte(0) : byte(0) & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte(k) & 0xC0u) != 0x80u) return 0;
        point = point << 6 | (byte(k) & 0x3Fu);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool none = point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF);
    return overlong || none ? 0 : length;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = letter_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string repaired_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = letter_length(text);
        out += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

}  // namespace atr::testkit
