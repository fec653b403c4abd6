// The amounts of the whole document: what is due, the total with tax, the net, the tax; and whether they fit together.
#include <algorithm>
#include <array>

#include "payments_made.hpp"
#include "quote.hpp"
#include "rivals.hpp"
#include "rows_below.hpp"
#include "said_amounts.hpp"
#include "settlement.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMaxAlternatives = 3;
constexpr std::uint32_t kUnderLabel = 300;  ///< less sure when read from the line below
constexpr std::uint32_t kTokensBesideTax = 6;
constexpr std::uint32_t kProse = 7500;  ///< read out of a sentence, or supported by nothing else

class Totals {
public:
    Totals(const Context& context, Extraction& out) : context_(context), out_(out), said_(context, out) {}

    ChosenTotal run() {
        choose_gross();
        choose_due();
        emit_net_and_tax();
        if (!due_ && said_.unreadable) {
            out_.warn("amount_unreadable", "an amount is written in a way that cannot be read safely");
        }
        if (!due_) return {};
        return {due_->amount, due_->hit};
    }

private:
    const AmountReading* only_supported(const Readings& values) const {
        const AmountReading* found = nullptr;
        for (const auto& reading : values) {
            if (!said_.support(reading.value)) continue;
            if (found != nullptr) return nullptr;
            found = &reading;
        }
        return found;
    }

    void choose_gross() {
        Readings candidates = distinct_of_this_paper(said_.gross);
        const bool says_tax_is_in = !candidates.empty();
        if (candidates.empty()) candidates = distinct_of_this_paper(said_.plain);
        if (candidates.empty()) candidates = distinct(said_.gross);
        if (candidates.empty()) candidates = distinct(said_.plain);
        if (candidates.empty()) return;
        const Readings& due = our_due_;
        if (candidates.size() == 1) {
            gross_ = candidates[0];
            if (!says_tax_is_in && due.size() == 1 && said_.becomes_with_tax(*gross_, due[0].value)) {
                net_from_plain_ = gross_;
                gross_ = due[0];
            }
            return;
        }
        if (const AmountReading* supported = only_supported(candidates)) {
            gross_ = *supported;
            return;
        }
        const auto as_due = std::find_if(candidates.begin(), candidates.end(),
                                         [&](const auto& r) { return due.size() == 1 && r.value == due[0].value; });
        if (as_due != candidates.end()) {
            gross_ = *as_due;
            return;
        }
        if (candidates.size() == 2 && said_.becomes_with_tax(candidates[0], candidates[1].value)) {
            gross_ = candidates[1];
            return;
        }
        gross_ = candidates.back();
        gross_rivals_ = candidates;
        gross_->competing = true;
        out_.warn("totals_compete", "several totals differ, and nothing in the document decides between them");
    }

    Path path_to(const atr::Decimal& due) const { return gross_ ? said_.path(gross_->value, due) : Path::none; }

    void choose_due() {
        const bool total_is_ours = gross_ && !gross_->elsewhere;
        if (our_due_.empty() && !total_is_ours) our_due_ = distinct(said_.due);
        const Readings& due = our_due_;
        std::uint32_t cap = kCertain;
        if (due.empty()) {
            if (!gross_) return;
            due_ = gross_;
            cap = cap_without_due();
        } else if (due.size() == 1) {
            due_ = due[0];
            cap = cap_against_gross(*due_);
        } else {
            const auto explained =
                std::find_if(due.begin(), due.end(), [&](const auto& r) { return path_to(r.value) != Path::none; });
            due_ = explained != due.end() ? *explained : due.back();
            due_rivals_ = due;
            cap = explained != due.end() && path_to(due_->value) == Path::paid ? kAskHuman : kCompeting;
            if (cap == kCompeting) out_.warn("totals_compete", "several amounts due differ");
        }
        if (asks_for_nothing(*due_)) {
            if (const auto rather = sum_above_zero(due)) {
                due_rivals_.push_back(*due_);
                due_ = *rather;
                cap = kCompeting;
            }
        }
        cap = std::min({cap, cap_by_checks(), cap_by_rivals(), cap_by_tax_on_top(), cap_by_settlement(!due.empty())});
        if (cap > kCompeting) cap = std::min(cap, cap_by_rows());
        emit("amount_due", *due_, std::min(confidence(*due_), cap));
        due_rivals_.insert(due_rivals_.end(), gross_rivals_.begin(), gross_rivals_.end());
        if (due_rivals_.size() > 1) due_rivals_ = distinct(due_rivals_);
        alternatives("amount_due", *due_, due_rivals_);
        if (gross_) emit("total_with_tax", *gross_, std::min(confidence(*gross_), gross_cap()));
    }

    /// Zero or less is due, and no payment of the paper explains it.
    bool asks_for_nothing(const AmountReading& due) const {
        return (due.value.is_zero() || due.value.is_negative()) && path_to(due.value) == Path::none;
    }

    /// What a person is asked about rather than nothing.
    std::optional<AmountReading> sum_above_zero(const Readings& due) const {
        const auto above = [](const AmountReading& sum) { return !sum.value.is_zero() && !sum.value.is_negative(); };
        const auto last = std::find_if(due.rbegin(), due.rend(), above);
        if (last != due.rend()) return *last;
        return gross_ && above(*gross_) ? gross_ : std::nullopt;
    }

    /// Another sum stands beside words for a total, and nothing on the paper says how it leads to this one.
    std::uint32_t cap_by_rivals() {
        const Chosen chosen{*due_, gross_ ? &*gross_ : nullptr};
        const auto rival = unexplained_rival(context_, said_, chosen, out_.steps);
        if (!rival && !said_.too_many) return kCertain;
        if (rival) due_rivals_.push_back(*rival);
        out_.warn("totals_compete", "another total stands in the document, and nothing in it explains the difference");
        return kCompeting;
    }

    /// "Total 100.00 / plus VAT 20.00", and no sum of both: the total is not the whole.
    std::uint32_t cap_by_tax_on_top() {
        const AmountReading& total = gross_ ? *gross_ : *due_;
        if (net_from_plain_ || said_.support(total.value)) return kCertain;
        for (const Readings* taxes : {&said_.tax, &said_.tax_total}) {
            for (const auto& tax : *taxes) {
                if (tax.amount < total.amount || tax.value.is_zero() || !comes_on_top(tax)) continue;
                out_.warn("total_unclear", "tax is added below the total, but the sum of both is not named");
                return kCompeting;
            }
        }
        return kCertain;
    }

    /// "plus VAT", "zzgl. 19 % MwSt".
    bool comes_on_top(const AmountReading& tax) const {
        const auto& tokens = context_.page.tokens();
        const Hit& label = context_.facts.hits[tax.hit];
        const std::uint32_t cell_begin = context_.page.cells()[label.cell].first_token;
        const std::uint32_t begin = label.token - std::min(label.token - cell_begin, kTokensBesideTax);
        const std::uint32_t end = std::max(label.end_token, context_.facts.amounts[tax.amount].token);
        return std::any_of(tokens.begin() + begin, tokens.begin() + std::min(end, label.end_token + kTokensBesideTax),
                           [&](const Token& token) { return context_.page.info(token).adds; });
    }

    /// An amount below the total may be less of it, whatever its label.
    std::uint32_t cap_by_rows() {
        const auto row = unexplained_row(context_, said_, {*due_, gross_ ? &*gross_ : nullptr}, out_.steps);
        if (!row) return kCertain;
        const Span words{context_.page.cells()[context_.facts.amounts[*row].cell].span.begin,
                         context_.facts.amounts[*row].number.span.end};
        out_.warn("amount_due_unclear",
                  quoting("an amount below the total may have to be taken off", context_.page, words));
        return kCompeting;
    }

    /// No label says what is due: the total is, unless something was paid before or carried over.
    std::uint32_t cap_without_due() {
        const auto counts = [](const Readings& readings) {
            return std::any_of(readings.begin(), readings.end(), [](const auto& r) { return !r.value.is_zero(); });
        };
        if (counts(said_.paid)) {
            out_.warn("amount_due_unclear", "payments or deposits are named, but not what remains due");
            return kCompeting;
        }
        if (counts(said_.previous)) {
            out_.warn("previous_balance", "an earlier balance is named, but not whether it is still due");
            return kCompeting;
        }
        if (something_is_deducted(context_, *gross_, out_.steps)) {
            out_.warn("amount_due_unclear", "something is deducted from the total, but what remains due is not named");
            return kCompeting;
        }
        return kCertain;
    }

    std::uint32_t cap_against_gross(const AmountReading& due) {
        if (!gross_ || gross_->value == due.value) return kCertain;
        switch (path_to(due.value)) {
            case Path::paid:
                return kCertain;
            case Path::previous:
                out_.warn("previous_balance", "the amount due contains an earlier balance, which may be paid already");
                return kCompeting;
            case Path::none:
                break;
        }
        out_.warn("totals_compete", "the total and the amount due differ, and nothing in the document explains it");
        return kCompeting;
    }

    /// Negative, or contradicted by the other numbers.
    std::uint32_t cap_by_checks() {
        std::uint32_t cap = kCertain;
        if (due_->value.is_negative()) {
            out_.warn("negative_total", "the amount due is negative");
            cap = kCompeting;
        }
        AmountReading total = gross_ ? *gross_ : *due_;
        if (!gross_) total.value = said_.before_payments(total.value);
        if (said_.support(total.value) || net_from_plain_) return cap;
        const bool net_known = !said_.net.empty() && (!said_.tax_total.empty() || !said_.tax.empty());
        const bool subtotal_known =
            !said_.extras && said_.subtotal.size() == 1 && said_.tax_total.size() + said_.tax.size() == 1;
        if ((net_known && !said_.extras) || subtotal_known) {
            const bool free_of_tax =
                std::any_of(said_.net.begin(), said_.net.end(), [&](const auto& n) { return n.value == total.value; });
            if (!free_of_tax || subtotal_known) {
                out_.warn("sums_do_not_add_up", "net and tax do not add up to the total");
                contradicted_ = true;
                return kCompeting;
            }
        }
        return std::min(cap, cap_plain_total(total));
    }

    /// The paper says that it is paid, will be collected or must not be paid. What was paid before is no question where
    /// the paper names what is still due and its sums lead there. A credit note asks for nothing anyway.
    std::uint32_t cap_by_settlement(bool due_named) {
        const Field* type = out_.find("document_type");
        if (type != nullptr && type->value == "credit_note") return kCertain;
        const Settlement said = read_settlement(context_, out_.steps);
        const bool rest_is_due = due_named && path_to(due_->value) == Path::paid;
        std::uint32_t cap = kCertain;
        const auto ask = [&](const std::optional<Span>& words, std::string_view code, std::string_view why) {
            if (!words) return;
            out_.warn(code, quoting(why, context_.page, *words));
            cap = kCompeting;
        };
        ask(said.paid_whole, "paid_already", "the document says that it was paid");
        if (!rest_is_due || says_it_was_paid(said.sums))
            ask(said.paid, "paid_already", "the document says that it was paid");
        ask(payment_row(said.rows), "paid_already", "the document says that it was paid");
        ask(said.nothing_owing ? said.nothing_owing : zero_due(), "paid_already",
            "the document says that nothing is due");
        if (!rest_is_due) {
            const Asked asked{*due_, gross_ ? &*gross_ : nullptr};
            const AmountReading* paid = payment_not_taken_off(context_, said_, asked, out_.steps);
            ask(paid ? place(*paid) : std::nullopt, "paid_already",
                "the document names a payment that its sum due does not take off");
        }
        ask(said.collected, "collected_by_seller", "the document says that its sum is collected by direct debit");
        if (!rest_is_due) ask(said.money_back, "not_to_be_paid", "the document says that its sum goes to the buyer");
        ask(said.withdrawn, "not_to_be_paid", "the document says that it is void, a draft or not to be paid");
        ask(said.payee_changed, "payee_unclear",
            "the document says that somebody else or another account is to be paid");
        ask(said.title, "not_to_be_paid", "the title says that it is no plain invoice");
        return cap;
    }

    std::optional<Span> place(const AmountReading& reading) const {
        const auto& tokens = context_.page.tokens();
        return Span{tokens[context_.facts.hits[reading.hit].token].span.begin,
                    context_.facts.amounts[reading.amount].number.span.end};
    }

    /// A sum due of zero, where another one is taken or the total is another.
    std::optional<Span> zero_due() const {
        if (due_->value.is_zero() && (!gross_ || gross_->value.is_zero())) return std::nullopt;
        const auto zero =
            std::find_if(said_.due.begin(), said_.due.end(), [](const auto& due) { return due.value.is_zero(); });
        return zero == said_.due.end() ? std::nullopt : place(*zero);
    }

    /// The value without its sign.
    std::optional<atr::Decimal> size_of(std::size_t amount) const {
        const auto decimal =
            to_decimal(context_.page.text(), context_.facts.amounts[amount].number, context_.facts.style);
        const auto value = decimal ? atr::Decimal::parse(decimal->value) : std::nullopt;
        return value && value->is_negative() ? value->negated() : value;
    }

    /// "Payment  -60.00" of what is due or more, which is none of those taken off and settles no earlier balance.
    std::optional<Span> payment_row(const std::vector<std::size_t>& rows) const {
        for (const std::size_t row : rows) {
            const auto value = size_of(row);
            const auto same = [&](const auto& other) {
                return other.value == *value || other.value.negated() == *value;
            };
            if (!value || *value < due_->value || std::any_of(said_.previous.begin(), said_.previous.end(), same) ||
                std::any_of(said_.paid.begin(), said_.paid.end(), same))
                continue;
            return context_.facts.amounts[row].number.span;
        }
        return std::nullopt;
    }

    /// A sentence says that a sum was paid which is not one of those taken off, and no less than what is due.
    bool says_it_was_paid(const std::vector<std::size_t>& sums) const {
        const auto is_due = [&](std::size_t amount) {
            const auto value = size_of(amount);
            if (!value || *value < due_->value) return false;
            return std::none_of(said_.paid.begin(), said_.paid.end(), [&](const auto& paid) {
                return paid.value == *value || paid.value.negated() == *value;
            });
        };
        return std::any_of(sums.begin(), sums.end(), is_due);
    }

    /// A bare "Total" may be the net: another amount that is larger, or larger by just the tax, casts doubt on it.
    std::uint32_t cap_plain_total(const AmountReading& total) {
        if (context_.facts.hits[total.hit].label != Label::total_plain) return kCertain;
        if (!larger_amount_stands(context_, said_, total, out_.steps)) return kCertain;
        out_.warn("total_unclear", "a larger amount stands in the document, and nothing says which is the total");
        return kCompeting;
    }

    std::uint32_t gross_cap() const { return due_ && due_->value.is_negative() ? kCompeting : kCertain; }

    std::uint32_t confidence(const AmountReading& reading) const {
        const Label label = context_.facts.hits[reading.hit].label;
        std::uint32_t bp = label == Label::total_plain ? 8500 : 9000;
        if (said_.support(reading.value)) bp += 500;
        if (reading.below) bp -= kUnderLabel;
        if (reading.prose) bp = std::min(bp, kProse);
        if (reading.competing) bp = std::min(bp, kCompeting);
        if (!reading.certain) {
            bp = std::min(bp, kDoubtful);
            out_.warn("number_format", "the decimal and thousands marks of an amount can be read in two ways");
        }
        if (reading.elsewhere) {
            bp = std::min(bp, kCompeting);
            out_.warn("total_unclear", "words beside the total say that it may be another document's");
        }
        if (reading.scaled) {
            bp = std::min(bp, kDoubtful);
            out_.warn("amount_scaled", "a word beside an amount may multiply it");
        }
        if (reading.credit) {
            bp = std::min(bp, kCompeting);
            out_.warn("credit_unclear", "words beside an amount may say that it is a credit");
        }
        return bp;
    }

    void emit_net_and_tax() {
        const std::optional<AmountReading>& total = gross_ ? gross_ : due_;
        if (!total) return;
        if (const Support found = said_.support(total->value)) {
            emit("total_net", *found.net, std::min(confidence(*found.net), kCertain));
            emit_tax(found);
            return;
        }
        const std::uint32_t unsupported = contradicted_ ? kCompeting : kProse;
        const Readings nets = distinct(said_.net);
        if (nets.size() == 1 && !said_.extras)
            emit("total_net", nets[0], std::min<std::uint32_t>(confidence(nets[0]), unsupported));
        const Readings taxes = distinct(said_.tax_total.empty() ? said_.tax : said_.tax_total);
        if (taxes.size() == 1) emit("tax_total", taxes[0], std::min<std::uint32_t>(confidence(taxes[0]), unsupported));
        if (taxes.size() > 1) out_.warn("tax_unclear", "several tax amounts stand in the document, and no sum of them");
    }

    void emit_tax(const Support& found) {
        if (found.one != nullptr) {
            emit("tax_total", *found.one, confidence(*found.one));
            return;
        }
        const auto all = sum(*found.tax);
        Field field{"tax_total", "decimal", all->to_fixed(2), 9000, {}, 0};
        for (const auto& reading : *found.tax)
            field.evidence.push_back(context_.facts.amounts[reading.amount].number.span);
        out_.fields.push_back(std::move(field));
    }

    void emit(std::string_view path, const AmountReading& reading, std::uint32_t bp, std::uint32_t alternative = 0) {
        out_.fields.push_back(
            {path, "decimal", reading.text, bp, {context_.facts.amounts[reading.amount].number.span}, alternative});
    }

    void alternatives(std::string_view path, const AmountReading& chosen, const Readings& rivals) {
        std::uint32_t n = 0;
        for (const auto& rival : rivals) {
            if (rival.value == chosen.value || n == kMaxAlternatives) continue;
            emit(path, rival, kDoubtful - 1000, ++n);
        }
    }

    const Context& context_;
    Extraction& out_;
    const SaidAmounts said_;
    Readings our_due_ = distinct_of_this_paper(said_.due);  ///< what labels say that this paper asks for
    std::optional<AmountReading> gross_, due_, net_from_plain_;
    Readings gross_rivals_, due_rivals_;
    bool contradicted_ = false;  ///< net and tax were named and make another total
};

}  // namespace

ChosenTotal read_totals(const Context& context, Extraction& out) {
    return Totals(context, out).run();
}

}  // namespace parser_rules
