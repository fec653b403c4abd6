#include "amount_scan.hpp"

#include <algorithm>

#include "ascii.hpp"

namespace parser_rules {
namespace {

bool wide(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

bool touch(const Token& left, const Token& right) {
    return left.cell == right.cell && left.span.end == right.span.begin;
}
/// One dash or minus, not a rule of them.
bool single_dash(const Token& token, std::string_view text) {
    if (token.kind != TokenKind::dash) return false;
    return text[token.span.begin] != '-' || token.span.end - token.span.begin == 1;
}

}  // namespace

CurrencyId currency_word(const Page& page, std::uint32_t at) {
    const auto& tokens = page.tokens();
    const Token& token = tokens[at];
    if (token.kind != TokenKind::word) return kNoCurrency;
    const WordInfo& info = page.info(token);
    if (info.currency == kNoCurrency || (!info.currency_any_case && !token.upper)) return kNoCurrency;
    if (currency(info.currency).kind != CurrencyKind::risky) return info.currency;
    const auto number = [&](std::uint32_t i) {
        return tokens[i].kind == TokenKind::digits && tokens[i].cell == token.cell;
    };
    const bool beside = (at > 0 && number(at - 1)) || (at + 1 < tokens.size() && number(at + 1));
    return beside ? info.currency : kNoCurrency;
}

bool strange_letters_touch(const Page& page, std::uint32_t at) {
    const auto& tokens = page.tokens();
    const auto strange = [&](std::uint32_t word) {
        return tokens[word].kind == TokenKind::word && currency_word(page, word) == kNoCurrency;
    };
    return (at > 0 && touch(tokens[at - 1], tokens[at]) && strange(at - 1)) ||
           (at + 1 < tokens.size() && touch(tokens[at], tokens[at + 1]) && strange(at + 1));
}

AmountScan::Read AmountScan::read(std::uint32_t at) {
    Amount found;
    found.number = read_number(text_, tokens_[at].span.begin, facts_.steps);
    found.token = at;
    found.cell = tokens_[at].cell;
    std::uint32_t end = at;
    while (end < tokens_.size() && tokens_[end].span.begin < found.number.span.end) ++end, ++facts_.steps;
    found.end_token = end;
    if (glued_before(at) || glued_after(at, end)) return {end, false};
    end = open_cents(found, end);
    read_sign(found, at, end);
    end = credit_mark(found, end);
    if (end < tokens_.size() && tokens_[end].cell == found.cell && tokens_[end].kind == TokenKind::percent) {
        found.percent = true;
        found.end_token = ++end;
    } else if (!currency_before(found, at)) {
        currency_after(found, end);
    }
    credit_mark(found, found.end_token);
    if (found.number.decimals != Decimals::none && found.currency == kNoCurrency && !found.percent)
        found.unit = before_unit(found);
    read_magnitude(found);
    credit_words(found);
    facts_.amounts.push_back(found);
    return {found.end_token, true};
}

/// "100,-" and "100.--": no cents.
std::uint32_t AmountScan::open_cents(Amount& found, std::uint32_t end) const {
    if (end + 1 >= tokens_.size() || found.number.decimals == Decimals::malformed) return end;
    const Token& mark = tokens_[end];
    const Token& dash = tokens_[end + 1];
    if (mark.kind != TokenKind::comma && mark.kind != TokenKind::dot) return end;
    if (dash.kind != TokenKind::dash || !touch(tokens_[end - 1], mark) || !touch(mark, dash)) return end;
    found.number.span.end = dash.span.end;
    found.number.open_cents = true;
    return found.end_token = end + 2;
}

bool AmountScan::names_currency(std::uint32_t at) const {
    return tokens_[at].kind == TokenKind::currency || currency_word(page_, at) != kNoCurrency;
}

bool AmountScan::follows_letter_or_digit(const Token& token) const {
    return token.span.begin > 0 && (letter(text_[token.span.begin - 1]) || digit(text_[token.span.begin - 1]));
}

/// Part of a name or of a longer number: "INV-100", "A4", "#12", "1.2.100", digits after an invisible character.
bool AmountScan::glued_before(std::uint32_t at) const {
    if (at == 0) return false;
    const Token& before = tokens_[at - 1];
    if (!touch(before, tokens_[at])) {
        const bool hidden = page_.lines()[page_.line_of(tokens_[at])].hidden;
        return hidden && wide(text_[tokens_[at].span.begin - 1]) && before.kind == TokenKind::digits;
    }
    const bool one = before.span.end - before.span.begin == 1;
    switch (before.kind) {
        case TokenKind::word:
            return !names_currency(at - 1);
        case TokenKind::hash:
        case TokenKind::slash:
        case TokenKind::at:
        case TokenKind::digits:
            return true;
        case TokenKind::dot:
            return one && follows_letter_or_digit(before) && !(at > 1 && names_currency(at - 2));
        case TokenKind::comma:
            return one && follows_letter_or_digit(before);
        case TokenKind::dash:
            return follows_letter_or_digit(before);
        case TokenKind::other:
            return text_[before.span.begin] == '_';
        default:
            return false;
    }
}

/// "12/34", "2018-51112", "10:30", "5G": but "100EUR" is an amount.
bool AmountScan::glued_after(std::uint32_t at, std::uint32_t end) const {
    if (end >= tokens_.size() || tokens_[end].cell != tokens_[at].cell) return false;
    const Token& after = tokens_[end];
    if (!touch(tokens_[end - 1], after)) {
        const bool hidden = page_.lines()[page_.line_of(after)].hidden;
        return hidden && wide(text_[tokens_[end - 1].span.end]) && after.kind == TokenKind::digits;
    }
    if (after.kind == TokenKind::word) return !names_currency(end) && !is_credit_mark(end);
    const bool more = end + 1 < tokens_.size() && touch(after, tokens_[end + 1]) &&
                      (tokens_[end + 1].kind == TokenKind::digits || tokens_[end + 1].kind == TokenKind::word);
    if (!more) return false;
    return after.kind == TokenKind::dash || after.kind == TokenKind::slash || after.kind == TokenKind::colon ||
           (after.kind == TokenKind::other && text_[after.span.begin] == '_');
}

/// A minus before the number or its currency, or the parentheses of accountants.
void AmountScan::read_sign(Amount& found, std::uint32_t at, std::uint32_t& end) {
    std::uint32_t first = at;
    if (first > 0 && tokens_[first - 1].cell == found.cell && names_currency(first - 1)) --first;
    if (first == 0 || tokens_[first - 1].cell != found.cell) return trailing_sign(found, end);
    const Token& before = tokens_[first - 1];
    const bool touches = before.span.end == tokens_[first].span.begin;
    const bool begins_cell = first - 1 == page_.cells()[found.cell].first_token;
    const bool after_gap = first >= 2 && tokens_[first - 2].span.end < before.span.begin;
    const bool after_colon = first >= 2 && tokens_[first - 2].kind == TokenKind::colon;
    if (single_dash(before, text_) && (begins_cell || after_colon || (after_gap && touches))) {
        found.number.negative = true;
        found.number.span.begin = before.span.begin;
        return;
    }
    std::uint32_t close = end;  // "(5.00)", "(5.00 EUR)"
    const bool currency_inside = close < tokens_.size() && tokens_[close].cell == found.cell && names_currency(close);
    if (currency_inside) ++close;
    const bool after_currency = first >= 2 && tokens_[first - 2].cell == found.cell && names_currency(first - 2) &&
                                found.number.decimals != Decimals::none;  // "EUR (5.00)", but "in EUR (2)" is a note
    if (text_[before.span.begin] == '(' && touches && closes_cell(found, close) &&
        (begins_cell || after_colon || after_currency)) {
        if (currency_inside) currency_after(found, end);
        found.number.negative = true;
        found.number.span = {before.span.begin, tokens_[close].span.end};
        found.end_token = end = close + 1;
        return;
    }
    trailing_sign(found, end);
}

/// A closing parenthesis with nothing behind it in its cell but a currency.
bool AmountScan::closes_cell(const Amount& found, std::uint32_t at) const {
    if (at >= tokens_.size() || tokens_[at].cell != found.cell || tokens_[at].kind != TokenKind::close) return false;
    const std::uint32_t cell_end = page_.cells()[found.cell].end_token;
    return at + 1 >= cell_end || (at + 2 >= cell_end && names_currency(at + 1));
}

/// "CR" as banks and accountants write it, with nothing behind it on its line but a dot or a currency.
bool AmountScan::is_credit_mark(std::uint32_t at) const {
    const Token& token = tokens_[at];
    const std::string_view word = text_.substr(token.span.begin, token.span.end - token.span.begin);
    if (token.kind != TokenKind::word || (word != "CR" && word != "Cr" && word != "cr")) return false;
    const std::uint32_t line_end = page_.line_end_token(token.cell);
    std::uint32_t next = at + 1;
    if (next < line_end && tokens_[next].kind == TokenKind::dot) ++next;
    if (next < line_end && names_currency(next)) ++next;
    return next >= line_end;
}

/// "100.00 CR", "100.00 EUR Cr.": owed to the buyer. Returns the token behind it.
std::uint32_t AmountScan::credit_mark(Amount& found, std::uint32_t at) const {
    if (at >= tokens_.size() || page_.line_of(tokens_[at]) != page_.cells()[found.cell].line) return at;
    if (found.percent || !is_credit_mark(at)) return at;
    found.number.negative = true;
    found.number.span.end = tokens_[at].span.end;
    return found.end_token = at + 1;
}

/// "100,00-", as some German systems print it.
void AmountScan::trailing_sign(Amount& found, std::uint32_t& end) const {
    if (end >= tokens_.size() || !single_dash(tokens_[end], text_) || tokens_[end].cell != found.cell) return;
    const Token& dash = tokens_[end];
    const bool closes = end + 1 >= page_.cells()[found.cell].end_token || tokens_[end + 1].span.begin > dash.span.end;
    if (dash.span.begin != found.number.span.end || !closes || found.number.decimals == Decimals::none) return;
    found.number.negative = true;
    found.number.span.end = dash.span.end;
    found.end_token = ++end;
}

/// "RX $450.00": one or two capitals before the mark, which may be a country's.
bool AmountScan::initials_before(std::uint32_t mark) const {
    if (tokens_[mark].kind != TokenKind::currency || mark == 0 || tokens_[mark - 1].cell != tokens_[mark].cell)
        return false;
    const Token& before = tokens_[mark - 1];
    const bool known = (before.word != 0 && !page_.info(before).unit) || page_.text(before.span) == "US";
    return before.kind == TokenKind::word && before.upper && before.span.end - before.span.begin <= 2 && !known;
}

/// A currency right before the number on its line, unless the number before has it.
bool AmountScan::currency_before(Amount& found, std::uint32_t at) {
    if (facts_.mentions.empty()) return false;
    Mention& last = facts_.mentions.back();
    std::uint32_t between = last.token + 1;
    for (const TokenKind mark : {TokenKind::dot, TokenKind::colon, TokenKind::dash, TokenKind::open}) {
        if (between < at && tokens_[between].kind == mark) ++between;  // "Rs. 500", "EUR: 500", "EUR -5", "USD (5)"
    }
    if (between != at || last.beside_amount) return false;
    if (page_.line_of(tokens_[last.token]) != page_.line_of(tokens_[at])) return false;
    last.beside_amount = true;
    found.currency = last.id;
    found.currency_span = last.span;
    found.strange_mark = last.strange || initials_before(last.token);
    return true;
}

void AmountScan::currency_after(Amount& found, std::uint32_t end) {
    if (end >= tokens_.size() || page_.line_of(tokens_[end]) != page_.cells()[found.cell].line) return;
    const Token& after = tokens_[end];
    const CurrencyId id =
        after.kind == TokenKind::currency ? static_cast<CurrencyId>(after.hash) : currency_word(page_, end);
    if (id == kNoCurrency) return;
    const bool last_on_line = end + 1 >= page_.line_end_token(after.cell);
    if (after.cell != found.cell && !last_on_line) return;
    // A symbol that touches the next number belongs to that one: "10 $20".
    const bool of_next = !last_on_line && after.kind == TokenKind::currency &&
                         tokens_[end + 1].kind == TokenKind::digits && touch(after, tokens_[end + 1]);
    if (of_next) return;
    found.currency = id;
    found.currency_span = after.span;
    found.end_token = end + 1;
    found.strange_mark = after.kind == TokenKind::currency && strange_letters_touch(page_, end);
    facts_.mentions.push_back({id, after.span, end, true, found.strange_mark});
}

bool AmountScan::magnitude(std::uint32_t at) const {
    if (tokens_[at].kind != TokenKind::word) return false;
    const WordInfo& info = page_.info(tokens_[at]);
    return info.magnitude || (info.magnitude_upper && tokens_[at].upper);
}

/// "12.50 kg", in one cell, or with the unit alone in the next.
bool AmountScan::before_unit(const Amount& found) const {
    if (found.end_token >= tokens_.size() || tokens_[found.end_token].kind != TokenKind::word) return false;
    const Token& word = tokens_[found.end_token];
    constexpr std::string_view kLetters = "ghlmt";  // not in upper case, which may be a rate of tax
    const bool one_letter =
        word.span.end - word.span.begin == 1 && kLetters.find(text_[word.span.begin]) != kLetters.npos;
    if (!one_letter && !page_.info(word).unit) return false;
    const Cell& cell = page_.cells()[word.cell];
    return word.cell == found.cell ||
           (cell.line == page_.cells()[found.cell].line && cell.end_token - cell.first_token == 1);
}

/// "2.5 million MNEE", "2.5 MNEE million", "2,5 Mio. EUR", "450.00 EUR (in thousands)".
void AmountScan::read_magnitude(Amount& found) const {
    const std::uint32_t line_end = page_.line_end_token(found.cell);
    std::uint32_t at = found.end_token;
    if (at < line_end && tokens_[at].kind == TokenKind::open) ++at;
    if (at < line_end && page_.text(tokens_[at].span) == "in") ++at;
    found.scaled = at < line_end && magnitude(at);
}

/// Whether the word at `at` says that money is owed to the buyer, and not a card, a bank or whom to pay.
bool AmountScan::names_credit(std::uint32_t at) const {
    const Token& token = tokens_[at];
    if (token.kind != TokenKind::word) return false;
    const auto word_at = [&](std::uint32_t i) -> const WordInfo* {
        const bool there = i < tokens_.size() && page_.line_of(tokens_[i]) == page_.line_of(token);
        return there && tokens_[i].kind == TokenKind::word ? &page_.info(tokens_[i]) : nullptr;
    };
    const WordInfo* before = at > 0 ? word_at(at - 1) : nullptr;
    const WordInfo* after = word_at(at + 1);
    switch (page_.info(token).credit) {
        case CreditWord::none:
            return false;
        case CreditWord::credit: {
            const WordInfo* first = at > 1 ? word_at(at - 2) : nullptr;  // "carte de credit"
            const bool of_card = before != nullptr && before->of_another && first != nullptr && first->beside_credit;
            const bool taken_off = before != nullptr && before->after;
            return !of_card && !taken_off && !(after != nullptr && after->beside_credit);
        }
        case CreditWord::favour:
            return before != nullptr && before->yours && !(after != nullptr && after->of_another);
    }
    return false;
}

/// "45.10 MNEE credit", "45,10 EUR zu Ihren Gunsten" are credits; other words beside them, or the word before the
/// amount as in "Credit balance: 45.10", make it a question.
void AmountScan::credit_words(Amount& found) const {
    if (!page_.speaks_of_credit() || found.percent || found.number.negative) return;
    constexpr std::uint32_t kWordsAround = 8;
    const std::uint32_t line_begin =
        page_.cells()[page_.lines()[page_.cells()[found.cell].line].first_cell].first_token;
    for (std::uint32_t i = found.token; i > line_begin && found.token - i < kWordsAround; --i) {
        ++facts_.steps;
        if (tokens_[i - 1].kind == TokenKind::digits) break;
        found.perhaps_credit = found.perhaps_credit || names_credit(i - 1);
    }
    const std::uint32_t line_end = page_.line_end_token(found.cell);
    const std::uint32_t last = std::min(line_end, found.end_token + kWordsAround);
    bool direct = true;  // only "(", "in" or "zu Ihren" stands between the amount and the word
    for (std::uint32_t i = found.end_token; i < last; ++i) {
        ++facts_.steps;
        const Token& token = tokens_[i];
        if (token.kind == TokenKind::digits || token.kind == TokenKind::colon) return;
        if (!names_credit(i)) {
            const WordInfo& info = page_.info(token);
            direct = direct && (token.kind != TokenKind::word || info.yours || info.neutral);
            continue;
        }
        std::uint32_t next = i + 1;
        if (next < line_end && tokens_[next].kind == TokenKind::colon) return;  // the label of what follows
        while (next < line_end && (tokens_[next].kind == TokenKind::dot || tokens_[next].kind == TokenKind::close))
            ++next;
        if (next < line_end && names_currency(next)) ++next;
        if (!direct || next < line_end) {
            found.perhaps_credit = true;
            return;
        }
        found.number.negative = true;
        found.number.span.end = token.span.end;
        found.end_token = i + 1;
        return;
    }
}

}  // namespace parser_rules
