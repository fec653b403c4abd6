#include "said_amounts.hpp"

#include <algorithm>
#include <span>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxTried = 6;      ///< per kind, for sums that tell whether spaces group
constexpr std::size_t kMaxReadings = 24;  ///< per kind of label: more make no invoice clearer

bool is_sum(const atr::Decimal& a, const atr::Decimal& b, const atr::Decimal& total) {
    const auto added = a.plus(b);
    return added && *added == total;
}

}  // namespace

Readings distinct(const Readings& all) {
    Readings out;
    for (const auto& reading : all) {
        const auto same = std::find_if(out.begin(), out.end(), [&](const auto& r) { return r.value == reading.value; });
        if (same == out.end()) {
            out.push_back(reading);
        } else {
            const bool scaled = same->scaled || reading.scaled;
            const bool credit = same->credit || reading.credit;
            const bool elsewhere = same->elsewhere && reading.elsewhere;
            if (!reading.competing && reading.certain) *same = reading;
            same->scaled = scaled;
            same->credit = credit;
            same->elsewhere = elsewhere;
        }
    }
    return out;
}

Readings distinct_of_this_paper(const Readings& all) {
    const auto elsewhere = [](const AmountReading& reading) { return reading.elsewhere; };
    if (std::none_of(all.begin(), all.end(), elsewhere)) return distinct(all);
    Readings ours;
    std::remove_copy_if(all.begin(), all.end(), std::back_inserter(ours), elsewhere);
    return distinct(ours);
}

std::optional<atr::Decimal> sum(const Readings& readings) {
    std::optional<atr::Decimal> total = atr::Decimal{};
    for (const auto& reading : readings) {
        if (total) total = total->plus(reading.value);
    }
    return total;
}

SaidAmounts::SaidAmounts(const Context& context, Extraction& out) : out_(out) {
    AmountReader reader(context);
    const auto& hits = context.facts.hits;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        ++out_.steps;
        if (hits[i].label == Label::other_amount || hits[i].label == Label::discount) {
            extras = extras || (hits[i].leads && reader.read(i).has_value());
            continue;
        }
        if (hits[i].label == Label::title_credit_note) {
            read_credit_row(i, reader);
            continue;
        }
        Readings* list = of(hits[i].label);
        if (list == nullptr) continue;
        const bool asked = list == &due || list == &gross || list == &plain;
        if (list->size() >= kMaxReadings) {
            too_many = too_many || (asked && reader.read(i).has_value());
            continue;
        }
        if (auto reading = reader.read(i)) {
            list->push_back(std::move(*reading));
        } else if (asked && unread.size() < kMaxReadings && !leads_only(context.page, hits[i])) {
            unread.push_back(i);
        }
    }
    drop_told_beside_others();
    unreadable = reader.saw_unreadable();
    settle_spaces();
}

/// "Credit note CN-12: -10.00" on an invoice is taken off like a payment.
void SaidAmounts::read_credit_row(std::size_t hit, AmountReader& reader) {
    const Field* type = out_.find("document_type");
    if (paid.size() >= kMaxReadings || (type != nullptr && type->value == "credit_note")) return;
    auto reading = reader.read(hit);
    if (reading && reading->value.is_negative() && !reading->competing) paid.push_back(std::move(*reading));
}

/// A payment behind words of a sentence is taken off where it is the only one, or where the sum due takes off all.
void SaidAmounts::drop_told_beside_others() {
    if (distinct(paid).size() > 1 && !due_takes_all_off())
        std::erase_if(paid, [](const AmountReading& payment) { return payment.told; });
}

bool SaidAmounts::due_takes_all_off() const {
    std::optional<atr::Decimal> all = atr::Decimal{};
    for (const auto& payment : paid)
        if (all) all = all->plus(payment.value.is_negative() ? payment.value.negated() : payment.value);
    const auto leads_to_due = [&](const AmountReading& total) {
        const auto left = all ? total.value.minus(*all) : std::nullopt;
        return left && std::any_of(due.begin(), due.end(), [&](const auto& sum) { return sum.value == *left; });
    };
    return std::any_of(gross.begin(), gross.end(), leads_to_due) ||
           std::any_of(plain.begin(), plain.end(), leads_to_due);
}

/// Whether a sum holds with plain spaces inside its numbers, and not with the numbers behind the spaces: then the
/// document groups by them.
bool SaidAmounts::sums_join_spaces() const {
    const auto is_spaced = [](const AmountReading& reading) { return reading.spaced; };
    const auto any_spaced = [&](const Readings& list) { return std::any_of(list.begin(), list.end(), is_spaced); };
    if (!any_spaced(due) && !any_spaced(gross) && !any_spaced(plain)) return false;
    const auto first = [](const Readings& list) { return std::span(list.data(), std::min(list.size(), kMaxTried)); };
    const auto joins = [](const AmountReading& a, const AmountReading& b, const AmountReading& total) {
        const auto positive = [](const atr::Decimal& d) { return d.is_negative() ? d.negated() : d; };
        const bool in_use = a.spaced || b.spaced || total.spaced;
        return in_use && is_sum(a.value, positive(b.value), total.value) &&
               !is_sum(a.tail, positive(b.tail), total.tail);
    };
    const auto any_joins = [&](const Readings& bases, const Readings& added, const Readings& totals) {
        for (const auto& a : first(bases))
            for (const auto& b : first(added))
                for (const auto& total : first(totals))
                    if (joins(a, b, total)) return true;
        return false;
    };
    for (const Readings* totals : {&gross, &plain, &due}) {
        for (const Readings* bases : {&net, &subtotal})
            if (any_joins(*bases, tax, *totals) || any_joins(*bases, tax_total, *totals)) return true;
        if (any_joins(due, paid, *totals)) return true;
    }
    return false;
}

void SaidAmounts::settle_spaces() {
    if (!sums_join_spaces()) return;
    for (Readings* list : {&due, &gross, &plain, &net, &subtotal, &tax_total, &tax, &paid, &previous})
        for (auto& reading : *list) reading.certain = reading.certain || reading.spaced;
}

Readings* SaidAmounts::of(Label label) {
    switch (label) {
        case Label::amount_due:
            return &due;
        case Label::total_gross:
            return &gross;
        case Label::total_plain:
            return &plain;
        case Label::part_asked:
            return &part;
        case Label::total_net:
            return &net;
        case Label::subtotal:
            return &subtotal;
        case Label::tax_total:
            return &tax_total;
        case Label::tax:
            return &tax;
        case Label::paid:
            return &paid;
        case Label::previous_balance:
            return &previous;
        default:
            return nullptr;
    }
}

Support SaidAmounts::support(const atr::Decimal& total) const {
    const auto all = tax.empty() ? std::nullopt : sum(tax);
    for (const Readings* nets : {&net, &subtotal}) {
        for (const auto& base : *nets) {
            for (const Readings* taxes : {&tax_total, &tax}) {
                for (const auto& one : *taxes) {
                    ++out_.steps;
                    if (is_sum(base.value, one.value, total)) return {&base, taxes, &one};
                }
            }
            if (all && is_sum(base.value, *all, total)) return {&base, &tax, nullptr};
        }
    }
    return {};
}

bool SaidAmounts::becomes_with_tax(const AmountReading& base, const atr::Decimal& total) const {
    const auto adds = [&](const Readings& taxes) {
        const auto makes_total = [&](const AmountReading& one) { return is_sum(base.value, one.value, total); };
        const auto all = taxes.empty() ? std::nullopt : sum(taxes);
        return std::any_of(taxes.begin(), taxes.end(), makes_total) || (all && is_sum(base.value, *all, total));
    };
    return base.value != total && (adds(tax_total) || adds(tax));
}

Path SaidAmounts::path(const atr::Decimal& total, const atr::Decimal& remaining) const {
    const auto reached = [&](const std::optional<atr::Decimal>& from) { return from && *from == remaining; };
    const auto less = [&](const atr::Decimal& from, const atr::Decimal& what) {
        return from.minus(what.is_negative() ? what.negated() : what);
    };
    std::vector<atr::Decimal> payments;
    for (const auto& reading : paid) payments.push_back(reading.value);
    if (const auto all = sum(paid); all && paid.size() > 1) payments.push_back(*all);
    for (const auto& amount : payments) {
        if (reached(less(total, amount))) return Path::paid;
    }
    for (const auto& earlier : previous) {
        const auto with = total.plus(earlier.value);
        if (reached(with)) return Path::previous;
        for (const auto& amount : payments) {
            out_.steps += 1;
            if (with && reached(less(*with, amount))) return Path::previous;
        }
    }
    return Path::none;
}

atr::Decimal SaidAmounts::before_payments(atr::Decimal remaining) const {
    for (const auto& payment : paid) {
        const auto more = remaining.plus(payment.value.is_negative() ? payment.value.negated() : payment.value);
        if (more) remaining = *more;
    }
    return remaining;
}

}  // namespace parser_rules
