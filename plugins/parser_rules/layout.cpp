#include "layout.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxHitsAhead = 12;  ///< labels looked at for a region's end, so that reading stays linear
constexpr std::uint16_t kMaxGap = 4;       ///< empty lines between a label and what stands under it

bool mark(TokenKind kind) {
    return kind != TokenKind::word && kind != TokenKind::digits && kind != TokenKind::currency &&
           kind != TokenKind::dash && kind != TokenKind::open && kind != TokenKind::hash;
}

template <class List>
Layout::Range range(const List& list, Region region) {
    const auto before = [](const auto& fact, std::uint32_t token) { return fact.token < token; };
    const auto begin = std::lower_bound(list.begin(), list.end(), region.token, before);
    const auto end = std::lower_bound(begin, list.end(), std::max(region.token, region.end), before);
    return {static_cast<std::size_t>(begin - list.begin()), static_cast<std::size_t>(end - list.begin())};
}

}  // namespace

Layout::Layout(const Page& page, const Facts& facts) : page_(page), facts_(facts), roles_(page.lines().size()) {
    struct Tally {
        std::uint32_t hits = 0, item_headers = 0, values = 0;
    };
    std::vector<Tally> tallies(page.lines().size());
    for (const auto& hit : facts.hits) {
        Tally& tally = tallies[page.cells()[hit.cell].line];
        ++tally.hits;
        tally.item_headers += hit.label == Label::item_header;
    }
    for (const auto& amount : facts.amounts) ++tallies[page.cells()[amount.cell].line].values;
    for (const auto& date : facts.dates) ++tallies[page.line_of(page.tokens()[date.token])].values;
    for (std::size_t i = 0; i < roles_.size(); ++i) {
        const Tally& tally = tallies[i];
        const std::uint32_t cells = page.lines()[i].end_cell - page.lines()[i].first_cell;
        if (tally.values > 0) continue;
        if (tally.item_headers > 0 && (cells >= 3 || tally.hits >= 3)) {
            roles_[i] = LineRole::item_header;
        } else if (tally.hits >= 2 && cells >= 2) {
            roles_[i] = LineRole::header;
        }
    }
}

Region Layout::rest_of_cell(std::size_t hit) const {
    const Hit& of = facts_.hits[hit];
    Region region{of.end_token, page_.cells()[of.cell].end_token};
    for (std::size_t i = hit + 1; i < facts_.hits.size() && facts_.hits[i].token < region.end; ++i) {
        if (!facts_.hits[i].colon && i - hit < kMaxHitsAhead) continue;
        region.end = facts_.hits[i].token;
        break;
    }
    while (!region.empty() && mark(page_.tokens()[region.token].kind)) ++region.token;
    return region;
}

Region Layout::rest_of_line(std::size_t hit) const {
    const Hit& of = facts_.hits[hit];
    Region region{of.end_token, page_.line_end_token(of.cell)};
    for (std::size_t i = hit + 1; i < facts_.hits.size() && facts_.hits[i].token < region.end; ++i) {
        const Hit& next = facts_.hits[i];
        const bool starts_cell = next.cell != of.cell && next.leads;
        if (!starts_cell && !next.colon && i - hit < kMaxHitsAhead) continue;
        region.end = next.token;
        break;
    }
    return region;
}

std::optional<std::uint32_t> Layout::cell_right(const Hit& hit) const {
    const std::uint32_t next = hit.cell + 1;
    if (next >= page_.lines()[page_.cells()[hit.cell].line].end_cell) return std::nullopt;
    const Hit* label = leading_hit(next);
    if (label != nullptr && (label->colon || label->ends)) return std::nullopt;
    return next;
}

std::optional<std::uint32_t> Layout::cell_below(std::uint32_t cell, std::uint32_t lines) const {
    const Cell& of = page_.cells()[cell];
    const std::uint32_t of_line_end = page_.lines()[of.line].end_cell;
    const std::uint32_t slot_end = cell + 1 < of_line_end ? page_.cells()[cell + 1].column : UINT32_MAX;
    const std::uint32_t last =
        std::min<std::uint32_t>(static_cast<std::uint32_t>(page_.lines().size()) - 1, of.line + lines);
    for (std::uint32_t l = of.line + 1; l <= last; ++l) {
        const Line& line = page_.lines()[l];
        if (line.gap > kMaxGap) return std::nullopt;
        const auto begin = page_.cells().begin() + line.first_cell;
        const auto end = page_.cells().begin() + line.end_cell;
        auto found = std::lower_bound(begin, end, of.column,
                                      [](const Cell& c, std::uint32_t column) { return c.end_column <= column; });
        if (found == end) continue;
        const auto overlap = [&](const Cell& c) {
            return static_cast<std::int64_t>(std::min(c.end_column, of.end_column)) - std::max(c.column, of.column);
        };
        if (found + 1 != end && overlap(*(found + 1)) > overlap(*found)) ++found;
        if (overlap(*found) > 0 || (found->column >= of.column && found->column < slot_end)) {
            return static_cast<std::uint32_t>(found - page_.cells().begin());
        }
    }
    return std::nullopt;
}

const Hit* Layout::leading_hit(std::uint32_t cell) const {
    const Range found = hits(of_cell(cell));
    if (found.begin == found.end) return nullptr;
    const Hit& hit = facts_.hits[found.begin];
    return hit.leads ? &hit : nullptr;
}

Layout::Range Layout::amounts(Region region) const {
    return range(facts_.amounts, region);
}
Layout::Range Layout::dates(Region region) const {
    return range(facts_.dates, region);
}
Layout::Range Layout::hits(Region region) const {
    return range(facts_.hits, region);
}

}  // namespace parser_rules
