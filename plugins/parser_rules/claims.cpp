#include "claims.hpp"

#include <algorithm>

#include "sentence.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kNegationReach = 5;

/// One strong word and what stands around it.
class ClaimReader : private Sentence {
public:
    ClaimReader(const Context& context, const SumsBeside& beside, std::uint32_t at, bool status)
        : Sentence(context, beside, at), status_(status) {}

    std::optional<Claim::Kind> run() const {
        if (refused() || nothing_owed()) return Claim::Kind::withdrawn;
        if (withdrawn() || suspended() || another_paper()) return Claim::Kind::withdrawn;
        if (collected()) return Claim::Kind::collected;
        if (paid() || came() || covered() || is_receipt()) return Claim::Kind::paid;
        return std::nullopt;
    }

private:
    // "do not pay", "no payment is needed" ------------------------------------------------------------------------

    bool refused() const {
        const bool verb = is(Part::pays) || (is(Part::settles) && distance(before_, Part::duty, 2) != 0);
        const bool noun = is(Part::payment);
        if ((!verb && !noun && !is(Part::acts)) || others_do()) return false;
        if (hard_condition(before_) || in_a_manner()) return false;
        return (verb && verb_refused()) || (noun && noun_refused()) || (is(Part::acts) && act_needless());
    }
    /// "we do not pay": not what the buyer does.
    bool others_do() const { return distance(before_, Part::others, kAll) != 0; }

    /// "do not pay in cash", "to any other account".
    bool in_a_manner() const {
        if (after_.empty()) return false;
        if (info(after_[0]).manner || has(after_[0], Part::term)) return true;
        for (std::size_t i = 0; i + 1 < std::min(after_.size(), kNegationReach); ++i) {
            const WordInfo& word = info(after_[i]);
            if (has(after_[i], Part::term) || (word.manner && has(after_[i + 1], Part::means))) return true;
        }
        return has(after_[0], Part::means) || info(after_[0]).another_way;
    }

    bool verb_refused() const {
        const std::size_t away = negation(before_, kNegationReach);
        if (away != 0) return only_its_own(away);
        const std::size_t behind = negation(after_, kNegationReach);
        return behind != 0 && !english() && distance(after_, Part::means, kAll) == 0;
    }
    bool english() const {
        const std::string_view word = text(at_);
        return word.size() == 3 || is(Part::settles);  // "pay": its negation stands before it
    }
    /// "no need to pay", but not "no interest to pay", and not "do not forget to pay".
    bool only_its_own(std::size_t away) const {
        const bool noun = info(before_[away - 1]).article;  // "no", "kein"
        for (std::size_t i = 0; i + 1 < away; ++i) {
            if (has(before_[i], Part::forgets)) return false;
            if (noun && !has(before_[i], Part::own) && !has(before_[i], Part::duty) && !has(before_[i], Part::needed))
                return false;
        }
        return true;
    }

    bool noun_refused() const {
        if (!before_.empty() && has(before_[0], Part::sort)) return false;
        const std::size_t needed = distance(after_, Part::needed, kNegationReach);
        const std::size_t no = negation(before_, kNear);
        if (no != 0 && !own_between(no)) return false;
        if (no == 1 && after_.empty() && has(before_[0], Part::refuses)) return true;  // "stop payment"
        const std::size_t made = distance(after_, Part::sends, kNegationReach);
        if (made != 0 && distance(after_, Part::duty, made) != 0 && negation(after_, made) != 0) return true;
        if (needed != 0 && (no != 0 || negation(after_, needed) != 0)) return true;
        const std::size_t sent = distance(before_, Part::sends, kNear);
        if (sent != 0 && negation(before_.subspan(sent), kNear) != 0) return !forgets();
        return negation(before_, kNear) != 0 && distance(after_, Part::sends, kNear) != 0;
    }
    /// "You do not need to do anything."
    bool act_needless() const {
        return negation(before_, 6) != 0 && near(Part::needed, kNegationReach) && !conditional_word();
    }
    bool conditional_word() const { return distance(after_, Part::duty, 4) != 0; }
    bool own_between(std::size_t away) const {
        return std::all_of(before_.begin(), before_.begin() + static_cast<std::ptrdiff_t>(away) - 1, [&](auto word) {
            return has(word, Part::own) || has(word, Part::sends) || info(word).article;
        });
    }
    bool forgets() const { return distance(before_, Part::forgets, kNegationReach) != 0; }

    // "you owe nothing" -------------------------------------------------------------------------------------------

    bool nothing_owed() const {
        if (!is(Part::owes) && !is(Part::pays)) return false;
        if (hard_condition(before_) || term()) return false;
        if (distance(before_, Part::nothing, kNegationReach) != 0) return true;
        if (is(Part::owes) && distance(after_, Part::nothing, kNear) != 0) return !others_do();
        const std::size_t no = negation(before_, kNegationReach);
        if (no < 2 || !is(Part::owes)) return false;
        return has(before_[no - 2], Part::money);  // "no amount is due"
    }

    // "superseded by", "please disregard this invoice" ------------------------------------------------------------

    bool withdrawn() const {
        if (is(Part::valid)) return no_longer_valid();
        if (!is(Part::withdraws) || term() || read_elsewhere()) return false;
        const std::size_t reach = is_past() ? 6 : kNear;
        if (distance(before_, Part::invoice, 6) == 0 && distance(after_, Part::invoice, reach) == 0) return false;
        if (is_past() ? conditional() : hard_condition(before_) || negated()) return false;
        return after_.empty() || !hard_condition(after_.first(1));
    }
    /// "This invoice is no longer valid", but "not valid without a signature" says how it is.
    bool no_longer_valid() const {
        if (negation(before_, kNear) == 0 || hard_condition(before_)) return false;
        if (distance(after_, Part::payment, 2) != 0) return true;  // "not valid for payment"
        return distance(before_, Part::invoice, 6) != 0 && after_.empty();
    }

    /// "on hold", "payment suspended".
    bool suspended() const {
        if (!is(Part::suspends) || conditional() || read_elsewhere()) return false;
        return near(Part::invoice, 6) || near(Part::payment, 6) || (before_.size() <= 1 && after_.empty());
    }

    /// "This is an estimate."
    bool another_paper() const {
        if (!is(Part::paper) || conditional()) return false;
        const std::size_t is_so = distance(before_, Part::serves, kNear);
        return is_so != 0 && !has(before_[is_so - 1], Part::buyers) &&
               distance(before_.subspan(is_so), Part::serves, 1) != 0;
    }

    // "we will charge your card" ----------------------------------------------------------------------------------

    bool collected() const {
        if (!is(Part::collects) || hard_condition(before_) || negation(before_, kNear) != 0) return false;
        if (near(Part::automatic, kNear) && near(Part::money, kAll)) return true;
        const bool will = distance(before_, Part::duty, 2) == 1 && near(Part::money, 6);
        return will ? !others_pay() : from_means(after_) || from_means(before_);
    }
    /// "costs will be charged": what comes on top.
    bool others_pay() const { return distance(before_, Part::group, kAll) != 0; }
    /// "your card", with a name in between at most; "card ending".
    bool from_means(Words words) const {
        for (std::size_t i = 0; i < std::min(words.size(), std::size_t{6}); ++i) {
            if (!has(words[i], Part::means) && !has(words[i], Part::credit)) continue;
            const Clause around(page_, words[i], words[i] + 1);
            if (distance(around.before(), Part::buyers, kNear) != 0) return true;
            if (has(words[i], Part::means) && i < 2 && is_past()) return true;
        }
        return false;
    }
    bool is_past() const { return text(at_).ends_with("ed"); }

    // "paid" ------------------------------------------------------------------------------------------------------

    bool paid() const {
        const bool strong = is(Part::settles) || (is(Part::settles_e) && accented());
        const bool weak =
            is(Part::settles_if) && (status_ || stands_for_itself() || near(Part::invoice, 6) || near(Part::money, 4));
        const bool closed = is(Part::closes) && status_;
        if (!strong && !weak && !closed) return false;
        if (conditional() || term() || denied() || general() || read_elsewhere()) return false;
        return after_.empty() || !beside_is_attribute();
    }
    /// "Payé" ends in its accent.
    bool accented() const {
        std::string_view word = text(at_);
        while (word.ends_with('s') || word.ends_with('S') || word.ends_with('e') || word.ends_with('E'))
            word.remove_suffix(1);
        return word.ends_with("\xC3\xA9") || word.ends_with("\xC3\x89");
    }
    /// "Settled", "Abonado 24/10/2025", "Verrechnet mit".
    bool stands_for_itself() const {
        if (before_.empty() ? !page_.tokens()[at_].capitalised : !already()) return false;
        if (before_.empty() && !beside_.leads({Label::none, at_, at_ + 1})) return false;
        return after_.empty() || info(after_[0]).manner || info(after_[0]).month != 0 || info(after_[0]).until;
    }
    /// "Reeds verrekend".
    bool already() const {
        return page_.tokens()[before_.back()].capitalised &&
               std::all_of(before_.begin(), before_.end(), [&](auto word) { return info(word).linking; });
    }
    /// "Paid: no".
    bool denied() const { return !after_.empty() && negates(after_[0]) && !numbers(after_[0]); }

    /// "postage paid", "bank fees are paid by the sender", "invoices paid late".
    bool general() const {
        if (before_.empty()) return false;
        if (has(before_[0], Part::thing)) return true;
        const bool present = is_present(before_[0]);
        return (present || has(before_[0], Part::group)) && distance(before_, Part::group, 4) != 0 && !after_.empty();
    }
    bool is_present(std::uint32_t token) const {
        const std::string_view word = text(token);
        return word == "is" || word == "are" || word == "sind" || word == "werden" || word == "sont";
    }
    /// "paid media".
    bool beside_is_attribute() const {
        return has(after_[0], Part::attribute) && after_[0] == at_ + 1 &&
               page_.tokens()[after_[0]].kind == TokenKind::word;
    }

    // "payment was successful" ------------------------------------------------------------------------------------

    bool came() const {
        if (!is(Part::came) || conditional() || term() || by_others()) return false;
        const std::size_t away = distance(before_, Part::payment, 6);
        if (away == 0) return sum_received();
        if (is(Part::receipt) && text(before_[0]) == "un") return false;  // "un recu"
        if (read_elsewhere() || comes_after(before_[away - 1])) return false;
        if (away > 1 && is_present(before_[0]) && !is(Part::state)) return false;
        return all_link(away);
    }
    /// "processed by Stripe".
    bool by_others() const {
        const auto& tokens = page_.tokens();
        if (at_ + 1 < tokens.size() && tokens[at_ + 1].kind == TokenKind::colon && !is(Part::state)) return true;
        return !after_.empty() && page_.text(tokens[after_[0]].span) == "by" && after_.size() > 1 &&
               info(after_[1]).linking == false;
    }
    /// "upon payment received".
    bool comes_after(std::uint32_t payment) const {
        if (payment == 0 || page_.tokens()[payment - 1].cell != page_.tokens()[payment].cell) return false;
        const WordInfo& word = info(payment - 1);
        return word.after || word.condition || has(payment - 1, Part::term) || text(payment - 1) == "on" ||
               text(payment - 1) == "for";
    }
    /// Names, numbers and "was": but not "payment terms approved".
    bool all_link(std::size_t away) const {
        return std::all_of(before_.begin(), before_.begin() + static_cast<std::ptrdiff_t>(away) - 1, [&](auto word) {
            const WordInfo& known = info(word);
            return known.linking || known.neutral || known.article || known.month != 0 ||
                   known.currency != kNoCurrency || has(word, Part::opens) || has(word, Part::invoice) ||
                   has(word, Part::state) || has(word, Part::came);
        });
    }
    /// "Received: 48.50 MNEE", "Received 48.50 with thanks".
    bool sum_received() const {
        const Said said{Label::none, at_, at_ + 1};
        if (!is(Part::state) || !beside_.leads(said) || !beside_.sum_follows(said) || read_elsewhere()) return false;
        return info(at_).happened;
    }

    // "offset against your credit" --------------------------------------------------------------------------------

    bool covered() const {
        return is(Part::covers) && !hard_condition(before_) && !negated() && !read_elsewhere() && !term() &&
               (distance(after_, Part::credit, 6) != 0 || distance(before_, Part::credit, 2) != 0);
    }

    // "this is your receipt" --------------------------------------------------------------------------------------

    bool is_receipt() const {
        if (!is(Part::receipt) || hard_condition(before_) || negation(before_, kNear) != 0) return false;
        if (!after_.empty() && (has(after_[0], Part::duty) || info(after_[0]).condition)) return false;
        const std::size_t as = distance(before_, Part::serves, kNear);
        if (as != 0) return near(Part::invoice, kAll) || distance(before_.subspan(as), Part::serves, kNear) != 0;
        return !after_.empty() && page_.tokens()[at_].capitalised && beside_.leads({Label::none, at_, at_ + 1}) &&
               distance(after_, Part::payment, 2) != 0;
    }

    bool status_;
};

}  // namespace

std::optional<Claim> Claims::at(std::uint32_t token, bool status, std::uint64_t& steps) const {
    if (!page_.info(page_.tokens()[token]).parts.begins_claim()) return std::nullopt;
    steps += Clause::kMostTokens;
    const auto kind = ClaimReader(context_, beside_, token, status).run();
    if (!kind) return std::nullopt;
    return Claim{*kind, {Label::none, token, token + 1}};
}

}  // namespace parser_rules
