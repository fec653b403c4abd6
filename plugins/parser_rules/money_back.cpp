#include "money_back.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "ascii.hpp"
#include "sentence.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMostSums = 8;  ///< of a line

class MoneyBackReader : private Sentence {
public:
    MoneyBackReader(const Context& context, const SumsBeside& beside, std::uint32_t at)
        : Sentence(context, beside, at), cell_(page_.cells()[page_.tokens()[at].cell]) {}

    bool run() const {
        if (hard_condition(before_) || hard_condition(after_) || negated()) return false;
        if (info(at_).credit == CreditWord::favour) return in_your_favour();
        return info(at_).gives_back && (labels_refund() || we_refund());
    }

    bool is_credit_note() const {
        if (conditional()) return false;
        for (std::size_t i = 0; i < std::min(before_.size(), kNear); ++i)
            if (is_so(before_[i])) return of_this_paper(before_.subspan(i + 1));
        return false;
    }

private:
    // "Amount in your favour: 54.00" --------------------------------------------------------------------------------

    bool in_your_favour() const {
        if (before_.empty() || !info(before_[0]).yours || before_[0] + 1 != at_) return false;
        const bool of_another = !after_.empty() && after_[0] == at_ + 1 && info(after_[0]).of_another;
        if (of_another && !(after_.size() > 1 && is_you(after_[1]))) return false;
        return sum_on_line().has_value() || near(Part::money, 4);
    }

    // "Refund due to you: 53.00", "Montant a rembourser 53,00" --------------------------------------------------------

    /// The words of the line before its sum say nothing but that.
    bool labels_refund() const {
        if (!all_small(before_) || (!before_.empty() && before_.back() < cell_.first_token)) return false;
        const auto sum = sum_on_line();
        const auto behind = std::count_if(after_.begin(), after_.end(), [&](auto word) { return !sum || word < *sum; });
        const Words words = after_.first(static_cast<std::size_t>(behind));
        const bool named = speaks_of_buyer(before_) || speaks_of_buyer(words);
        if (!all_small(words)) return false;
        if (!sum && any_amount_behind()) return false;  // "Refund due to you: 0.00"
        return sum ? named || is_refund() : named && near(Part::owes, kNear);
    }
    bool any_amount_behind() const {
        const auto behind = context_.layout.amounts({at_, page_.line_end_token(page_.tokens()[at_].cell)});
        return behind.begin != behind.end;
    }
    bool is_refund() const {
        const std::string word = lowered(text(at_));
        return word.starts_with("refund") ||
               word.starts_with(
                   "r\xC3\xBC"
                   "ck") ||
               word.ends_with("betrag");
    }
    bool all_small(Words words) const {
        return std::all_of(words.begin(), words.end(), [&](auto word) { return small(word); });
    }
    bool small(std::uint32_t word) const {
        const WordInfo& known = info(word);
        return known.neutral || known.article || known.yours || known.currency != kNoCurrency || is_you(word) ||
               has(word, Part::owes) || has(word, Part::duty) || has(word, Part::sum) || has(word, Part::money) ||
               has(word, Part::buyers) || text(word) == "da";
    }
    bool speaks_of_buyer(Words words) const {
        return std::any_of(words.begin(), words.end(), [&](std::uint32_t word) {
            return is_you(word) || has(word, Part::owes) || has(word, Part::buyers) || has(word, Part::sum);
        });
    }

    // "We will refund this amount to you" ---------------------------------------------------------------------------

    bool we_refund() const {
        if (!near(Part::others, kAll) && !first_person()) return false;
        return names_this_sum(before_) || names_this_sum(after_) || (sum_on_line() && to_you());
    }
    bool first_person() const { return text(at_).ends_with("mos") || text(at_).ends_with("mo"); }
    bool names_this_sum(Words words) const {
        return std::any_of(words.begin(), words.end(), [&](std::uint32_t word) {
            return (has(word, Part::sum) || has(word, Part::money)) && word > 0 && points(word - 1);
        });
    }
    bool points(std::uint32_t at) const {
        static constexpr std::array<std::string_view, 14> kThis{"this",   "diesen", "dieser", "diese", "dieses",
                                                                "ce",     "cette",  "este",   "esta",  "questo",
                                                                "questa", "dit",    "deze",   "that"};
        return std::find(kThis.begin(), kThis.end(), lowered(text(at))) != kThis.end();
    }
    bool to_you() const {
        return std::any_of(before_.begin(), before_.end(), [&](auto word) { return is_you(word); }) ||
               std::any_of(after_.begin(), after_.end(), [&](auto word) { return is_you(word); });
    }
    bool is_you(std::uint32_t at) const {
        static constexpr std::array<std::string_view, 9> kYou{"you", "ihnen", "sie", "vous", "usted",
                                                              "le",  "vi",    "u",   "voi"};
        return std::find(kYou.begin(), kYou.end(), lowered(text(at))) != kYou.end();
    }

    // "This document is a credit note" ------------------------------------------------------------------------------

    bool is_so(std::uint32_t word) const {
        static constexpr std::array<std::string_view, 8> kIs{"is", "ist",      "est", "es",
                                                             "e",  "\xC3\xA8", "um",  "constitutes"};
        return std::find(kIs.begin(), kIs.end(), lowered(text(word))) != kIs.end();
    }
    bool of_this_paper(Words words) const {
        return std::any_of(words.begin(),
                           words.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(words.size(), 4)),
                           [&](std::uint32_t word) { return points(word) || is_bare_this(word); });
    }
    bool is_bare_this(std::uint32_t word) const {
        const std::string name = lowered(text(word));
        return name == "dies" || name == "ceci" || name == "esto" || name == "diesem" || name == "present";
    }

    /// Where one stands that is more than nothing and not taken off.
    std::optional<std::uint32_t> sum_on_line() const {
        const std::uint32_t begin = page_.cells()[page_.lines()[cell_.line].first_cell].first_token;
        const auto range = context_.layout.amounts({begin, page_.line_end_token(page_.tokens()[at_].cell)});
        const std::size_t end = std::min(range.end, range.begin + kMostSums);
        for (std::size_t i = range.begin; i < end; ++i) {
            const Amount& amount = context_.facts.amounts[i];
            const std::string_view digits = page_.text(amount.number.digits);
            const bool nothing = digits.find_first_of("123456789") == std::string_view::npos;
            const bool taken_off = amount.number.negative && info(at_).credit != CreditWord::favour;
            if (amount.money_like() && !amount.percent && !nothing && !taken_off) return amount.token;
        }
        return std::nullopt;
    }

    const Cell& cell_;
};

}  // namespace

bool MoneyBack::at(std::uint32_t token, std::uint64_t& steps) const {
    const WordInfo& word = context_.page.info(context_.page.tokens()[token]);
    if (!word.gives_back && word.credit != CreditWord::favour) return false;
    steps += Clause::kMostTokens;
    return MoneyBackReader(context_, beside_, token).run();
}

bool MoneyBack::is_credit_note(const Hit& name, std::uint64_t& steps) const {
    if (name.label != Label::title_credit_note && name.label != Label::number_credit) return false;
    steps += Clause::kMostTokens;
    return MoneyBackReader(context_, beside_, name.token).is_credit_note();
}

}  // namespace parser_rules
