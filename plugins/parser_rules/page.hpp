// The text as a reader sees it: lines, cells (runs divided by two spaces, tabs or bars) with their columns, and tokens.
// Built in one pass; holds views into the text, which must outlive it. Columns count characters, not bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "field.hpp"
#include "lexicon.hpp"
#include "unicode.hpp"

namespace parser_rules {

enum class TokenKind : std::uint8_t {
    word,
    digits,
    currency,
    hash,
    colon,
    dot,
    comma,
    dash,
    slash,
    apostrophe,
    percent,
    open,
    close,
    at,
    other
};

struct Token {
    Span span;
    std::uint64_t hash = 0;  ///< of the folded word; for a currency symbol its CurrencyId
    std::uint32_t cell = 0;
    Lexicon::WordId word = 0;
    TokenKind kind = TokenKind::other;
    bool upper = false;        ///< a word all in capitals
    bool capitalised = false;  ///< a word that begins with a capital
};

struct Cell {
    Span span;
    std::uint32_t line = 0;
    std::uint32_t first_token = 0;
    std::uint32_t end_token = 0;
    std::uint32_t column = 0;
    std::uint32_t end_column = 0;
};

/// A line that has words or numbers on it; empty lines and rules are only counted.
struct Line {
    Span span;
    std::uint32_t first_cell = 0;
    std::uint32_t end_cell = 0;
    std::uint16_t gap = 0;   ///< empty or ruled lines before it, at most 1000
    std::uint16_t bars = 0;  ///< bars and bullets between its cells, at most 1000
    bool hidden = false;     ///< has invisible characters
};

class Page {
public:
    Page(std::string_view text, const Lexicon& lexicon);

    std::string_view text() const noexcept { return text_; }
    std::string_view text(Span span) const { return span.of(text_); }
    const std::vector<Line>& lines() const noexcept { return lines_; }
    const std::vector<Cell>& cells() const noexcept { return cells_; }
    const std::vector<Token>& tokens() const noexcept { return tokens_; }
    const Lexicon& lexicon() const noexcept { return *lexicon_; }
    const WordInfo& info(const Token& token) const { return lexicon_->info(token.word); }
    std::uint32_t line_of(const Token& token) const { return cells_[token.cell].line; }
    /// One past the last token of the token's line.
    std::uint32_t line_end_token(std::uint32_t cell) const {
        return cells_[lines_[cells_[cell].line].end_cell - 1].end_token;
    }
    bool hidden_characters() const noexcept { return hidden_; }
    /// The first word that is not what it looks like: it holds an invisible character, letters of other scripts that
    /// look like its own, or letters that only pictures should have; or the text turns its direction. Empty: none.
    Span disguised() const noexcept { return disguised_; }
    /// Words written "P A I D", with the word they make and the token of the last letter; a few.
    struct SpacedWord {
        std::uint32_t last = 0;
        Lexicon::WordId word = 0;
    };
    const std::vector<SpacedWord>& spaced_words() const noexcept { return spaced_; }
    std::uint64_t steps() const noexcept { return steps_; }
    /// Tokens that may begin a phrase found apart from the labels; most papers have none or few.
    const std::vector<std::uint32_t>& begins_apart() const noexcept { return begins_apart_; }
    /// Whether any word may say that money is owed to the buyer.
    bool speaks_of_credit() const noexcept { return speaks_of_credit_; }

private:
    void read_line(std::uint32_t& at);
    void read_word(std::uint32_t& at);
    void read_mark(std::uint32_t& at, const CodePoint& point);
    void close_cell(std::uint32_t end_column);
    void distrust(Span span);
    void distrust_between_letters(Span mark);
    void distrust_mixed(Span word);
    void read_letter(std::uint32_t at, char folded);
    void push(TokenKind kind, Span span, std::uint64_t hash = 0);

    std::string_view text_;
    const Lexicon* lexicon_;
    std::vector<Line> lines_;
    std::vector<Cell> cells_;
    std::vector<Token> tokens_;
    std::vector<std::uint32_t> begins_apart_;
    std::vector<SpacedWord> spaced_;
    Span disguised_;
    WordHash letters_;                ///< of the single letters read last
    std::uint32_t n_letters_ = 0;     ///< how many
    std::uint32_t after_letter_ = 0;  ///< the byte behind the last of them
    Cell open_;
    bool cell_open_ = false;
    bool cell_speaks_ = false;  ///< has a word, a number or a currency
    bool hidden_ = false;
    bool speaks_of_credit_ = false;
    bool line_hidden_ = false;
    std::uint32_t column_ = 0;
    std::uint32_t token_column_ = 0;
    std::uint64_t steps_ = 0;
};

}  // namespace parser_rules
