#include "runtime/ids.hpp"

#include <cstdint>

namespace treasurer {

std::string Ids::next() {
    const auto time = static_cast<std::uint64_t>(clock_.unix_ms());
    const std::uint64_t high = time << 16 | 0x7000u | (random_.next() & 0x0FFFu);
    const std::uint64_t low = 0x8000000000000000u | (random_.next() & 0x3FFFFFFFFFFFFFFFu);
    static constexpr char hex[] = "0123456789abcdef";
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) digits += hex[high >> shift & 0xF];
    for (int shift = 60; shift >= 0; shift -= 4) digits += hex[low >> shift & 0xF];
    return id_from_digits(digits);
}

UnixMillis id_time(std::string_view id) {
    UnixMillis out = 0;
    int digits = 0;
    for (const char c : id) {
        if (c == '-') continue;
        out = out << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        if (++digits == 12) break;
    }
    return out;
}

std::string id_digits(std::string_view id) {
    std::string out;
    for (char c : id)
        if (c != '-') out += c;
    return out;
}

std::string id_from_digits(std::string_view digits) {
    std::string out(digits);
    if (out.size() != 32) return out;
    for (std::size_t at : {8u, 13u, 18u, 23u}) out.insert(at, 1, '-');
    return out;
}

bool is_id(std::string_view text) {
    constexpr std::size_t version_at = 14, variant_at = 19;
    constexpr std::string_view variants = "89ab";
    if (text.size() != 36 || text[version_at] != '7' || variants.find(text[variant_at]) == variants.npos) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        if (hyphen ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

}  // namespace treasurer
