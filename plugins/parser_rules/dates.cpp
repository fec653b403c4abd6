#include "dates.hpp"

#include <array>

namespace parser_rules {
namespace {

constexpr unsigned kFirstYear = 1970;
constexpr unsigned kLastYear = 2100;

bool real_day(unsigned year, unsigned month, unsigned day) {
    constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= kDays[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/// Walks tokens; every step says whether what stands there fits.
class Reader {
public:
    Reader(const Page& page, std::uint32_t at) : page_(page), at_(at), cell_(page.tokens()[at].cell) {}

    std::uint32_t at() const { return at_; }
    const Token* token() const {
        const auto& tokens = page_.tokens();
        return at_ < tokens.size() && tokens[at_].cell == cell_ ? &tokens[at_] : nullptr;
    }
    bool is(TokenKind kind) const { return token() != nullptr && token()->kind == kind; }
    /// Whether the current token touches the one before it.
    bool touches() const { return at_ > 0 && page_.tokens()[at_ - 1].span.end == token()->span.begin; }
    void advance() { ++at_; }

    /// A run of `min` to `max` digits.
    bool number(std::uint32_t min, std::uint32_t max, unsigned& out) {
        if (!is(TokenKind::digits)) return false;
        const Span span = token()->span;
        const std::uint32_t size = span.end - span.begin;
        if (size < min || size > max) return false;
        out = 0;
        for (const char c : page_.text(span)) out = out * 10 + static_cast<unsigned>(c - '0');
        size_ = size;
        advance();
        return true;
    }
    std::uint32_t digits() const { return size_; }

    unsigned month() const { return is(TokenKind::word) ? page_.info(*token()).month : 0U; }
    bool skip(TokenKind kind) {
        if (!is(kind)) return false;
        advance();
        return true;
    }
    /// A short word that may stand inside a date: "of", "de", "st", "er".
    bool skip_filler() {
        if (!is(TokenKind::word)) return false;
        const std::string_view word = page_.text(token()->span);
        for (const std::string_view filler :
             {"of", "de", "del", "st", "nd", "rd", "th", "er", "\xC2\xBA", "di", "OF", "DE", "ST", "ND", "RD", "TH"}) {
            if (word == filler) {
                advance();
                return true;
            }
        }
        return false;
    }

private:
    const Page& page_;
    std::uint32_t at_;
    std::uint32_t cell_;
    std::uint32_t size_ = 0;
};

std::optional<Date> finish(const Page& page, std::uint32_t from, const Reader& reader, Date date) {
    if (date.short_year) date.year = static_cast<std::uint16_t>(date.year + (date.year < 70 ? 2000 : 1900));
    if (date.year < kFirstYear || date.year > kLastYear) return std::nullopt;
    const bool as_written = real_day(date.year, date.month, date.day);
    const bool swapped = real_day(date.year, date.day, date.month);
    if (date.order == DateOrder::unclear) {
        if (!as_written && !swapped) return std::nullopt;
        if (!as_written || !swapped) {
            date.order = as_written ? DateOrder::month_first : DateOrder::day_first;
            if (swapped) std::swap(date.day, date.month);
        } else if (date.day == date.month) {
            date.order = DateOrder::certain;
        }
    } else if (!as_written) {
        return std::nullopt;
    }
    date.token = from;
    date.end_token = reader.at();
    date.span = {page.tokens()[from].span.begin, page.tokens()[reader.at() - 1].span.end};
    return date;
}

bool year(Reader& reader, Date& date) {
    unsigned value = 0;
    if (!reader.number(2, 4, value) || reader.digits() == 3) return false;
    date.year = static_cast<std::uint16_t>(value);
    date.short_year = reader.digits() == 2;
    return true;
}

/// Digits, mark, digits, mark, digits; all touching, or a space after each dot.
std::optional<Date> numeric(const Page& page, std::uint32_t at) {
    Reader reader(page, at);
    unsigned first = 0;
    unsigned second = 0;
    if (!reader.number(1, 4, first) || reader.digits() == 3) return std::nullopt;
    const bool year_first = reader.digits() == 4;
    const Token* mark = reader.token();
    if (mark == nullptr || !reader.touches()) return std::nullopt;
    const TokenKind kind = mark->kind;
    if (kind != TokenKind::dash && kind != TokenKind::slash && kind != TokenKind::dot) return std::nullopt;
    if (mark->span.end - mark->span.begin > 3 || (kind != TokenKind::dash && mark->span.end - mark->span.begin > 1))
        return std::nullopt;
    const bool loose = kind == TokenKind::dot;
    reader.advance();
    if (reader.token() == nullptr || (!loose && !reader.touches()) || !reader.number(1, 2, second)) return std::nullopt;
    if (reader.token() == nullptr || reader.token()->kind != kind || !reader.touches()) return std::nullopt;
    reader.advance();
    if (reader.token() == nullptr || (!loose && !reader.touches())) return std::nullopt;
    Date date;
    if (year_first) {
        unsigned third = 0;
        if (!reader.number(1, 2, third)) return std::nullopt;
        date.year = static_cast<std::uint16_t>(first);
        date.month = static_cast<std::uint8_t>(second);
        date.day = static_cast<std::uint8_t>(third);
        return finish(page, at, reader, date);
    }
    if (!year(reader, date)) return std::nullopt;
    if (kind == TokenKind::dot) {
        date.day = static_cast<std::uint8_t>(first);
        date.month = static_cast<std::uint8_t>(second);
    } else {
        date.month = static_cast<std::uint8_t>(first);
        date.day = static_cast<std::uint8_t>(second);
        date.order = DateOrder::unclear;
    }
    return finish(page, at, reader, date);
}

/// 19 December 2025, 3. März 2025, 1er mars 2025, 19-Dec-2025, 5 de enero de 2025
std::optional<Date> day_month_year(const Page& page, std::uint32_t at) {
    Reader reader(page, at);
    Date date;
    unsigned day = 0;
    if (!reader.number(1, 2, day)) return std::nullopt;
    date.day = static_cast<std::uint8_t>(day);
    reader.skip(TokenKind::dot) || reader.skip(TokenKind::dash) || reader.skip(TokenKind::slash);
    while (reader.skip_filler()) {
    }
    const unsigned month = reader.month();
    if (month == 0) return std::nullopt;
    date.month = static_cast<std::uint8_t>(month);
    reader.advance();
    reader.skip(TokenKind::dot) || reader.skip(TokenKind::dash) || reader.skip(TokenKind::slash);
    reader.skip(TokenKind::comma);
    reader.skip_filler();
    reader.skip(TokenKind::apostrophe);
    if (!year(reader, date)) return std::nullopt;
    return finish(page, at, reader, date);
}

/// December 19, 2025; Dec. 19th 2025; Dec-19-2025
std::optional<Date> month_day_year(const Page& page, std::uint32_t at) {
    Reader reader(page, at);
    Date date;
    date.month = static_cast<std::uint8_t>(reader.month());
    reader.advance();
    reader.skip(TokenKind::dot) || reader.skip(TokenKind::dash) || reader.skip(TokenKind::slash);
    unsigned day = 0;
    if (!reader.number(1, 2, day)) return std::nullopt;
    date.day = static_cast<std::uint8_t>(day);
    reader.skip_filler();
    reader.skip(TokenKind::comma) || reader.skip(TokenKind::dash) || reader.skip(TokenKind::slash) ||
        reader.skip(TokenKind::dot);
    if (!year(reader, date) || date.short_year) return std::nullopt;
    return finish(page, at, reader, date);
}

/// Whether the date stands alone: not inside a longer number or name such as INV-2024-03-05.
bool stands_alone(const Page& page, const Date& date) {
    const std::string_view text = page.text();
    if (date.span.begin > 0) {
        const char before = text[date.span.begin - 1];
        const bool glued = (before >= '0' && before <= '9') || (before >= 'a' && before <= 'z') ||
                           (before >= 'A' && before <= 'Z') || before == '-' || before == '/' || before == '#' ||
                           before == '_' || before == '.';
        if (glued) return false;
    }
    if (date.span.end >= text.size()) return true;
    const char after = text[date.span.end];
    const char beyond = date.span.end + 1 < text.size() ? text[date.span.end + 1] : ' ';
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (is_digit(after) || (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z' && after != 'T') ||
        after == '_')
        return false;
    return !((after == '.' || after == ',' || after == '-' || after == '/') && is_digit(beyond) &&
             date.order != DateOrder::certain && after != '-') &&
           !(after == '.' && is_digit(beyond));
}

}  // namespace

std::optional<Date> read_date(const Page& page, std::uint32_t at) {
    const Token& token = page.tokens()[at];
    std::optional<Date> date;
    if (token.kind == TokenKind::digits) {
        if (token.span.end - token.span.begin > 4) return std::nullopt;
        date = numeric(page, at);
        if (!date) date = day_month_year(page, at);
    } else if (page.info(token).month != 0) {
        date = month_day_year(page, at);
    }
    if (date && !stands_alone(page, *date)) return std::nullopt;
    return date;
}

std::optional<Date> read_compact_date(const Page& page, std::uint32_t at) {
    const Token& token = page.tokens()[at];
    if (token.kind != TokenKind::digits || token.span.end - token.span.begin != 8) return std::nullopt;
    unsigned value = 0;
    for (const char c : page.text(token.span)) value = value * 10 + static_cast<unsigned>(c - '0');
    Date date;
    date.year = static_cast<std::uint16_t>(value / 10000);
    date.month = static_cast<std::uint8_t>(value / 100 % 100);
    date.day = static_cast<std::uint8_t>(value % 100);
    if (date.year < 2000 || date.year > kLastYear || !real_day(date.year, date.month, date.day)) return std::nullopt;
    date.token = at;
    date.end_token = at + 1;
    date.span = token.span;
    return stands_alone(page, date) ? std::optional(date) : std::nullopt;
}

std::string iso_date(unsigned year, unsigned month, unsigned day) {
    std::string out = "0000-00-00";
    const auto put = [&](std::size_t end, unsigned value) {
        for (; value > 0; value /= 10) out[--end] = static_cast<char>('0' + value % 10);
    };
    put(4, year);
    put(7, month);
    put(10, day);
    return out;
}

}  // namespace parser_rules
