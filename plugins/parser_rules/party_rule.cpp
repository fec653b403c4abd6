// Seller, buyer and the seller's tax number. A label decides; without one, a letterhead must speak for itself more than
// once before it is believed.
#include <algorithm>
#include <array>

#include "party_blocks.hpp"
#include "party_names.hpp"
#include "rules.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMaxCandidates = 48;
constexpr std::size_t kMaxTaxLabels = 32;
constexpr std::uint32_t kLetterhead = 4;  ///< lines at the top
constexpr std::uint32_t kMaxWordsBeforeForm = 7;

struct Name {
    Span span;
    std::uint64_t key = 0;
    std::uint32_t bp = 0;
};

struct Candidate {
    Name name;
    std::uint32_t cell = 0;
    std::uint32_t line = 0;
    bool legal = false;
    std::uint32_t repeats = 0;
    bool domain = false;
    bool sender = false;
    int score = 0;
};

class PartyRule {
public:
    PartyRule(const Context& context, Extraction& out) : context_(context), out_(out), blocks_(context) {}

    void run() {
        const std::vector<Name> buyers = labelled(Party::buyer);
        for (const auto& buyer : buyers) buyer_keys_.push_back(buyer.key);
        const std::vector<Name> sellers = labelled(Party::seller);
        if (!sellers.empty()) {
            emit("seller.name", sellers);
        } else {
            emit_letterhead();
        }
        if (!buyers.empty()) emit("buyer.name", buyers);
        read_tax_ids();
    }

private:
    /// Names after the party's labels, and after "Name:" inside the party's block.
    std::vector<Name> labelled(Party party) {
        std::vector<Name> found;
        const auto& hits = context_.facts.hits;
        for (std::size_t i = 0; i < hits.size() && found.size() < 8; ++i) {
            ++out_.steps;
            const Hit& hit = hits[i];
            if (!hit.leads) continue;
            std::optional<Span> span;
            std::uint32_t bp = 9200;
            if (party_of(hit.label) == party && (hit.colon || hit.ends)) {
                if (context_.layout.role(hit) == LineRole::item_header) continue;
                span = value_of(i, bp);
            } else if (hit.label == Label::party_name && hit.colon && blocks_.owner(hit.cell) == party) {
                span = value_of(i, bp);
            }
            if (!span) continue;
            const Name name{*span, name_key(context_, *span), bp};
            if (party == Party::seller && is_buyer(name.key)) continue;
            found.push_back(name);
        }
        return found;
    }

    std::optional<Span> value_of(std::size_t i, std::uint32_t& bp) {
        const Hit& hit = context_.facts.hits[i];
        const Region rest = context_.layout.rest_of_cell(i);
        if (!rest.empty()) return hit.colon ? name_in(context_, rest) : std::nullopt;
        if (const auto right = context_.layout.cell_right(hit); right && (hit.colon || single_value(*right))) {
            if (!is_label(*right)) {
                if (auto name = name_in(context_, context_.layout.of_cell(*right))) return name;
            }
        }
        const auto below = context_.layout.cell_below(hit.cell, 2);
        if (!below || is_label(*below)) return std::nullopt;
        bp -= 200;
        return name_in(context_, context_.layout.of_cell(*below));
    }

    bool single_value(std::uint32_t cell) const {
        return context_.page.lines()[context_.page.cells()[cell].line].end_cell == cell + 1;
    }
    bool is_label(std::uint32_t cell) const {
        const Hit* hit = context_.layout.leading_hit(cell);
        return hit != nullptr && (hit->colon || hit->ends);
    }
    bool is_buyer(std::uint64_t key) const {
        return std::find(buyer_keys_.begin(), buyer_keys_.end(), key) != buyer_keys_.end();
    }

    /// Whether one is the other with something added: "Acme" and "Acme Hosting Ltd".
    bool same_name(const Name& a, const Name& b) const {
        if (a.key == b.key) return true;
        const std::string x = tidy(context_.page.text(a.span));
        const std::string y = tidy(context_.page.text(b.span));
        return x.starts_with(y) || y.starts_with(x);
    }

    void emit(std::string_view path, const std::vector<Name>& names) {
        const Name& first = names.front();
        std::uint32_t bp = first.bp;
        const auto rival =
            std::find_if(names.begin(), names.end(), [&](const Name& n) { return !same_name(n, first); });
        if (rival != names.end() && path == "seller.name") {
            bp = std::min(bp, kCompeting);
            out_.warn("sellers_compete", "several sellers are named");
        }
        out_.fields.push_back({path, "text", tidy(context_.page.text(first.span)), bp, {first.span}, 0});
        if (bp <= kCompeting && rival != names.end()) {
            out_.fields.push_back(
                {path, "text", tidy(context_.page.text(rival->span)), kDoubtful - 1000, {rival->span}, 1});
        }
    }

    void emit_letterhead() {
        std::vector<Candidate> candidates = with_legal_form();
        add_top_cells(candidates);
        std::erase_if(candidates, [&](const Candidate& c) { return is_buyer(c.name.key); });
        if (candidates.empty()) return;
        for (auto& candidate : candidates) rate(candidate, candidates);
        const auto best = std::max_element(candidates.begin(), candidates.end(),
                                           [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
        const Candidate* rival = nullptr;
        for (const auto& candidate : candidates) {
            if (candidate.name.key == best->name.key) continue;
            if (rival == nullptr || candidate.score > rival->score) rival = &candidate;
        }
        const int margin = rival == nullptr ? 9 : best->score - rival->score;
        std::uint32_t bp = 6000;
        if (best->legal && best->line < kLetterhead) bp += 1400;
        if (!best->legal && best->line == 0) bp += 600;
        if (best->repeats > 0) bp += 1200;
        if (best->domain) bp += 900;
        if (best->sender) bp += 800;
        if (blocks_.names_buyer()) bp += 700;
        bp = std::min<std::uint32_t>(bp, best->legal ? 9000 : 8000);
        if (margin < 2) bp = std::min(bp, kCompeting);
        if (bp < kAskHuman) out_.warn("seller_unclear", "nothing says clearly who sends the document");
        out_.fields.push_back(
            {"seller.name", "text", tidy(context_.page.text(best->name.span)), bp, {best->name.span}, 0});
        if (margin < 2) {
            out_.fields.push_back({"seller.name",
                                   "text",
                                   tidy(context_.page.text(rival->name.span)),
                                   kDoubtful - 1000,
                                   {rival->name.span},
                                   1});
        }
    }

    std::vector<Candidate> with_legal_form() {
        std::vector<Candidate> found;
        for (const auto& form : context_.facts.legal_forms) {
            ++out_.steps;
            if (found.size() == kMaxCandidates) break;
            const Token& token = context_.page.tokens()[form.token];
            const Cell& cell = context_.page.cells()[token.cell];
            if (form.token == cell.first_token || outside(token.cell)) continue;
            const Hit* label = context_.layout.leading_hit(token.cell);
            Region region{cell.first_token, cell.end_token};
            if (label != nullptr && label->colon) region.token = label->end_token;
            if (region.token >= form.token || form.token - region.token > 2 * kMaxWordsBeforeForm) continue;
            const auto name = name_in(context_, region);
            if (!name || name->end < token.span.begin || !starts_like_name(region)) continue;
            add(found, *name, token.cell, true);
        }
        return found;
    }

    bool starts_like_name(Region region) const {
        const auto& tokens = context_.page.tokens();
        while (!region.empty() && tokens[region.token].kind != TokenKind::word &&
               tokens[region.token].kind != TokenKind::digits)
            ++region.token;
        if (region.empty()) return false;
        const Token& first = tokens[region.token];
        const bool caseless = static_cast<unsigned char>(context_.page.text()[first.span.begin]) >= 0xE0;
        return first.capitalised || first.kind == TokenKind::digits || caseless;
    }

    /// What stands at the very top, when it is neither a title, a label, a date nor a sentence.
    void add_top_cells(std::vector<Candidate>& found) {
        const std::uint32_t lines =
            static_cast<std::uint32_t>(std::min<std::size_t>(context_.page.lines().size(), kLetterhead - 1));
        for (std::uint32_t l = 0; l < lines; ++l) {
            const Line& line = context_.page.lines()[l];
            for (std::uint32_t c = line.first_cell; c < std::min(line.end_cell, line.first_cell + 4); ++c) {
                ++out_.steps;
                const Region region = context_.layout.of_cell(c);
                const auto hits = context_.layout.hits(region);
                if (outside(c) || (hits.begin < hits.end && !inside_name(hits))) continue;
                if (has_digits(region) || region.end - region.token > 12) continue;
                const auto name = name_in(context_, region);
                if (!name || !(starts_like_name(region) || is_web_name(region))) continue;
                if (tidy(context_.page.text(*name)).size() < 3) continue;
                if (name->end != context_.page.tokens()[region.end - 1].span.end && !is_web_name(region)) continue;
                add(found, *name, c, false);
            }
        }
    }

    /// A label's word inside a name ("Berg Service Partner") has no colon and does not lead.
    bool inside_name(Layout::Range hits) const {
        return std::all_of(
            context_.facts.hits.begin() + static_cast<std::ptrdiff_t>(hits.begin),
            context_.facts.hits.begin() + static_cast<std::ptrdiff_t>(std::min(hits.end, hits.begin + 4)),
            [](const Hit& h) { return !h.colon && !h.leads; });
    }
    bool has_digits(Region region) const {
        for (std::uint32_t t = region.token; t < std::min(region.end, region.token + 12); ++t) {
            if (context_.page.tokens()[t].kind == TokenKind::digits) return true;
        }
        return false;
    }
    /// "shop.example" alone in its cell.
    bool is_web_name(Region region) const {
        const auto& tokens = context_.page.tokens();
        if (region.end - region.token != 3 || tokens[region.token + 1].kind != TokenKind::dot) return false;
        const Span span{tokens[region.token].span.begin, tokens[region.end - 1].span.end};
        return context_.page.text(span).find(' ') == std::string_view::npos;
    }

    bool outside(std::uint32_t cell) const {
        const Party owner = blocks_.owner(cell);
        if (owner == Party::buyer || owner == Party::other) return true;
        const Hit* label = context_.layout.leading_hit(cell);
        if (label == nullptr || !label->colon) return false;
        return label->label == Label::buyer || label->label == Label::other_party ||
               label->label == Label::payee_name || label->label == Label::number_other;
    }

    void add(std::vector<Candidate>& found, Span span, std::uint32_t cell, bool legal) {
        const std::uint64_t key = name_key(context_, span);
        const bool known =
            std::any_of(found.begin(), found.end(), [&](const Candidate& c) { return c.name.span == span; });
        if (known) return;
        Candidate candidate;
        candidate.name = {span, key, 0};
        candidate.cell = cell;
        candidate.line = context_.page.cells()[cell].line;
        candidate.legal = legal;
        candidate.sender =
            blocks_.sender_line(candidate.line) && cell == context_.page.lines()[candidate.line].first_cell;
        found.push_back(candidate);
    }

    void rate(Candidate& candidate, const std::vector<Candidate>& all) {
        for (const auto& other : all) {
            ++out_.steps;
            const bool same = other.name.key == candidate.name.key && other.name.span != candidate.name.span;
            candidate.repeats += same;
            candidate.sender = candidate.sender || (same && other.sender);
            candidate.legal = candidate.legal || (same && other.legal);
        }
        const auto& domains = context_.facts.domains;
        candidate.domain =
            std::find(domains.begin(), domains.end(), candidate.name.key) != domains.end() ||
            std::find(domains.begin(), domains.end(), first_word_key(candidate.name.span)) != domains.end();
        const int height = candidate.line == 0 ? 3 : candidate.line < kLetterhead ? 2 : candidate.line < 10 ? 1 : 0;
        candidate.score = (candidate.legal ? 4 : 0) + height + 2 * static_cast<int>(std::min(candidate.repeats, 2U)) +
                          (candidate.domain ? 2 : 0) + (candidate.sender ? 5 : 0);
    }

    std::uint64_t first_word_key(Span name) const {
        const std::string_view text = context_.page.text(name);
        const auto space = text.find_first_of(" .");
        return space != std::string_view::npos && space >= 4 ? fold_hash(text.substr(0, space)) : 0;
    }

    struct FoundTax {
        TaxId id;
        bool clear = false;  ///< stands in no party's block but the seller's
    };

    void read_tax_ids() {
        std::vector<FoundTax> found;
        const auto& hits = context_.facts.hits;
        std::vector<std::string> buyers;
        for (std::size_t i = 0, tried = 0; i < hits.size() && tried < kMaxTaxLabels; ++i) {
            ++out_.steps;
            const bool buyers_own = hits[i].label == Label::buyer_tax_id;
            const bool plain = hits[i].label == Label::tax && hits[i].colon;  // "VAT: NL123456789B01"
            if (hits[i].label != Label::tax_id && !buyers_own && !plain) continue;
            ++tried;
            const auto id = tax_id_of(i);
            if (!id || (plain && !id->international)) continue;
            const Party owner = owner_of_tax_id(hits[i].cell);
            if (buyers_own || owner == Party::buyer || owner == Party::other) {
                buyers.push_back(id->value);
            } else {
                found.push_back({*id, owner == Party::seller});
            }
        }
        std::erase_if(found, [&](const FoundTax& f) {
            return std::find(buyers.begin(), buyers.end(), f.id.value) != buyers.end();
        });
        if (found.empty()) return;
        const auto rank = [](const FoundTax& f) { return (f.clear ? 2 : 0) + (f.id.international ? 1 : 0); };
        const auto best = std::max_element(found.begin(), found.end(),
                                           [&](const FoundTax& a, const FoundTax& b) { return rank(a) < rank(b); });
        const bool rival = std::any_of(found.begin(), found.end(), [&](const FoundTax& f) {
            return f.id.international == best->id.international && f.id.value != best->id.value &&
                   f.clear == best->clear;
        });
        std::uint32_t bp = best->clear ? 9300 : 8600;
        if (rival) {
            bp = kCompeting;
            out_.warn("tax_ids_compete", "several tax numbers may be the seller's");
        }
        out_.fields.push_back({"seller.tax_id", "text", best->id.value, bp, {best->id.span}, 0});
    }

    /// "Customer: Foo Ltd    VAT: ...": what follows a party on its line is the party's.
    Party owner_of_tax_id(std::uint32_t cell) const {
        const bool first = cell == context_.page.lines()[context_.page.cells()[cell].line].first_cell;
        const Hit* left = first ? nullptr : context_.layout.leading_hit(cell - 1);
        if (left != nullptr && left->colon && !left->ends && party_of(left->label) != Party::unknown)
            return party_of(left->label);
        return blocks_.owner(cell);
    }

    std::optional<TaxId> tax_id_of(std::size_t i) {
        const Hit& hit = context_.facts.hits[i];
        const auto& tokens = context_.page.tokens();
        const auto in_region = [&](Region region) -> std::optional<TaxId> {
            while (!region.empty() && tokens[region.token].kind != TokenKind::word &&
                   tokens[region.token].kind != TokenKind::digits)
                ++region.token;
            // "No", "Nr" and the like may still stand between.
            for (int skipped = 0; skipped < 2 && !region.empty(); ++skipped) {
                if (auto id =
                        read_tax_id(context_.page.text(),
                                    {tokens[region.token].span.begin, tokens[region.end - 1].span.end}, out_.steps))
                    return id;
                ++region.token;
                while (!region.empty() && tokens[region.token].kind != TokenKind::word &&
                       tokens[region.token].kind != TokenKind::digits)
                    ++region.token;
            }
            return std::nullopt;
        };
        const Region rest = context_.layout.rest_of_cell(i);
        if (!rest.empty()) return in_region(rest);
        if (const auto right = context_.layout.cell_right(hit)) {
            if (auto id = in_region(context_.layout.of_cell(*right))) return id;
        }
        const auto below = context_.layout.cell_below(hit.cell, 2);
        return below && context_.layout.leading_hit(*below) == nullptr ? in_region(context_.layout.of_cell(*below))
                                                                       : std::nullopt;
    }

    const Context& context_;
    Extraction& out_;
    PartyBlocks blocks_;
    std::vector<std::uint64_t> buyer_keys_;
};

}  // namespace

void read_parties(const Context& context, Extraction& out) {
    PartyRule(context, out).run();
}

}  // namespace parser_rules
