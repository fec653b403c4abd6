// What the paper says of its own payment apart from its sums: a stamp, a date, a sentence. Whoever reads it would not
// pay, or not without asking.
#pragma once

#include <optional>
#include <vector>

#include "rules.hpp"

namespace parser_rules {

/// Each with the first words that say it.
struct Settlement {
    std::optional<Span> paid;           ///< it was paid, or a part of it
    std::optional<Span> paid_whole;     ///< nothing is left: "PAID" alone, "paid in full"
    std::optional<Span> nothing_owing;  ///< "Account balance: 0"
    std::optional<Span> collected;      ///< the seller takes the money
    std::optional<Span> withdrawn;      ///< void, a draft, "do not pay"
    std::optional<Span> money_back;     ///< its sum goes to the buyer, or it is a credit note
    std::optional<Span> payee_changed;  ///< somebody else, or another account, is to be paid
    std::optional<Span> title;          ///< "INVOICE DISPUTE", "TEST INVOICE"
    std::vector<std::size_t> sums;      ///< that sentences say were paid, as indexes into the facts' amounts; a few
    std::vector<std::size_t> rows;      ///< negative sums behind "Payment", the same way

    bool all() const { return paid_whole && collected && withdrawn && money_back && payee_changed; }
};

Settlement read_settlement(const Context&, std::uint64_t& steps);

}  // namespace parser_rules
