// What the document says beside each kind of amount label, and which of it adds up. No choice is made here.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <vector>

#include "amount_reader.hpp"
#include "rules.hpp"

namespace parser_rules {

using Readings = std::vector<AmountReading>;

/// The readings of distinct value, each with its last place.
Readings distinct(const Readings& all);
/// Those of them that are not said to be another paper's.
Readings distinct_of_this_paper(const Readings& all);

/// Empty when it would leave 38 digits.
std::optional<atr::Decimal> sum(const Readings& readings);

/// A net and a tax that make a total. Points into the SaidAmounts it came from.
struct Support {
    const AmountReading* net = nullptr;
    const Readings* tax = nullptr;  ///< all of them, when `one` is not set
    const AmountReading* one = nullptr;

    explicit operator bool() const { return net != nullptr; }
};

/// What leads from a total to what is due.
enum class Path : std::uint8_t { none, paid, previous };

struct SaidAmounts {
    SaidAmounts(const Context& context, Extraction& out);

    Support support(const atr::Decimal& total) const;
    /// Whether `base` plus the tax of the document is `total`.
    bool becomes_with_tax(const AmountReading& base, const atr::Decimal& total) const;
    /// Whether deposits and earlier balances lead from the total to `remaining`.
    Path path(const atr::Decimal& total, const atr::Decimal& remaining) const;
    /// The total that deposits and tax withheld were taken from, to leave `remaining`.
    atr::Decimal before_payments(atr::Decimal remaining) const;

    std::vector<std::size_t> unread;  ///< hits of sums asked for whose amount cannot be told for certain
    bool too_many = false;            ///< sums asked for were left out
    Readings due, gross, plain, part, net, subtotal, tax_total, tax, paid, previous;
    bool extras = false;      ///< shipping, discounts and the like: sums need not add up without them
    bool unreadable = false;  ///< a number was passed over because nobody can say what it means

private:
    Readings* of(Label label);
    void drop_told_beside_others();
    bool due_takes_all_off() const;
    void read_credit_row(std::size_t hit, AmountReader& reader);
    bool sums_join_spaces() const;
    void settle_spaces();

    Extraction& out_;
};

}  // namespace parser_rules
