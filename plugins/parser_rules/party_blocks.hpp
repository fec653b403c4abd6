// Which part of the page speaks of the seller, which of the buyer: blocks that open under labels such as "Bill to".
#pragma once

#include <cstdint>
#include <vector>

#include "rules.hpp"

namespace parser_rules {

enum class Party : std::uint8_t { unknown, seller, buyer, other };

class PartyBlocks {
public:
    explicit PartyBlocks(const Context& context);

    /// Whose block the cell stands in; `unknown` outside of all.
    Party owner(std::uint32_t cell) const;
    bool names_buyer() const { return names_buyer_; }

    /// The line whose cells, divided by bars, give a sender's name and address, as above a letter's window.
    bool sender_line(std::uint32_t line) const;

private:
    struct Block {
        Party party = Party::unknown;
        std::uint32_t hit_token = 0;
        std::uint32_t first_line = 0;
        std::uint32_t end_line = 0;
        std::uint32_t column = 0;
        std::uint32_t end_column = 0;
    };
    void open(Party party, std::uint32_t cell);
    std::uint32_t end_of(std::uint32_t line, std::uint32_t column, std::uint32_t end_column) const;

    const Context& context_;
    std::vector<Block> blocks_;
    bool names_buyer_ = false;
};

/// The party a label names, `unknown` for other labels.
Party party_of(Label label);

}  // namespace parser_rules
