#include "numbers.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMaxDigits = 38;
constexpr std::size_t kMaxDecimals = 18;
constexpr std::size_t kMaxGroups = 16;

enum class Mark : std::uint8_t { none, dot, comma, apostrophe, space };

struct MarkAt {
    Mark mark = Mark::none;
    std::uint32_t size = 0;
};

MarkAt mark_at(std::string_view text, std::uint32_t at) {
    if (at >= text.size()) return {};
    switch (text[at]) {
        case '.':
            return {Mark::dot, 1};
        case ',':
            return {Mark::comma, 1};
        case '\'':
            return {Mark::apostrophe, 1};
        case ' ':
            return {Mark::space, 1};
        default:
            break;
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) return {};
    const CodePoint point = decode(text, at);
    if (!point.valid) return {};
    const CharClass kind = classify(point.value);
    if (kind == CharClass::space) return {Mark::space, point.size};
    if (kind == CharClass::apostrophe) return {Mark::apostrophe, point.size};
    return {};
}

struct Group {
    Mark before = Mark::none;
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
};

/// Groups of three; with commas also the Indian way, of two and a last of three.
bool well_grouped(const Group* groups, std::size_t n, bool by_comma) {
    if (n < 2) return true;
    if (groups[0].size < 1 || groups[0].size > 3 || groups[n - 1].size != 3) return false;
    const auto all = [&](std::uint32_t size) {
        return std::all_of(groups + 1, groups + n - 1, [&](const Group& g) { return g.size == size; });
    };
    return all(3) || (by_comma && groups[0].size <= 2 && all(2));
}

Decimals judge(std::string_view text, const std::array<Group, kMaxGroups>& groups, std::size_t n) {
    std::size_t dots = 0;
    std::size_t commas = 0;
    std::size_t others = 0;
    for (std::size_t i = 1; i < n; ++i) {
        dots += groups[i].before == Mark::dot;
        commas += groups[i].before == Mark::comma;
        others += groups[i].before == Mark::apostrophe || groups[i].before == Mark::space;
    }
    const bool leading_zero = groups[0].size > 0 && text[groups[0].begin] == '0';
    if (dots + commas == 0) {
        return well_grouped(groups.data(), n, false) && !(others > 0 && leading_zero) ? Decimals::none
                                                                                      : Decimals::malformed;
    }
    const Group& last = groups[n - 1];
    const bool last_is_dot = last.before == Mark::dot;
    const bool last_is_comma = last.before == Mark::comma;
    if (!last_is_dot && !last_is_comma) return Decimals::malformed;
    const std::size_t same = last_is_dot ? dots : commas;
    const std::size_t rest = dots + commas - same;
    if (same == 1) {
        const bool whole = well_grouped(groups.data(), n - 1, last_is_dot && commas > 0);
        if (!whole || (rest > 0 && others > 0)) return Decimals::malformed;
        if (rest + others > 0 && leading_zero && n > 2) return Decimals::malformed;
        if (rest + others > 0 || last.size != 3 || groups[0].size > 3 || leading_zero) {
            return last_is_dot ? Decimals::dot : Decimals::comma;
        }
        return last_is_dot ? Decimals::dot_unclear : Decimals::comma_unclear;
    }
    if (rest + others > 0 || leading_zero || !well_grouped(groups.data(), n, last_is_comma)) return Decimals::malformed;
    return last_is_dot ? Decimals::dot_grouped : Decimals::comma_grouped;
}

}  // namespace

Number read_number(std::string_view text, std::uint32_t at, std::uint64_t& steps) {
    std::array<Group, kMaxGroups> groups;
    std::size_t n = 0;
    bool too_many = false;
    bool spaced = false;
    Mark before = Mark::none;
    Number number;
    number.digits.begin = at;
    while (true) {
        const std::uint32_t begin = at;
        while (at < text.size() && digit(text[at])) ++at;
        steps += at - begin + 1;
        if (n < kMaxGroups) {
            groups[n++] = {before, begin, at - begin};
        } else {
            too_many = true;
        }
        const MarkAt mark = mark_at(text, at);
        const std::uint32_t next = at + mark.size;
        if (mark.mark == Mark::none || next >= text.size() || !digit(text[next])) break;
        if (mark.mark == Mark::space || mark.mark == Mark::apostrophe) {
            std::uint32_t run = 0;
            while (run < 4 && next + run < text.size() && digit(text[next + run])) ++run;
            const bool divided =
                std::any_of(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(n),
                            [](const Group& g) { return g.before == Mark::dot || g.before == Mark::comma; });
            if (run != 3 || divided || groups[0].size > 3 || (n > 1 && groups[n - 1].size != 3)) break;
            spaced = spaced || mark.mark == Mark::space;
            if (text[at] == ' ') {
                number.plain_space = true;
                number.zero_led = number.zero_led || text[next] == '0';
                number.tail = next;
            }
        } else {
            number.point = at;
        }
        before = mark.mark;
        at = next;
    }
    number.grouped_by_space = spaced;
    number.decimals = too_many ? Decimals::malformed : judge(text, groups, n);
    const bool two_marks = std::any_of(groups.begin() + 1, groups.begin() + static_cast<std::ptrdiff_t>(n),
                                       [&](const Group& g) { return g.before != groups[n - 1].before; });
    number.grouped_by_mark = number.decimals == Decimals::dot_grouped || number.decimals == Decimals::comma_grouped ||
                             (!spaced && n > 1 && (two_marks || groups[n - 1].before == Mark::apostrophe));
    number.digits.end = at;
    number.span = number.digits;
    return number;
}

Number behind_space(const Number& number) {
    Number tail = number;
    if (!number.plain_space) return tail;
    tail.digits.begin = tail.span.begin = number.tail;
    tail.plain_space = tail.grouped_by_space = false;
    return tail;
}

std::optional<Decimal> to_decimal(std::string_view text, const Number& number, NumberStyle style) {
    Decimal decimal;
    bool divides = false;
    switch (number.decimals) {
        case Decimals::malformed:
            return std::nullopt;
        case Decimals::none:
            break;
        case Decimals::dot:
            divides = true;
            decimal.certain = style.dot || !style.comma;
            break;
        case Decimals::comma:
            divides = true;
            decimal.certain = style.comma || !style.dot;
            break;
        case Decimals::dot_grouped:
            decimal.certain = style.comma || !style.dot;
            break;
        case Decimals::comma_grouped:
            decimal.certain = style.dot || !style.comma;
            break;
        case Decimals::dot_unclear:
            decimal.certain = style.comma && !style.dot;
            break;
        case Decimals::comma_unclear:
            decimal.certain = style.dot && !style.comma;
            break;
    }
    if (number.plain_space && !style.space) decimal.certain = false;
    std::size_t whole = 0;
    std::size_t fraction = 0;
    bool zero = true;
    std::string& value = decimal.value;
    if (number.negative) value += '-';
    for (std::uint32_t i = number.digits.begin; i < number.digits.end; ++i) {
        if (!digit(text[i])) continue;
        const bool after = divides && i > number.point;
        if (!after && whole == 0 && text[i] == '0') continue;
        if (after && fraction == 0) {
            if (whole == 0) value += '0';
            value += '.';
        }
        ++(after ? fraction : whole);
        if (whole + fraction > kMaxDigits || fraction > kMaxDecimals) return std::nullopt;
        zero = zero && text[i] == '0';
        value += text[i];
    }
    if (whole + fraction == 0) value += '0';
    if (zero && number.negative) value.erase(0, 1);
    return decimal;
}

}  // namespace parser_rules
