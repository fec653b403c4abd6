#include "clause.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kFullLine = 60;  ///< columns: a shorter line ends because its sentence does

/// "the", "if", "been": more has to follow.
bool leaves_open(const Page& page, const Token& token) {
    return token.kind == TokenKind::word && page.info(token).parts.has(Part::opens);
}

}  // namespace

bool runs_on(const Page& page, std::uint32_t token) {
    const auto& tokens = page.tokens();
    const Cell& below = page.cells()[tokens[token].cell];
    const Cell& above = page.cells()[tokens[token - 1].cell];
    const Line& line = page.lines()[below.line];
    if (line.gap > 0 || page.lines()[above.line].end_cell - page.lines()[above.line].first_cell > 1) return false;
    if (tokens[token].kind != TokenKind::word || tokens[token].upper) return false;
    if (leaves_open(page, tokens[token - 1])) return true;
    const bool open = tokens[token - 1].kind == TokenKind::word || tokens[token - 1].kind == TokenKind::comma;
    return open && !tokens[token].capitalised && above.end_column - above.column >= kFullLine;
}

bool parted(const Page& page, std::uint32_t token) {
    const auto& tokens = page.tokens();
    const Token& mark = tokens[token - 1];
    const Token& next = tokens[token];
    if (mark.cell != next.cell) return page.line_of(mark) == page.line_of(next) || !runs_on(page, token);
    const bool spaced = mark.span.end < next.span.begin;
    if (mark.kind == TokenKind::dot) return spaced && next.kind != TokenKind::digits;
    if (mark.kind == TokenKind::dash) return spaced && token >= 2 && tokens[token - 2].span.end < mark.span.begin;
    if (mark.kind != TokenKind::other) return false;
    const std::string_view text = page.text(mark.span);
    return text[0] == '?' || text[0] == '!' || text[0] == ';';
}

Clause::Clause(const Page& page, std::uint32_t begin, std::uint32_t end) {
    const auto& tokens = page.tokens();
    for (std::uint32_t i = begin; i > 0 && begin - i < kMostTokens && n_before_ < kMostWords; --i) {
        if (parted(page, i)) break;
        if (tokens[i - 1].kind == TokenKind::word) before_[n_before_++] = i - 1;
    }
    for (std::uint32_t i = end; i < tokens.size() && i - end < kMostTokens && n_after_ < kMostWords; ++i) {
        if (parted(page, i)) break;
        if (tokens[i].kind == TokenKind::word) after_[n_after_++] = i;
    }
}

}  // namespace parser_rules
