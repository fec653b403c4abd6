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

}  // namespace

void read_payee(const Context& context, Extraction& out) {
    read_ibans(context, out);
    read_wallets(context, out);
    read_networks(context, out);
}

}  // namespace parser_rules
