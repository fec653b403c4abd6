// Reads the amount that belongs to a label, and says how well.
#pragma once

#include <atr/decimal.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "rules.hpp"

namespace parser_rules {

struct AmountReading {
    std::size_t hit = 0;     ///< index into the facts' hits
    std::size_t amount = 0;  ///< index into the facts' amounts
    std::string text;        ///< canonical, with the decimals as written
    atr::Decimal value;
    bool certain = true;     ///< the marks can be read one way only
    bool spaced = false;     ///< uncertain only because a plain space may divide two numbers
    atr::Decimal tail;       ///< what stands behind the last plain space, else the value
    bool scaled = false;     ///< a word such as "million" multiplies it
    bool credit = false;     ///< words beside it may say that it is owed to the buyer
    bool competing = false;  ///< other amounts stand beside the same label
    bool below = false;      ///< it stands under its label
    bool elsewhere = false;  ///< words beside its label say that it is not this paper's total: "next", "contract"
    bool prose = false;      ///< words stand between the label and the amount
    bool told = false;       ///< of a payment: words about it stand between, "received on 3 May"
};

/// Whether the label is one only where it leads its cell: "Balance: 45.00", but not "Stock balance: 45".
bool leads_only(const Page& page, const Hit& label);

class AmountReader {
public:
    explicit AmountReader(const Context& context) : context_(context) {}
    /// The amount of the label at `hit`, if it has one.
    std::optional<AmountReading> read(std::size_t hit);
    /// That amount of the facts, as the label's.
    std::optional<AmountReading> of(std::size_t hit, std::size_t amount) { return reading(hit, amount); }
    /// Whether a number was passed over because nobody can say what it means.
    bool saw_unreadable() const { return unreadable_; }

private:
    std::optional<AmountReading> beside(std::size_t hit);
    std::optional<AmountReading> under(std::size_t hit);
    bool believable(std::size_t amount) const;
    std::uint32_t strange_words(std::uint32_t from, std::uint32_t to, Label label = Label::none) const;
    bool of_another_paper(std::size_t hit, std::size_t amount) const;
    bool scaled_by_label(std::size_t hit, std::size_t amount) const;
    std::optional<AmountReading> reading(std::size_t hit, std::size_t amount);

    const Context& context_;
    bool unreadable_ = false;
};

}  // namespace parser_rules
