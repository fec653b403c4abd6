#include "payments_made.hpp"

#include <algorithm>
#include <vector>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxPaymentsTried = 6;  ///< per kind, of what a payment may be taken off

class PaymentReader {
public:
    PaymentReader(const Context& context, const SaidAmounts& said, const Asked& asked, std::uint64_t& steps)
        : context_(context), said_(said), asked_(asked), steps_(steps) {}

    const AmountReading* run() {
        for (const auto& payment : said_.paid)
            if (counts(payment)) made_.push_back(&payment);
        if (made_.empty()) return nullptr;
        const auto last = std::find_if(made_.begin(), made_.end(), [&](const auto* p) { return below_total(*p); });
        below_total_ = last != made_.end();
        return taken_off() ? nullptr : made_.front();
    }

private:
    /// Below the total; where there is none, below the sum due and no less than it.
    bool below_total(const AmountReading& payment) const {
        if (asked_.total != nullptr) return payment.amount > asked_.total->amount;
        return payment.amount > asked_.due.amount && covers(payment);
    }
    bool covers(const AmountReading& payment) const {
        return (payment.value.is_negative() ? payment.value.negated() : payment.value) >= asked_.due.value;
    }

    bool counts(const AmountReading& payment) const {
        if (payment.value.is_zero()) return false;
        const auto in_label = [&](auto says) {
            const Hit& hit = context_.facts.hits[payment.hit];
            const auto& tokens = context_.page.tokens();
            return std::any_of(tokens.begin() + hit.token, tokens.begin() + hit.end_token,
                               [&](const Token& token) { return says(context_.page.info(token)); });
        };
        const bool happened = in_label([](const WordInfo& word) { return word.happened; });
        const bool credit = in_label([](const WordInfo& word) { return word.credit != CreditWord::none; });
        if (credit && !happened && !covers(payment)) return false;  // "Account credit: 5.00" is left for another time
        return payment.value.is_negative() || happened || below_total(payment);
    }

    /// The sum due is a total, or one with an earlier balance, less one of the payments or all of them.
    bool taken_off() {
        std::vector<atr::Decimal> less = amounts_paid();
        for (const auto& base : bases()) {
            for (const auto& amount : less) {
                ++steps_;
                const auto left = base.minus(amount);
                if (!left) continue;
                if (*left == asked_.due.value) return true;
                if (std::any_of(said_.previous.begin(), said_.previous.end(), [&](const auto& earlier) {
                        const auto with = left->plus(earlier.value);
                        return with && *with == asked_.due.value;
                    }))
                    return true;
            }
        }
        return false;
    }

    std::vector<atr::Decimal> amounts_paid() const {
        std::vector<atr::Decimal> out;
        std::optional<atr::Decimal> all = atr::Decimal{};
        for (const auto* payment : made_) {
            const atr::Decimal amount = payment->value.is_negative() ? payment->value.negated() : payment->value;
            const bool new_one = std::find(out.begin(), out.end(), amount) == out.end();
            if (new_one && out.size() < kMaxPaymentsTried) out.push_back(amount);
            if (all) all = all->plus(amount);
        }
        if (all && made_.size() > 1) out.push_back(*all);
        return out;
    }

    /// What stands below the total is taken off the total; what stands above it, or beside none, off what leads there.
    std::vector<atr::Decimal> bases() const {
        std::vector<atr::Decimal> out;
        if (asked_.total != nullptr) out.push_back(asked_.total->value);
        if (asked_.total != nullptr && below_total_) return out;
        const auto add = [&](const Readings& readings) {
            for (std::size_t i = 0; i < std::min(readings.size(), kMaxPaymentsTried); ++i)
                out.push_back(readings[i].value);
        };
        add(said_.plain);
        add(said_.net);
        add(said_.subtotal);
        const std::size_t untaxed = out.size();
        for (const Readings* taxes : {&said_.tax_total, &said_.tax}) {
            const auto tax = sum(*taxes);
            for (std::size_t i = 0; i < untaxed && tax && !taxes->empty(); ++i)
                if (const auto with = out[i].plus(*tax)) out.push_back(*with);
        }
        if (asked_.total == nullptr) add_items(out);
        return out;
    }

    /// Without a total the sums of the items: one of them, as a paper with a single item has it.
    void add_items(std::vector<atr::Decimal>& out) const {
        const auto& amounts = context_.facts.amounts;
        const std::size_t first = said_.paid.front().amount;
        std::size_t tried = 0;
        for (std::size_t i = first; i > 0 && tried < kMaxPaymentsTried; --i) {
            const Amount& amount = amounts[i - 1];
            if (amount.percent || !amount.money_like()) continue;
            ++tried;
            const auto decimal = to_decimal(context_.page.text(), amount.number, context_.facts.style);
            if (const auto value = decimal ? atr::Decimal::parse(decimal->value) : std::nullopt) out.push_back(*value);
        }
    }

    const Context& context_;
    const SaidAmounts& said_;
    const Asked& asked_;
    std::uint64_t& steps_;
    std::vector<const AmountReading*> made_;
    bool below_total_ = false;
};

}  // namespace

const AmountReading* payment_not_taken_off(const Context& context, const SaidAmounts& said, const Asked& asked,
                                           std::uint64_t& steps) {
    if (said.paid.empty()) return nullptr;
    return PaymentReader(context, said, asked, steps).run();
}

}  // namespace parser_rules
