#include "cursor.hpp"

#include "base64url.hpp"

namespace storage_sqlite {
namespace {

enum Tag : char { tag_null = 'n', tag_integer = 'i', tag_text = 't' };

void put(std::string& to, std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) to += static_cast<char>((number >> shift) & 0xffu);
}
void put(std::string& to, std::string_view text) {
    put(to, std::uint64_t{text.size()});
    to += text;
}
void put(std::string& to, const atr::Value& value) {
    to += static_cast<char>(value.type);
    put(to, static_cast<std::uint64_t>(value.integer));
    put(to, value.text);
}

/// Reads what put() wrote; ok() turns false at the first thing that does not fit.
class Reader {
public:
    explicit Reader(std::string_view from) : from_(from) {}
    std::uint64_t number() {
        if (from_.size() < 8) return fail(), 0;
        std::uint64_t out = 0;
        for (int i = 7; i >= 0; --i) out = (out << 8) | static_cast<unsigned char>(from_[static_cast<std::size_t>(i)]);
        from_.remove_prefix(8);
        return out;
    }
    char tag() {
        if (from_.empty()) return fail(), tag_null;
        const char out = from_.front();
        from_.remove_prefix(1);
        return out;
    }
    std::string text() {
        const std::uint64_t length = number();
        if (length > from_.size()) return fail(), std::string();
        std::string out(from_.substr(0, length));
        from_.remove_prefix(length);
        return out;
    }
    void fail() { ok_ = false; }
    bool ok() const { return ok_; }
    bool at_end() const { return from_.empty(); }

private:
    std::string_view from_;
    bool ok_ = true;
};

/// FNV-1a over the query's meaning and the place.
std::uint64_t hash_of(const atr::Query& query, std::string_view place) {
    std::string all;
    put(all, query.collection);
    put(all, query.index);
    put(all, std::uint64_t{query.eq.size()});
    for (const auto& value : query.eq) put(all, value);
    put(all, query.lo);
    put(all, query.hi);
    put(all, std::uint64_t{query.descending});
    put(all, place);
    std::uint64_t hash = 14695981039346656037u;
    for (char c : all) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

}  // namespace

std::string to_cursor(const Position& position, const atr::Query& query) {
    std::string place;
    put(place, position.snapshot);
    for (const auto& cell : position.cells) {
        if (const auto* number = std::get_if<std::int64_t>(&cell)) {
            place.push_back(tag_integer);
            put(place, static_cast<std::uint64_t>(*number));
        } else if (const auto* text = std::get_if<std::string>(&cell)) {
            place.push_back(tag_text);
            put(place, *text);
        } else {
            place.push_back(tag_null);
        }
    }
    std::string bytes;
    put(bytes, hash_of(query, place));
    return base64url(bytes + place);
}

std::optional<Position> from_cursor(const std::string& cursor, const atr::Query& query) {
    const auto bytes = from_base64url(cursor);
    if (!bytes || bytes->size() < 16) return std::nullopt;
    const std::string_view place = std::string_view(*bytes).substr(8);
    if (Reader(*bytes).number() != hash_of(query, place)) return std::nullopt;
    Reader reader(place);
    Position out;
    out.snapshot = reader.number();
    while (reader.ok() && !reader.at_end()) {
        switch (reader.tag()) {
            case tag_null:
                out.cells.emplace_back();
                break;
            case tag_integer:
                out.cells.emplace_back(static_cast<std::int64_t>(reader.number()));
                break;
            case tag_text:
                out.cells.emplace_back(reader.text());
                break;
            default:
                reader.fail();
        }
    }
    if (!reader.ok()) return std::nullopt;
    return out;
}

}  // namespace storage_sqlite
