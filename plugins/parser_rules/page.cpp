#include "page.hpp"

#include <algorithm>
#include <array>

#include "disguise.hpp"

namespace parser_rules {
namespace {

constexpr std::uint16_t kCountLimit = 1000;
constexpr std::uint32_t kTabWidth = 8;

enum class Ascii : std::uint8_t { other, letter, digit, space, line_end, bar };

constexpr auto kAscii = [] {
    std::array<Ascii, 128> table{};
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = Ascii::letter;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = Ascii::letter;
    for (char c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = Ascii::digit;
    for (const unsigned char c : {' ', '\t', '\v'}) table[c] = Ascii::space;
    for (const unsigned char c : {'\n', '\r', '\f'}) table[c] = Ascii::line_end;
    table[std::size_t{'|'}] = Ascii::bar;
    return table;
}();

Ascii ascii(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 128 ? kAscii[byte] : Ascii::other;
}

TokenKind mark_kind(char32_t c) {
    switch (c) {
        case '#':
            return TokenKind::hash;
        case ':':
            return TokenKind::colon;
        case '.':
            return TokenKind::dot;
        case ',':
            return TokenKind::comma;
        case '-':
            return TokenKind::dash;
        case '/':
            return TokenKind::slash;
        case '\'':
        case '`':
            return TokenKind::apostrophe;
        case '%':
            return TokenKind::percent;
        case '(':
        case '[':
            return TokenKind::open;
        case ')':
        case ']':
            return TokenKind::close;
        case '@':
            return TokenKind::at;
        case '$':
            return TokenKind::currency;
        default:
            return TokenKind::other;
    }
}

bool full_width_capital(char32_t c) {
    return c >= 0xFF21 && c <= 0xFF3A;
}

/// "Acme AG * Some Street 4 * 12345 Town": a star between spaces divides as a bar does.
bool spaced_star(std::string_view text, std::uint32_t at) {
    return text[at] == '*' && at > 0 && at + 1 < text.size() && text[at - 1] == ' ' && text[at + 1] == ' ';
}

}  // namespace

Page::Page(std::string_view text, const Lexicon& lexicon) : text_(text), lexicon_(&lexicon) {
    tokens_.reserve(text.size() / 5 + 16);
    cells_.reserve(text.size() / 24 + 8);
    lines_.reserve(text.size() / 40 + 8);
    std::uint32_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    std::uint16_t gap = 0;
    while (at < text_.size()) {
        const std::size_t before = lines_.size();
        read_line(at);
        if (lines_.size() > before) {
            lines_.back().gap = gap;
            gap = 0;
        } else {
            gap = std::min<std::uint16_t>(gap + 1, kCountLimit);
        }
    }
}

void Page::read_line(std::uint32_t& at) {
    const std::uint32_t begin = at;
    const auto first_cell = static_cast<std::uint32_t>(cells_.size());
    std::uint16_t bars = 0;
    column_ = 0;
    line_hidden_ = false;
    while (at < text_.size()) {
        ++steps_;
        const Ascii kind = ascii(text_[at]);
        if (kind == Ascii::line_end) break;
        if (kind == Ascii::letter || kind == Ascii::digit) {
            read_word(at);
            continue;
        }
        const bool plain = static_cast<unsigned char>(text_[at]) < 0x80;
        const CodePoint point = plain ? CodePoint{static_cast<unsigned char>(text_[at]), 1, true} : decode(text_, at);
        const CharClass wide = plain ? CharClass::other : classify(point.value);
        if (kind == Ascii::space || wide == CharClass::space) {
            const std::uint32_t from_column = column_;
            bool tab = false;
            while (at < text_.size()) {
                ++steps_;
                if (text_[at] == '\t') tab = true;
                if (ascii(text_[at]) == Ascii::space) {
                    column_ = text_[at] == '\t' ? (column_ / kTabWidth + 1) * kTabWidth : column_ + 1;
                    ++at;
                    continue;
                }
                if (static_cast<unsigned char>(text_[at]) < 0x80) break;
                const CodePoint next = decode(text_, at);
                if (classify(next.value) != CharClass::space) break;
                at += next.size;
                ++column_;
            }
            if (tab || column_ - from_column > 1) close_cell(from_column);
            continue;
        }
        if (kind == Ascii::bar || wide == CharClass::bar || spaced_star(text_, at)) {
            close_cell(column_);
            bars = std::min<std::uint16_t>(bars + 1, kCountLimit);
            at += point.size;
            ++column_;
            continue;
        }
        if (wide == CharClass::letter) {
            read_word(at);
            continue;
        }
        read_mark(at, point);
    }
    close_cell(column_);
    if (cells_.size() > first_cell) {
        Line line;
        line.span = {begin, at};
        line.first_cell = first_cell;
        line.end_cell = static_cast<std::uint32_t>(cells_.size());
        line.bars = bars;
        line.hidden = line_hidden_;
        lines_.push_back(line);
    }
    if (at < text_.size()) at += text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n' ? 2 : 1;
}

void Page::read_word(std::uint32_t& at) {
    const std::uint32_t begin = at;
    token_column_ = column_;
    if (ascii(text_[at]) == Ascii::digit) {
        while (at < text_.size() && ascii(text_[at]) == Ascii::digit) ++at;
        steps_ += at - begin;
        column_ += at - begin;
        push(TokenKind::digits, {begin, at});
        return;
    }
    WordHash hash;
    bool upper = true;
    bool capitalised = false;
    bool alike = false;
    while (at < text_.size()) {
        ++steps_;
        const char c = text_[at];
        if (ascii(c) == Ascii::letter) {
            const bool capital = c >= 'A' && c <= 'Z';
            if (at == begin) capitalised = capital;
            upper = upper && capital;
            hash.add(capital ? static_cast<char>(c + ('a' - 'A')) : c);
            ++at;
            ++column_;
            continue;
        }
        if (static_cast<unsigned char>(c) < 0x80) break;
        const CodePoint point = decode(text_, at);
        const CharClass kind = point.valid ? classify(point.value) : CharClass::other;
        if (kind != CharClass::letter && kind != CharClass::ignored) break;
        if (kind == CharClass::letter) {
            const std::string_view folded = fold_letter(point.value);
            hash.add(folded.empty() ? text_.substr(at, point.size) : folded);
            alike = alike || looks_latin(point.value);
            // In U+00C0..U+00DE all letters are capitals; elsewhere case does not matter to any rule.
            const bool capital = point.value < 0xDF || full_width_capital(point.value);
            if (at == begin) capitalised = capital;
            upper = upper && capital;
        }
        at += point.size;
        ++column_;
    }
    push(TokenKind::word, {begin, at}, hash.value());
    if (at - begin == 1) read_letter(begin, text_[begin]);
    if (alike) distrust_mixed({begin, at});
    Token& token = tokens_.back();
    token.word = lexicon_->word(token.hash);
    if (token.word != 0) {
        const WordInfo& info = lexicon_->info(token.word);
        if (info.begins_apart) begins_apart_.push_back(static_cast<std::uint32_t>(tokens_.size() - 1));
        speaks_of_credit_ = speaks_of_credit_ || info.credit != CreditWord::none;
    }
    token.upper = upper;
    token.capitalised = capitalised;
}

void Page::read_mark(std::uint32_t& at, const CodePoint& point) {
    const std::uint32_t begin = at;
    token_column_ = column_;
    at += point.size;
    ++column_;
    if (point.value < 0x80) {
        const TokenKind kind = mark_kind(point.value);
        if (kind == TokenKind::currency) {
            push(kind, {begin, at}, currency_of_symbol(point.value));
            return;
        }
        if (kind == TokenKind::other || kind == TokenKind::dash || kind == TokenKind::dot) {
            while (at < text_.size() && text_[at] == text_[begin]) ++at, ++column_, ++steps_;  // a rule or leader dots
        }
        if (point.value < ' ' || point.value == 0x7F) distrust_between_letters({begin, at});
        push(kind, {begin, at});
        if (kind == TokenKind::hash) {
            tokens_.back().hash = hash_of("#");
            tokens_.back().word = lexicon_->word(tokens_.back().hash);
        }
        return;
    }
    switch (point.valid ? classify(point.value) : CharClass::other) {
        case CharClass::hidden:
            hidden_ = line_hidden_ = true;
            distrust_between_letters({begin, at});
            if (turns_direction(point.value)) distrust({begin, at});
            return;
        case CharClass::dash:
            push(TokenKind::dash, {begin, at});
            return;
        case CharClass::apostrophe:
            push(TokenKind::apostrophe, {begin, at});
            return;
        case CharClass::currency:
            push(TokenKind::currency, {begin, at}, currency_of_symbol(point.value));
            return;
        case CharClass::numero:
            push(TokenKind::word, {begin, at}, hash_of("no"));
            tokens_.back().word = lexicon_->word(tokens_.back().hash);
            return;
        case CharClass::letter:
        case CharClass::ignored:
        case CharClass::space:
        case CharClass::bar:
        case CharClass::other:
            if (draws_letter(point.value)) distrust({begin, at});
            push(TokenKind::other, {begin, at});
            return;
    }
}

void Page::distrust(Span span) {
    if (disguised_.empty()) disguised_ = span;
}

/// A mark nobody sees inside a word of Latin letters.
void Page::distrust_between_letters(Span mark) {
    if (mark.begin == 0 || mark.end >= text_.size()) return;
    if (ascii(text_[mark.begin - 1]) == Ascii::letter && ascii(text_[mark.end]) == Ascii::letter)
        distrust({mark.begin - 1, mark.end + 1});
}

/// Letters of another script among those they look like.
void Page::distrust_mixed(Span word) {
    const std::string_view letters = word.of(text_);
    steps_ += letters.size();
    if (std::any_of(letters.begin(), letters.end(), [](char c) { return ascii(c) == Ascii::letter; })) distrust(word);
}

/// "P A I D": single letters, a mark or two apart, that make a word.
void Page::read_letter(std::uint32_t at, char letter) {
    constexpr std::uint32_t kApart = 3;
    constexpr std::uint32_t kFewest = 4;
    constexpr std::size_t kMost = 4;
    const bool goes_on = n_letters_ > 0 && at - after_letter_ <= kApart;
    if (!goes_on) {
        letters_ = {};
        n_letters_ = 0;
    }
    letters_.add(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter);
    after_letter_ = at + 1;
    if (++n_letters_ < kFewest || spaced_.size() >= kMost) return;
    const auto word = lexicon_->word(letters_.value());
    if (word == 0) return;
    spaced_.push_back({static_cast<std::uint32_t>(tokens_.size() - 1), word});
}

void Page::push(TokenKind kind, Span span, std::uint64_t hash) {
    if (!cell_open_) {
        open_ = {};
        open_.span.begin = span.begin;
        open_.line = static_cast<std::uint32_t>(lines_.size());
        open_.first_token = static_cast<std::uint32_t>(tokens_.size());
        open_.column = token_column_;
        cell_open_ = true;
        cell_speaks_ = false;
    }
    if (kind == TokenKind::word || kind == TokenKind::digits || kind == TokenKind::currency) cell_speaks_ = true;
    Token token;
    token.span = span;
    token.hash = hash;
    token.kind = kind;
    token.cell = static_cast<std::uint32_t>(cells_.size());
    tokens_.push_back(token);
}

void Page::close_cell(std::uint32_t end_column) {
    if (!cell_open_) return;
    cell_open_ = false;
    if (!cell_speaks_) {  // a rule, or leader dots between a label and its value
        tokens_.resize(open_.first_token);
        return;
    }
    open_.span.end = tokens_.back().span.end;
    open_.end_token = static_cast<std::uint32_t>(tokens_.size());
    open_.end_column = end_column;
    cells_.push_back(open_);
}

}  // namespace parser_rules
