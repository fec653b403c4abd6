// Where the value of a label stands: after it in its cell, in the next cell, or under it.
// Threads: const after construction; borrows the page and its facts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "facts.hpp"
#include "page.hpp"

namespace parser_rules {

/// Tokens [token, end).
struct Region {
    std::uint32_t token = 0;
    std::uint32_t end = 0;

    bool empty() const { return token >= end; }
};

/// What a label on this line may mean.
enum class LineRole : std::uint8_t {
    plain,
    item_header,  ///< names the columns of the item table: what stands below is one item, not a total
    header        ///< several labels and no values: values stand below
};

class Layout {
public:
    Layout(const Page& page, const Facts& facts);

    LineRole role(std::uint32_t line) const { return roles_[line]; }
    LineRole role(const Hit& hit) const { return role(page_.cells()[hit.cell].line); }

    /// From the label's end to the end of its cell, without leading marks; stops at the next label with a colon.
    Region rest_of_cell(std::size_t hit) const;
    /// From the label's end to the end of its line, or to the next label that leads a cell or has a colon.
    Region rest_of_line(std::size_t hit) const;
    /// The cell to the right, when no label leads it.
    std::optional<std::uint32_t> cell_right(const Hit& hit) const;
    /// The nearest cell under `cell` that shares a column with it, at most `lines` lines down.
    std::optional<std::uint32_t> cell_below(std::uint32_t cell, std::uint32_t lines) const;

    /// The label that begins the cell, if one does.
    const Hit* leading_hit(std::uint32_t cell) const;

    /// Indexes into the facts' lists for what lies in a region.
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    Range amounts(Region region) const;
    Range dates(Region region) const;
    Range hits(Region region) const;
    Region of_cell(std::uint32_t cell) const {
        return {page_.cells()[cell].first_token, page_.cells()[cell].end_token};
    }
    Region of_line(std::uint32_t line) const {
        return {page_.cells()[page_.lines()[line].first_cell].first_token,
                page_.cells()[page_.lines()[line].end_cell - 1].end_token};
    }

private:
    const Page& page_;
    const Facts& facts_;
    std::vector<LineRole> roles_;
};

}  // namespace parser_rules
