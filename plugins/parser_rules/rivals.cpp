#include "rivals.hpp"

#include <algorithm>
#include <utility>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxSteps = 4;     ///< per kind, of what may lead from one sum to another
constexpr std::size_t kMaxBehind = 10;   ///< amounts looked at behind the words of a total
constexpr std::size_t kMaxBetween = 16;  ///< amounts looked at between a net and the total
constexpr std::size_t kMaxCharges = 24;  ///< charges and discounts

atr::Decimal size_of(const atr::Decimal& value) {
    return value.is_negative() ? value.negated() : value;
}

class RivalFinder {
public:
    RivalFinder(const Context& context, const SaidAmounts& said, const Chosen& chosen, std::uint64_t& steps)
        : context_(context), said_(said), chosen_(chosen), steps_(steps), reader_(context) {}

    std::optional<AmountReading> run() {
        for (const std::size_t hit : said_.unread) read_behind(hit);
        for (const Readings* sums : {&said_.due, &said_.gross, &said_.plain, &said_.part, &std::as_const(behind_)}) {
            for (const auto& sum : *sums)
                if (!explained(sum)) return sum;
        }
        for (const Readings* sums : {&said_.net, &said_.subtotal}) {
            for (const auto& sum : *sums)
                if (larger(sum.value) && !taken_off_below(sum) && !explained(sum)) return sum;
        }
        return std::nullopt;
    }

private:
    bool is_chosen(const atr::Decimal& value) const {
        return value == chosen_.due.value || (chosen_.total != nullptr && value == chosen_.total->value);
    }
    const AmountReading& total() const { return chosen_.total != nullptr ? *chosen_.total : chosen_.due; }
    bool larger(const atr::Decimal& value) const { return value > chosen_.due.value && value > total().value; }
    bool is_part(const AmountReading& sum) const { return sum.amount < total().amount && !is_chosen(sum.value); }

    /// Totals of parts, each above the total, add up to it.
    bool parts_make_total() {
        if (parts_make_it_) return *parts_make_it_;
        Readings parts;
        for (const Readings* sums : {&said_.gross, &said_.plain, &said_.part, &std::as_const(behind_)}) {
            std::copy_if(sums->begin(), sums->end(), std::back_inserter(parts),
                         [&](const auto& sum) { return is_part(sum); });
        }
        const auto all = sum(parts);
        parts_make_it_ = parts.size() > 1 && all && is_chosen(*all);
        return *parts_make_it_;
    }

    bool explained(const AmountReading& sum) {
        if (is_chosen(sum.value)) return true;
        if (is_part(sum) && parts_make_total()) return true;
        return leads_to(sum.value, chosen_.due.value) ||
               (chosen_.total != nullptr && leads_to(sum.value, chosen_.total->value));
    }

    /// Tax and charges are added, discounts and payments taken off.
    bool leads_to(const atr::Decimal& from, const atr::Decimal& to) {
        if (steps_between_.empty()) find_steps_between();
        const auto difference = to.minus(from);
        steps_ += steps_between_.size();
        return difference &&
               std::find(steps_between_.begin(), steps_between_.end(), *difference) != steps_between_.end();
    }

    void find_steps_between() {
        Readings charges;
        Readings discounts;
        const auto& hits = context_.facts.hits;
        for (std::size_t i = 0; i < hits.size() && charges.size() + discounts.size() < kMaxCharges; ++i) {
            ++steps_;
            const bool charge = hits[i].label == Label::other_amount;
            if ((!charge && hits[i].label != Label::discount) || !hits[i].leads || conditional(hits[i])) continue;
            if (auto reading = reader_.read(i)) (charge ? charges : discounts).push_back(std::move(*reading));
        }
        Readings taxes = said_.tax_total;
        taxes.insert(taxes.end(), said_.tax.begin(), said_.tax.end());
        steps_between_ = {atr::Decimal{}};
        step(taxes, true);
        step(charges, true);
        step(discounts, false);
        step(said_.paid, false);
    }

    /// "Late fee", "interest": nobody owes it yet.
    bool conditional(const Hit& hit) const {
        const auto& tokens = context_.page.tokens();
        return std::any_of(tokens.begin() + hit.token, tokens.begin() + hit.end_token,
                           [&](const Token& token) { return context_.page.info(token).condition; });
    }

    /// From each step so far, one more: none of the amounts, one of them, or all.
    void step(const Readings& amounts, bool added) {
        Readings some = distinct(amounts);
        if (some.size() > kMaxSteps) some.resize(kMaxSteps);
        std::vector<atr::Decimal> sizes;
        for (const auto& amount : some) sizes.push_back(size_of(amount.value));
        if (amounts.size() > 1)
            if (const auto all = sum(amounts)) sizes.push_back(size_of(*all));
        const std::size_t before = steps_between_.size();
        for (std::size_t i = 0; i < before; ++i) {
            for (const auto& size : sizes) {
                const auto next = added ? steps_between_[i].plus(size) : steps_between_[i].minus(size);
                if (next) steps_between_.push_back(*next);
            }
        }
    }

    /// What stands between a net and the total, whatever it is called, is just what the total is less.
    bool taken_off_below(const AmountReading& net) {
        const auto less = net.value.minus(total().value);
        const auto& amounts = context_.facts.amounts;
        for (std::size_t i = net.amount + 1; less && i < std::min(total().amount, net.amount + kMaxBetween); ++i) {
            ++steps_;
            const auto read = amounts[i].percent ? std::nullopt : reader_.of(net.hit, i);
            if (read && size_of(read->value) == *less) return true;
        }
        return false;
    }

    /// The words of a total inside other words: "Contract total  300.00".
    void read_behind(std::size_t hit) {
        if (context_.layout.role(context_.facts.hits[hit]) == LineRole::item_header) return;
        const auto range = context_.layout.amounts(context_.layout.rest_of_line(hit));
        for (std::size_t i = range.begin; i < std::min(range.end, range.begin + kMaxBehind); ++i) {
            ++steps_;
            const Amount& amount = context_.facts.amounts[i];
            if (amount.percent || !amount.money_like()) continue;
            if (auto sum = reader_.of(hit, i)) behind_.push_back(std::move(*sum));
        }
    }

    const Context& context_;
    const SaidAmounts& said_;
    const Chosen& chosen_;
    std::uint64_t& steps_;
    AmountReader reader_;
    Readings behind_;                          ///< sums behind the words of totals inside other words
    std::vector<atr::Decimal> steps_between_;  ///< differences that the paper explains; empty: not looked for yet
    std::optional<bool> parts_make_it_;
};

}  // namespace

std::optional<AmountReading> unexplained_rival(const Context& context, const SaidAmounts& said, const Chosen& chosen,
                                               std::uint64_t& steps) {
    return RivalFinder(context, said, chosen, steps).run();
}

bool something_is_deducted(const Context& context, const AmountReading& total, std::uint64_t& steps) {
    const auto& amounts = context.facts.amounts;
    const auto total_line = context.page.cells()[amounts[total.amount].cell].line;
    for (std::size_t i = total.amount + 1; i < amounts.size(); ++i) {
        ++steps;
        const bool below = context.page.cells()[amounts[i].cell].line > total_line;
        if (below && amounts[i].number.negative && amounts[i].money_like() && !total.value.is_negative()) return true;
    }
    return false;
}

bool larger_amount_stands(const Context& context, const SaidAmounts& said, const AmountReading& total,
                          std::uint64_t& steps) {
    const auto& amounts = context.facts.amounts;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        ++steps;
        if (i == total.amount || amounts[i].percent || !amounts[i].money_like()) continue;
        const bool after = i > total.amount;
        if (!after && said.tax.empty() && said.tax_total.empty()) continue;
        const auto decimal = to_decimal(context.page.text(), amounts[i].number, context.facts.style);
        const auto value = decimal ? atr::Decimal::parse(decimal->value) : std::nullopt;
        if (value && ((after && *value > total.value) || said.becomes_with_tax(total, *value))) return true;
    }
    return false;
}

}  // namespace parser_rules
