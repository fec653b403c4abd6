#include "quote.hpp"

#include <algorithm>

#include "rules.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMostBytes = 96;
constexpr std::uint32_t kMostLine = 240;  ///< its spaces, of which a line in columns has many, are made single
constexpr std::uint32_t kBytesBefore = 32;

/// The first place in [at, end) where a word begins, else where a character does.
std::uint32_t begin_of_word(std::string_view text, std::uint32_t at, std::uint32_t end) {
    for (std::uint32_t i = at; i < end; ++i)
        if (text[i - 1] == ' ') return i;
    while (at < end && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return at;
}

/// The last place in (begin, at] where a word ends, else where a character does.
std::uint32_t end_of_word(std::string_view text, std::uint32_t begin, std::uint32_t at) {
    for (std::uint32_t i = at; i > begin; --i)
        if (text[i] == ' ') return i;
    while (at > begin && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
    return at;
}

/// Nothing in it ends the quotation or moves the text around it.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = byte < 0xA0 && out.ends_with('\xC2');  // U+0080 to U+009F
        if (control) out.pop_back();
        out += byte == 0x7F || control ? ' ' : c == '"' ? '\'' : c;
    }
    return tidy(out);
}

Span line_around(const Page& page, Span words) {
    const auto& lines = page.lines();
    const auto line = std::lower_bound(lines.begin(), lines.end(), words.begin,
                                       [](const Line& l, std::uint32_t byte) { return l.span.end <= byte; });
    return line == lines.end() ? words : line->span;
}

std::string words_around(const Page& page, Span words) {
    const Span line = line_around(page, words);
    if (line.end - line.begin <= kMostLine) {
        std::string whole = plain(page.text(line));
        if (whole.size() <= kMostBytes) return whole;
    }
    const std::string_view text = page.text();
    Span part;
    part.begin = words.begin - line.begin <= kBytesBefore
                     ? line.begin
                     : begin_of_word(text, words.begin - kBytesBefore, words.begin);
    constexpr auto kRoom = kMostBytes - 2 * 4;  // "... " and " ..."
    part.end = line.end - part.begin <= kRoom
                   ? line.end
                   : end_of_word(text, std::min(words.end, part.begin + kRoom) - 1, part.begin + kRoom);
    std::string out(part.begin > line.begin ? "... " : "");
    out += plain(page.text(part));
    if (part.end < line.end) out += " ...";
    return out;
}

}  // namespace

std::string quoting(std::string_view says, const Page& page, Span words) {
    return std::string(says) + " (\"" + words_around(page, words) + "\")";
}

}  // namespace parser_rules
