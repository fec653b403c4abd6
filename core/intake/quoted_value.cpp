#include "intake/quoted_value.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace treasurer::intake {
namespace {

constexpr std::size_t most_groups = 32;

enum class Joint { none, mark, space };  ///< between two groups of digits: a point or comma; what only groups thousands

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct Group {
    std::string digits;
    Joint before = Joint::none;
    char mark = 0;  ///< the point, comma or apostrophe before it
};

/// One mark or space at the beginning of `text`; its length in bytes, 0: there is none.
std::size_t joint_at(std::string_view text, Group& next) {
    static constexpr std::array<std::string_view, 3> apostrophes = {"'", "\u2019", "_"};
    static constexpr std::array<std::string_view, 4> spaces = {" ", "\u00A0", "\u202F", "\u2009"};
    if (text.starts_with('.') || text.starts_with(',')) {
        next.before = Joint::mark;
        next.mark = text.front();
        return 1;
    }
    for (const auto known : apostrophes)
        if (text.starts_with(known)) {
            next.before = Joint::mark;
            next.mark = '\'';
            return known.size();
        }
    for (const auto known : spaces)
        if (text.starts_with(known)) {
            next.before = Joint::space;
            return known.size();
        }
    return 0;
}

std::vector<Group> groups_of(std::string_view text) {
    std::vector<Group> out;
    Group next;
    for (std::size_t at = 0; at < text.size() && out.size() < most_groups;) {
        if (!is_digit(text[at])) {
            next = {};
            const std::size_t joint = out.empty() ? 0 : joint_at(text.substr(at), next);
            const bool joins =
                joint > 0 && at > 0 && is_digit(text[at - 1]) && at + joint < text.size() && is_digit(text[at + joint]);
            if (!joins) next = {};
            at += joint > 0 ? joint : 1;
            continue;
        }
        for (; at < text.size() && is_digit(text[at]); ++at) next.digits += text[at];
        out.push_back(std::move(next));
        next = {};
    }
    return out;
}

bool is_value(const std::string& digits, std::size_t decimals, const atr::Decimal& value) {
    if (decimals > digits.size()) return false;
    std::string text = digits;
    if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
    const auto read = atr::Decimal::parse(text.front() == '.' ? "0" + text : text);
    return read && *read == value;
}

/// Whether the groups from `first` to `last`, read as one number, are the value.
bool are_value(const std::vector<Group>& groups, std::size_t first, std::size_t last, const atr::Decimal& value) {
    std::string digits;
    for (std::size_t i = first; i <= last; ++i) digits += groups[i].digits;
    const Group& end = groups[last];
    const bool has_decimals = last > first && end.before == Joint::mark && end.mark != '\'';
    const std::size_t decimals = has_decimals ? end.digits.size() : 0;
    return is_value(digits, decimals, value) || (decimals == 3 && is_value(digits, 0, value));
}

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) > 0x20) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

}  // namespace

bool quotes_amount(std::string_view quote, const atr::Decimal& value) {
    const atr::Decimal wanted = value.is_negative() ? value.negated() : value;
    const std::vector<Group> groups = groups_of(quote);
    for (std::size_t first = 0; first < groups.size(); ++first) {
        if (groups[first].before == Joint::mark) continue;  // what a mark joins is never looked at apart
        for (std::size_t last = first; last < groups.size(); ++last) {
            if (last > first && groups[last].before == Joint::none) break;
            const bool is_whole = last + 1 == groups.size() || groups[last + 1].before != Joint::mark;
            if (is_whole && are_value(groups, first, last, wanted)) return true;
        }
    }
    return false;
}

bool quotes_text(std::string_view quote, std::string_view value) {
    return folded(quote).find(folded(value)) != std::string::npos;
}

}  // namespace treasurer::intake
