// The parts that words play in a sentence about payment, in six languages.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace parser_rules {

enum class Part : std::uint8_t {
    // begin a claim
    settles,     ///< "paid"
    settles_e,   ///< "payé": with its accent alone, for "Payee" and "règle" are other words
    settles_if,  ///< "settled": of an invoice, or where it stands for itself
    closes,      ///< "completed": behind "Status"
    withdraws,   ///< "superseded": of an invoice
    collects,    ///< "charge": from your card
    pays,        ///< "pay": with a negation
    payment,     ///< "payment", "money": the same
    came,        ///< "processed": of a payment
    owes,        ///< "owe", "due": with "nothing"
    covers,      ///< "offset": with a credit
    suspends,    ///< "hold", "dispute": the same
    acts,        ///< "action", "anything": with a negation and a need
    valid,       ///< "valid": with a negation
    paper,       ///< "estimate": what this is instead
    receipt,     ///< "receipt": of a paper
    // begin a stamp
    final,     ///< "superseded": whatever follows, but for a few things
    final_e,   ///< "annulé": with its accent alone
    acted,     ///< "collected": with a date
    replaced,  ///< "replaced": by another number
    stamp,     ///< "sample", "copy": alone on a line
    reminds,   ///< "reminder", "overdue": the same
    notice,    ///< "request": with "second"
    concerns,  ///< "corrects": with another number
    waits,     ///< "approval": with "awaiting"
    released,  ///< "final": with "not yet"
    returns,   ///< "credited": of the sum, to the buyer
    comes_in,  ///< "collected": of the sum
    // beside it
    state,      ///< "successful": came, whether it "is" or "was"
    sends,      ///< "send", "make": with a payment
    needed,     ///< "required"
    refuses,    ///< "don", "nothing": a negation the others do not need
    nothing,    ///< "nothing"
    money,      ///< "amount", "sum": "no amount is due"
    duty,       ///< "must", "be": to be done, not done
    others,     ///< "we", "who": not what the buyer does
    forgets,    ///< "forget": "do not forget to pay"
    thing,      ///< "postage": paid by itself
    group,      ///< "invoices", "fees": in general
    attribute,  ///< "media": "paid media"
    invoice,    ///< "invoice"
    means,      ///< "card", "account"
    buyers,     ///< "your"
    automatic,  ///< "automatically"
    term,       ///< "within", "later"
    unit,       ///< "hours": no money
    sort,       ///< "advance": one kind of payment
    credit,     ///< "credit", "retainer"
    serves,     ///< "as", "this": "this is a receipt"
    asks,       ///< "prega": "si" before it is no condition
    opens,      ///< "the", "been": ends no sentence
    own,        ///< "reason", "need": may stand between "no" and "pay"
    // beside a stamp
    stamp_beside,     ///< "only", "document"
    harmless_copy,    ///< "customer", "original"
    ordinal,          ///< "second", "final"
    concerns_beside,  ///< "Re", "version"
    waits_in,         ///< "under", "awaiting"
    yet,              ///< "not", "yet"
    sum,              ///< "amount": came in, goes back
    prepays,          ///< "prepayment"
    names_date,       ///< "on"
    names_maker,      ///< "by"
    without,          ///< "without": void only then
    sober,            ///< "already", "fully"
    count,
};

/// The parts of one word.
class Parts {
public:
    constexpr bool has(Part part) const { return (bits_ >> static_cast<unsigned>(part) & 1U) != 0; }
    constexpr void add(Part part) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(part); }
    constexpr bool begins_claim() const { return (bits_ & kClaims) != 0; }
    constexpr bool begins_stamp() const { return (bits_ & kStamps) != 0; }

private:
    static constexpr std::uint64_t kClaims = (std::uint64_t{2} << static_cast<unsigned>(Part::receipt)) - 1;
    static constexpr std::uint64_t kAll = (std::uint64_t{2} << static_cast<unsigned>(Part::comes_in)) - 1;
    static constexpr std::uint64_t kStamps = (kAll & ~kClaims) |
                                             std::uint64_t{1} << static_cast<unsigned>(Part::withdraws) |
                                             std::uint64_t{1} << static_cast<unsigned>(Part::suspends);
    static_assert(static_cast<unsigned>(Part::count) <= 64);
    std::uint64_t bits_ = 0;
};

struct PartWords {
    Part part;
    std::string_view words;  ///< separated by '|', folded
};
std::span<const PartWords> claim_words();
std::span<const PartWords> stamp_words();

}  // namespace parser_rules
