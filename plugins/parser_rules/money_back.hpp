// What a paper says of money that goes to the buyer: "Refund due to you: 53.00", "We will refund this amount", "Amount
// in your favour: 54.00", "This document is a credit note". Such a paper asks for nothing, whatever its title.
// Threads: const after construction. Cost: the words of one line around each such word.
#pragma once

#include "sums_beside.hpp"

namespace parser_rules {

class MoneyBack {
public:
    explicit MoneyBack(const Context& context) : context_(context), beside_(context) {}

    /// Whether the sentence around the word says so.
    bool at(std::uint32_t token, std::uint64_t& steps) const;
    /// "This document is a credit note": the name of one stands in a sentence about this paper.
    bool is_credit_note(const Hit& name, std::uint64_t& steps) const;

private:
    const Context& context_;
    const SumsBeside beside_;
};

}  // namespace parser_rules
