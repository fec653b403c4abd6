#include "names.hpp"

#include <algorithm>
#include <cstdint>

namespace storage_postgres {
namespace {

constexpr std::size_t most_identifier_bytes = 63;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || !is_letter(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; });
}

bool is_reserved(std::string_view collection) {
    const std::string name = lower(collection);
    return name.starts_with("atr.") || name.starts_with("atr_") || name.starts_with("pg_");
}

bool is_schema_name(std::string_view name) {
    if (name.empty() || name.size() > most_identifier_bytes || is_digit(name.front()) || name.starts_with("pg_"))
        return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string stored_name(std::string_view identifier) {
    if (identifier.size() <= most_identifier_bytes) return std::string(identifier);
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (char c : identifier) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    std::string digits;
    for (; digits.size() < 8; hash >>= 4) digits += "0123456789abcdef"[hash & 15u];
    return std::string(identifier.substr(0, most_identifier_bytes - 9)) + '_' + digits;
}

std::string sql_name(std::string_view identifier) {
    std::string out = "\"";
    for (char c : stored_name(identifier)) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

std::string column_name_of(std::string_view json_pointer) {
    std::string out;
    for (char c : json_pointer)
        if (is_letter(c) || is_digit(c)) {
            out += c;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    while (!out.empty() && out.back() == '_') out.pop_back();
    if (out.empty() || is_digit(out.front())) out.insert(0, "c_");
    return out.substr(0, 48);
}

}  // namespace storage_postgres
