#include "stored_text.hpp"

#include <cstdint>

#include "json_check.hpp"

namespace storage_postgres {
namespace {

constexpr int deepest_json = 200;
constexpr std::string_view escaped_bytes("\0\1", 2);

std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

bool is_sequence(std::string_view bytes) {
    std::uint32_t point = 0;
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if ((byte & 0xc0u) != 0x80) return false;
        point = (point << 6) | (byte & 0x3fu);
    }
    const auto lead = static_cast<unsigned char>(bytes.front());
    if (bytes.size() == 3) {
        point |= (lead & 0x0fu) << 12;
        return point >= 0x800 && (point < 0xd800 || point > 0xdfff);
    }
    if (bytes.size() == 4) {
        point |= (lead & 0x07u) << 18;
        return point >= 0x10000 && point <= 0x10ffff;
    }
    return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(text.front()));
    if (length > text.size() || (length > 1 && !is_sequence(text.substr(0, length)))) return 0;
    return length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string to_stored(std::string_view text) {
    if (text.find_first_of(escaped_bytes) == std::string_view::npos) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (c == '\0' || c == '\1') out += '\1';
        out += c == '\0' ? '\1' : c == '\1' ? '\2' : c;
    }
    return out;
}

std::string from_stored(std::string_view stored) {
    if (stored.find('\1') == std::string_view::npos) return std::string(stored);
    std::string out;
    out.reserve(stored.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const bool escaped = stored[i] == '\1' && i + 1 < stored.size();
        out += escaped ? static_cast<char>(stored[++i] - 1) : stored[i];
    }
    return out;
}

bool is_storable_json(std::string_view body) {
    return is_json(body, deepest_json);
}

}  // namespace storage_postgres
