#include "party_blocks.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxBlocks = 24;
constexpr std::uint32_t kMaxLines = 14;
constexpr std::uint16_t kGapThatEnds = 2;
constexpr std::uint32_t kFarRight = 28;  ///< columns; a later cell that far right is another column of the page
constexpr std::uint32_t kSenderLines = 20;

}  // namespace

Party party_of(Label label) {
    switch (label) {
        case Label::seller:
            return Party::seller;
        case Label::buyer:
            return Party::buyer;
        case Label::other_party:
            return Party::other;
        default:
            return Party::unknown;
    }
}

PartyBlocks::PartyBlocks(const Context& context) : context_(context) {
    for (const auto& hit : context.facts.hits) {
        if (blocks_.size() == kMaxBlocks) break;
        const Party party = party_of(hit.label);
        if (party == Party::unknown || !hit.leads || (!hit.colon && !hit.ends)) continue;
        if (context.layout.role(hit) == LineRole::item_header) continue;
        open(party, hit.cell);
        blocks_.back().hit_token = hit.token;
        names_buyer_ = names_buyer_ || party == Party::buyer;
    }
    for (std::uint32_t line = 0; line < std::min<std::size_t>(context.page.lines().size(), kSenderLines); ++line) {
        if (blocks_.size() == kMaxBlocks || !sender_line(line)) continue;
        // The window of a letter: under the sender's line stands the one it is sent to.
        const std::uint32_t cell = context.page.lines()[line].first_cell;
        open(Party::buyer, cell);
        blocks_.back().first_line = line + 1;
        blocks_.back().column = 0;
        blocks_.back().end_column = std::min(blocks_.back().end_column, context.page.cells()[cell].column + kFarRight);
        break;
    }
}

void PartyBlocks::open(Party party, std::uint32_t cell) {
    const Cell& of = context_.page.cells()[cell];
    const Line& line = context_.page.lines()[of.line];
    Block block;
    block.party = party;
    block.first_line = of.line;
    block.column = of.column < 3 ? 0 : of.column - 3;
    block.end_column = cell + 1 < line.end_cell ? context_.page.cells()[cell + 1].column : UINT32_MAX;
    // A label at the left with its value at the right: the block is as wide as both.
    if (cell + 1 < line.end_cell && context_.layout.leading_hit(cell + 1) == nullptr && cell + 2 >= line.end_cell) {
        const auto hits = context_.layout.hits(context_.layout.of_cell(cell));
        if (hits.begin < hits.end && context_.facts.hits[hits.begin].ends) block.end_column = UINT32_MAX;
    }
    block.end_line = end_of(of.line, block.column, block.end_column);
    blocks_.push_back(block);
}

/// The block ends at two empty lines, at the next party's label in its columns, or after some lines.
std::uint32_t PartyBlocks::end_of(std::uint32_t first, std::uint32_t column, std::uint32_t end_column) const {
    const auto& lines = context_.page.lines();
    const std::uint32_t last = std::min<std::uint32_t>(static_cast<std::uint32_t>(lines.size()), first + kMaxLines);
    for (std::uint32_t l = first + 1; l < last; ++l) {
        if (lines[l].gap >= kGapThatEnds && l > first + 1) return l;
        const std::uint32_t end_cell = std::min(lines[l].end_cell, lines[l].first_cell + 8);
        for (std::uint32_t c = lines[l].first_cell; c < end_cell; ++c) {
            const Cell& cell = context_.page.cells()[c];
            if (cell.column < column || cell.column >= end_column) continue;
            const Hit* hit = context_.layout.leading_hit(c);
            if (hit != nullptr && party_of(hit->label) != Party::unknown && (hit->colon || hit->ends)) return l;
            if (hit != nullptr && (hit->label == Label::item_header || hit->label == Label::total_plain)) return l;
        }
    }
    return last;
}

Party PartyBlocks::owner(std::uint32_t cell) const {
    const Cell& of = context_.page.cells()[cell];
    Party party = Party::unknown;
    std::uint32_t nearest = 0;
    for (const auto& block : blocks_) {
        if (of.line < block.first_line || of.line >= block.end_line) continue;
        if (of.column < block.column || of.column >= block.end_column) continue;
        const bool first_on_line = cell == context_.page.lines()[of.line].first_cell;
        if (!first_on_line && of.line > block.first_line && of.column > block.column + kFarRight &&
            block.end_column == UINT32_MAX) {
            continue;
        }
        if (party == Party::unknown || block.first_line >= nearest) {
            party = block.party;
            nearest = block.first_line;
        }
    }
    return party;
}

bool PartyBlocks::sender_line(std::uint32_t line) const {
    const Line& of = context_.page.lines()[line];
    if (of.bars < 2 || of.end_cell - of.first_cell < 3 || of.end_cell - of.first_cell > 8) return false;
    const std::uint32_t end = context_.page.cells()[of.end_cell - 1].end_token;
    const auto& tokens = context_.page.tokens();
    for (std::uint32_t t = context_.page.cells()[of.first_cell].end_token; t < end; ++t) {
        const std::uint32_t size = tokens[t].span.end - tokens[t].span.begin;
        if (tokens[t].kind == TokenKind::digits && (size == 4 || size == 5)) return true;
    }
    return false;
}

}  // namespace parser_rules
