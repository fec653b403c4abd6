#include "intake/quoted_value.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace treasurer::intake {
namespace {

constexpr std::size_t most_quote_bytes = 4096;
constexpr std::size_t most_groups = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

/// Lower case, and one character for every kind of space, dash and apostrophe. Other characters beyond ASCII stay.
std::string plain(std::string_view text) {
    static constexpr std::pair<std::string_view, char> kinds[] = {{"\u00A0", ' '},  {"\u202F", ' '},  {"\u205F", ' '},
                                                                  {"\u3000", ' '},  {"\u2212", '-'},  {"\u2018", '\''},
                                                                  {"\u2019", '\''}, {"\u2032", '\''}, {"\u00B4", '\''}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        const auto last = rest.size() > 2 ? static_cast<unsigned char>(rest[2]) : 0U;
        if (rest.starts_with("\xE2\x80") && ((last >= 0x80 && last <= 0x8A) || (last >= 0x90 && last <= 0x95))) {
            out += last <= 0x8A ? ' ' : '-';  // U+2000 to U+200A, U+2010 to U+2015
            at += 3;
            continue;
        }
        const auto known = std::find_if(std::begin(kinds), std::end(kinds),
                                        [&](const auto& kind) { return rest.starts_with(kind.first); });
        if (known != std::end(kinds)) {
            out += known->second;
            at += known->first.size();
            continue;
        }
        const char c = rest.front();
        out += c >= 'A' && c <= 'Z'                  ? static_cast<char>(c + 32)
               : c == '\t' || c == '\n' || c == '\r' ? ' '
               : c == '`'                            ? '\''
                                                     : c;
        ++at;
    }
    return out;
}

/// Digits in a row, with the one character before them that may join them to the digits before that; 0: none does.
struct Group {
    std::string digits;
    char joint = 0;
};

bool may_join(char c) {
    return c == '.' || c == ',' || c == '\'' || c == '_' || c == ' ';
}

std::vector<Group> groups_of(std::string_view text) {
    std::vector<Group> out;
    for (std::size_t at = 0; at < text.size() && out.size() < most_groups;) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        Group next;
        if (at > 1 && may_join(text[at - 1]) && is_digit(text[at - 2])) next.joint = text[at - 1];
        for (; at < text.size() && is_digit(text[at]); ++at) next.digits += text[at];
        if (next.joint == ' ' && next.digits.size() != 3) next.joint = 0;  // a space sets thousands apart, nothing else
        out.push_back(std::move(next));
    }
    return out;
}

bool is_value(const std::string& digits, std::size_t decimals, const atr::Decimal& value) {
    std::string text = digits;
    if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
    const auto read = atr::Decimal::parse(text);
    return read && *read == value;
}

/// Groups that joints make one number, from `first` to behind `last`.
bool are_value(const std::vector<Group>& groups, std::size_t first, std::size_t last, const atr::Decimal& value) {
    std::string digits;
    for (std::size_t i = first; i <= last; ++i) digits += groups[i].digits;
    const auto joints = [&](char joint) {
        return std::count_if(groups.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                             groups.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                             [&](const Group& group) { return group.joint == joint; });
    };
    const Group& end = groups[last];
    const bool is_mark = last > first && (end.joint == '.' || end.joint == ',');
    const bool ends_in_decimals = is_mark && joints(end.joint) == 1;
    // Before the decimals stand thousands alone: by three digits, or by two where hundreds of thousands are set apart.
    const std::size_t thousands_end = ends_in_decimals ? last : last + 1;
    for (std::size_t i = first + 1; i < thousands_end; ++i)
        if (groups[i].digits.size() != 3 && !(groups[i].digits.size() == 2 && i + 1 < thousands_end)) return false;
    const bool may_be_thousands = ends_in_decimals && end.digits.size() == 3 && last == first + 1;
    return is_value(digits, ends_in_decimals ? end.digits.size() : 0, value) ||
           (may_be_thousands && is_value(digits, 0, value));
}

/// Whether what stands before a place sets a word or a number apart.
bool begins_apart(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    if (before == '.') return at > 1 && is_letter(text[at - 2]);  // "no.7"
    return !is_letter(before) && !is_digit(before) && before != '-' && before != '/' && before != '_';
}
bool ends_apart(std::string_view text, std::size_t at) {
    if (at >= text.size()) return true;
    const char behind = text[at];
    const bool goes_on = at + 1 < text.size() && text[at + 1] != ' ';
    if (behind == '-' || behind == '/' || behind == '.' || behind == '_') return !goes_on;
    return !is_letter(behind) && !is_digit(behind);
}

/// Behind `value` where it stands at `at`, white space aside; npos: it does not.
std::size_t behind(std::string_view text, std::size_t at, std::string_view value) {
    for (const char c : value) {
        if (c == ' ') continue;
        while (at < text.size() && text[at] == ' ') ++at;
        if (at == text.size() || text[at] != c) return std::string_view::npos;
        ++at;
    }
    return at;
}

}  // namespace

bool quotes_amount(std::string_view quote, const atr::Decimal& value) {
    if (quote.size() > most_quote_bytes) return false;
    const atr::Decimal wanted = value.is_negative() ? value.negated() : value;
    const std::vector<Group> groups = groups_of(plain(quote));
    for (std::size_t first = 0, last = 0; first < groups.size(); first = last + 1) {
        for (last = first; last + 1 < groups.size() && groups[last + 1].joint != 0;) ++last;
        if (are_value(groups, first, last, wanted)) return true;
    }
    return false;
}

bool quotes_text(std::string_view quote, std::string_view value) {
    if (quote.size() > most_quote_bytes) return false;
    const std::string text = plain(quote), wanted = plain(value);
    const auto begin = wanted.find_first_not_of(' ');
    if (begin == std::string::npos) return false;
    for (std::size_t at = text.find(wanted[begin]); at != std::string::npos; at = text.find(wanted[begin], at + 1)) {
        if (!begins_apart(text, at)) continue;
        const std::size_t end = behind(text, at, wanted);
        if (end != std::string_view::npos && ends_apart(text, end)) return true;
    }
    return false;
}

}  // namespace treasurer::intake
