// The sums beside words about a payment: whether they have one, which it is, and whether other rules read it.
#pragma once

#include <cstdint>

#include "rules.hpp"

namespace parser_rules {

/// A phrase on the page, as tokens [begin, end).
struct Said {
    Label label = Label::none;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class SumsBeside {
public:
    explicit SumsBeside(const Context& context) : context_(context), page_(context.page), tokens_(page_.tokens()) {}

    /// No word stands before it in its cell but articles.
    bool leads(const Said&) const;
    bool speaks(std::uint32_t token) const {
        return tokens_[token].kind == TokenKind::word || tokens_[token].kind == TokenKind::digits;
    }

    /// An amount stands behind it on its line, or under it: then it labels a sum, which other rules read.
    bool sum_behind(const Said&) const;
    /// Nothing was paid, "Already paid: 0.00", or other rules read how much: "Already paid: 20.00".
    bool read_as_payment(const Said&) const;
    /// "Paid by you: 0.00".
    bool of_zero(const Said&) const;
    /// "48.50 MNEE PAID", "48.50 (paid)".
    bool behind_amount(const Said&) const;
    /// "Thank you for your payment of" and a sum.
    bool sum_follows(const Said&) const;
    /// "Less: your payment  60.00", where no label reads the sum.
    bool takes_payment_off(const Said&) const;
    /// "Payment - thank you  -60.00".
    bool negative_row(const Said&) const;
    /// "Account balance: 0.00", on its line or under it, or "nil".
    bool is_nothing(const Said&) const;

private:
    const Cell& cell_of(const Said& said) const { return page_.cells()[tokens_[said.begin].cell]; }
    bool says_nil(const Said&) const;
    bool is_zero(const Amount&) const;
    bool counts_things(const Amount&) const;
    bool strange_words(std::uint32_t from, std::uint32_t to) const;

    const Context& context_;
    const Page& page_;
    const std::vector<Token>& tokens_;
};

}  // namespace parser_rules
