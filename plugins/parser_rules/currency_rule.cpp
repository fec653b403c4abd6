// Which currency or token the amount due is in. Two that compete, or a mark that several countries share, ask a human.
#include <algorithm>
#include <initializer_list>

#include "rules.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMaxMentions = 2000;

struct Finding {
    CurrencyId id = kNoCurrency;
    Span span;
    std::uint32_t bp = 0;
    bool strange = false;  ///< letters nobody knows touch the mark
};

/// The currency beside the amount due, or in its label's words: "Total (EUR)".
Finding at_total(const Context& context, const ChosenTotal& total) {
    if (!total.amount || !total.hit) return {};
    const Amount& amount = context.facts.amounts[*total.amount];
    if (amount.currency != kNoCurrency) return {amount.currency, amount.currency_span, 9500, amount.strange_mark};
    const Hit& hit = context.facts.hits[*total.hit];
    for (const auto& mention : context.facts.mentions) {
        if (mention.token < hit.end_token) continue;
        if (mention.token >= context.page.cells()[hit.cell].end_token) break;
        return {mention.id, mention.span, 9300, mention.strange};
    }
    return {};
}

/// The currency named after a label that says so: "Currency: EUR", "Beträge in EUR".
Finding declared(const Context& context) {
    const auto& hits = context.facts.hits;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        if (hits[i].label != Label::currency) continue;
        const auto first = [&](Region region) -> Finding {
            const auto found =
                std::lower_bound(context.facts.mentions.begin(), context.facts.mentions.end(), region.token,
                                 [](const Mention& m, std::uint32_t token) { return m.token < token; });
            if (found == context.facts.mentions.end() || found->token >= region.end) return {};
            return {found->id, found->span, 9000, found->strange};
        };
        if (auto found = first(context.layout.rest_of_line(i)); found.id != kNoCurrency) return found;
        if (!hits[i].ends) continue;
        const auto cell = context.layout.cell_below(hits[i].cell, 2);
        if (!cell) continue;
        if (auto found = first(context.layout.of_cell(*cell)); found.id != kNoCurrency) return found;
    }
    return {};
}

class CurrencyRule {
public:
    CurrencyRule(const Context& context, const ChosenTotal& total, Extraction& out)
        : context_(context), out_(out), chosen_(at_total(context, total)), declared_(declared(context)) {}

    CurrencyId run() {
        if (chosen_.id == kNoCurrency) chosen_ = declared_;
        if (chosen_.id == kNoCurrency) chosen_ = most_named();
        if (chosen_.id == kNoCurrency) return kNoCurrency;
        const bool strange = chosen_.strange || (is_mark(chosen_.id) && strange_mark_elsewhere());
        if (is_mark(chosen_.id)) sharpen();
        check_rivals();
        if (strange) doubt_mark();
        out_.fields.push_back(
            {"currency", "asset", std::string(currency(chosen_.id).code), chosen_.bp, {chosen_.span}, 0});
        if (rival_.id != kNoCurrency && currency(rival_.id).code != currency(chosen_.id).code) {
            out_.fields.push_back(
                {"currency", "asset", std::string(currency(rival_.id).code), kDoubtful - 1000, {rival_.span}, 1});
        }
        return chosen_.id;
    }

private:
    /// Beside any amount; then anywhere.
    Finding most_named() const {
        Finding best;
        for (const bool beside : {true, false}) {
            for (const auto& mention : context_.facts.mentions) {
                if (mention.beside_amount != beside) continue;
                return {mention.id, mention.span, beside ? 8500U : 7500U, mention.strange};
            }
        }
        return best;
    }

    /// A shared mark takes the currency that the document names elsewhere; "$" alone is a US dollar only by habit.
    void sharpen() {
        const std::uint32_t beside = chosen_.bp;
        for (const auto& mention : first_mentions()) {
            ++out_.steps;
            if (is_mark(mention.id) || !compatible(mention.id, chosen_.id)) continue;
            chosen_ = {mention.id, mention.span, std::min<std::uint32_t>(beside, 8800)};
            return;
        }
        const bool dollar = currency(chosen_.id).code == "USD";
        if (const CurrencyId known = dollar ? dollar_by_tax() : kNoCurrency; known != kNoCurrency) {
            chosen_ = {known, chosen_.span, 8000};
        } else if (dollar) {
            chosen_.bp = context_.facts.us_postcode                ? 8500
                         : other_dollar_country()                  ? kDoubtful
                         : context_.facts.language == Language::en ? 8000
                                                                   : 7500;
        } else if (currency(chosen_.id).code == "INR") {
            chosen_.bp = india() ? 8800 : 7500;
        } else {
            chosen_.bp = kDoubtful;
        }
        if (chosen_.bp < kAskHuman) out_.warn("currency_unclear", "the currency's mark is used by several countries");
    }

    /// Whether the mark stands somewhere with letters that nobody knows: "Subtotal RX$ 450.00, Total $ 450.00".
    bool strange_mark_elsewhere() const {
        const auto mentions = first_mentions();
        return std::any_of(mentions.begin(), mentions.end(), [](const Mention& m) { return m.strange; });
    }
    void doubt_mark() {
        chosen_.bp = std::min(chosen_.bp, kDoubtful);
        out_.warn("currency_unclear", "letters beside the currency's mark may make it another currency's");
    }

    /// Taxes and numbers that only other countries with dollars have.
    bool other_dollar_country() const {
        return says({"GST", "HST", "PST", "QST", "ABN", "ACN", "TPS", "TVQ", "RFC", "IVA"});
    }
    /// The country whose business numbers or taxes are named, when only one country has them.
    CurrencyId dollar_by_tax() const {
        if (says({"ABN", "ACN"})) return currency_of_code("AUD");
        if (says({"HST", "PST", "QST", "TPS", "TVQ"})) return currency_of_code("CAD");
        return kNoCurrency;
    }
    bool india() const { return says({"GSTIN", "CGST", "SGST", "IGST", "UTGST"}); }

    /// Whether a label begins with one of the words.
    bool says(std::initializer_list<std::string_view> words) const {
        for (const auto& hit : context_.facts.hits) {
            ++out_.steps;
            const std::string_view word = context_.page.text(context_.page.tokens()[hit.token].span);
            if (std::find(words.begin(), words.end(), word) != words.end()) return true;
        }
        return false;
    }

    void check_rivals() {
        if (declared_.id != kNoCurrency && !compatible(declared_.id, chosen_.id)) rival_ = declared_;
        for (const auto& mention : first_mentions()) {
            ++out_.steps;
            if (rival_.id != kNoCurrency) break;
            if (compatible(mention.id, chosen_.id)) continue;
            // A token named anywhere may be what is really to be paid; another currency counts beside an amount.
            if (mention.beside_amount || is_token(mention.id) || is_token(chosen_.id))
                rival_ = {mention.id, mention.span, 0};
        }
        if (rival_.id == kNoCurrency) return;
        chosen_.bp = std::min(chosen_.bp, kCompeting);
        out_.warn("currencies_compete", "more than one currency is named");
    }

    std::span<const Mention> first_mentions() const {
        return {context_.facts.mentions.data(), std::min(context_.facts.mentions.size(), kMaxMentions)};
    }

    const Context& context_;
    Extraction& out_;
    Finding chosen_, declared_, rival_;
};

}  // namespace

CurrencyId read_currency(const Context& context, const ChosenTotal& total, Extraction& out) {
    return CurrencyRule(context, total, out).run();
}

}  // namespace parser_rules
