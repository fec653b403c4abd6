// Where the document asks to be paid. Several different accounts ask a human; so does an IBAN whose checksum fails.
#include <algorithm>

#include "ascii.hpp"
#include "rules.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxNetworkBytes = 40;
constexpr std::size_t kMaxAlternatives = 3;

/// Emits the claims of distinct value, the first preferred; several lower the confidence of all.
class Claims {
public:
    void add(std::string value, Span span, std::uint32_t bp) {
        const auto same = std::find_if(list_.begin(), list_.end(),
                                       [&](const Claim& c) { return lowered(c.value) == lowered(value); });
        if (same != list_.end()) {
            if (bp > same->bp) *same = {std::move(value), span, bp};
            return;
        }
        if (list_.size() <= kMaxAlternatives) list_.push_back({std::move(value), span, bp});
    }
    bool several() const { return list_.size() > 1; }

    void emit(std::string_view path, std::string_view type, Extraction& out) const {
        if (list_.empty()) return;
        const auto best =
            std::max_element(list_.begin(), list_.end(), [](const Claim& a, const Claim& b) { return a.bp < b.bp; });
        out.fields.push_back(
            {path, type, best->value, several() ? std::min(best->bp, kCompeting) : best->bp, {best->span}, 0});
        std::uint32_t n = 0;
        for (auto claim = list_.begin(); claim != list_.end(); ++claim) {
            if (claim != best) out.fields.push_back({path, type, claim->value, kDoubtful - 1000, {claim->span}, ++n});
        }
    }

private:
    struct Claim {
        std::string value;
        Span span;
        std::uint32_t bp;
    };
    std::vector<Claim> list_;
};

/// Whether the label nearest before `token`, on its line or right above, is `label`.
bool labelled(const Context& context, std::uint32_t token, Label label) {
    const auto& hits = context.facts.hits;
    const auto after =
        std::upper_bound(hits.begin(), hits.end(), token, [](std::uint32_t t, const Hit& h) { return t < h.token; });
    if (after == hits.begin()) return false;
    const Hit& before = *(after - 1);
    const std::uint32_t line = context.page.line_of(context.page.tokens()[token]);
    const std::uint32_t label_line = context.page.cells()[before.cell].line;
    return before.label == label && before.leads && line <= label_line + 1;
}

void read_ibans(const Context& context, Extraction& out) {
    Claims claims;
    for (const auto& found : context.facts.ibans) {
        ++out.steps;
        if (!found.iban.checksum) out.warn("iban_checksum", "an IBAN's check digits are wrong");
        const std::uint32_t bp = found.iban.checksum ? 9500 : 3000;
        claims.add(found.iban.value, found.iban.span, bp);
    }
    if (claims.several()) out.warn("ibans_compete", "several bank accounts are named");
    claims.emit("payee.iban", "iban", out);
}

void read_wallets(const Context& context, Extraction& out) {
    Claims claims;
    for (const auto& found : context.facts.wallets) {
        ++out.steps;
        const bool named = labelled(context, found.token, Label::wallet);
        claims.add(address_value(context.page.text(found.span)), found.span, named ? 9400 : 7500);
    }
    if (claims.several()) out.warn("wallets_compete", "several wallets are named");
    claims.emit("payee.wallet", "wallet", out);
}

void read_networks(const Context& context, Extraction& out) {
    Claims claims;
    const auto& hits = context.facts.hits;
    const auto& tokens = context.page.tokens();
    for (std::size_t i = 0; i < hits.size(); ++i) {
        ++out.steps;
        if (hits[i].label != Label::network || !hits[i].leads) continue;
        Region region = context.layout.rest_of_cell(i);
        if (region.empty()) {
            const auto right = context.layout.cell_right(hits[i]);
            if (!right || !(hits[i].colon || context.facts.wallets.size() == 1)) continue;
            region = context.layout.of_cell(*right);
        } else if (!hits[i].colon) {
            continue;
        }
        if (region.empty() || tokens[region.token].kind != TokenKind::word) continue;
        const Span span{tokens[region.token].span.begin, tokens[region.end - 1].span.end};
        if (span.end - span.begin > kMaxNetworkBytes) continue;
        claims.add(tidy(context.page.text(span)), span, 8800);
    }
    claims.emit("payee.network", "text", out);
}

/// "Payable to: Beta Ltd": a company is named that has no word in common with the seller.
class PayeeNames {
public:
    PayeeNames(const Context& context, Span seller)
        : context_(context), tokens_(context.page.tokens()), seller_(tokens_in(seller)) {}

    bool names_another(std::size_t hit) const {
        const Hit& label = context_.facts.hits[hit];
        if (label.label != Label::payee_name || !label.leads || !label.colon) return false;
        Region region = context_.layout.rest_of_cell(hit);
        if (const auto right = context_.layout.cell_right(label); region.empty() && right)
            region = context_.layout.of_cell(*right);
        region.end = std::min(region.end, region.token + kMaxNameTokens);
        return is_company(region) && !shares_word(region);
    }

private:
    static constexpr std::uint32_t kMaxNameTokens = 12;

    Region tokens_in(Span span) const {
        const auto at = [&](std::uint32_t byte) {
            const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), byte,
                                                [](const Token& t, std::uint32_t b) { return t.span.begin < b; });
            return static_cast<std::uint32_t>(found - tokens_.begin());
        };
        const Region found{at(span.begin), at(span.end)};
        return {found.token, std::min(found.end, found.token + kMaxNameTokens)};
    }
    bool is_company(Region region) const {
        return std::any_of(
            context_.facts.legal_forms.begin(), context_.facts.legal_forms.end(),
            [&](const LegalForm& form) { return form.token >= region.token && form.token < region.end; });
    }
    bool shares_word(Region region) const {
        for (std::uint32_t i = region.token; i < region.end; ++i)
            for (std::uint32_t j = seller_.token; j < seller_.end; ++j)
                if (names(i) && tokens_[i].hash == tokens_[j].hash) return true;
        return false;
    }
    bool names(std::uint32_t at) const {
        const WordInfo& word = context_.page.info(tokens_[at]);
        return tokens_[at].kind == TokenKind::word && !word.legal_form && !word.legal_short && !word.article;
    }

    const Context& context_;
    const std::vector<Token>& tokens_;
    Region seller_;
};

void read_payee_names(const Context& context, Extraction& out) {
    const Field* seller = out.find("seller.name");
    if (seller == nullptr) return;
    const PayeeNames names(context, seller->evidence.front());
    std::size_t tried = 0;
    for (std::size_t i = 0; i < context.facts.hits.size() && tried < kMaxAlternatives; ++i) {
        ++out.steps;
        if (context.facts.hits[i].label != Label::payee_name) continue;
        ++tried;
        out.steps += context.facts.legal_forms.size();
        if (!names.names_another(i)) continue;
        out.warn("payee_unclear", "another company than the seller is to be paid");
        for (auto& field : out.fields)
            if (field.path == "amount_due") field.confidence_bp = std::min(field.confidence_bp, kCompeting);
    }
}

}  // namespace

void read_payee(const Context& context, Extraction& out) {
    read_ibans(context, out);
    read_wallets(context, out);
    read_networks(context, out);
    read_payee_names(context, out);
}

}  // namespace parser_rules
