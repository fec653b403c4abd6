// What kind of paper it is, from its title. A reminder or a credit note also says "invoice": the rarer word decides.
#include <algorithm>
#include <array>
#include <optional>

#include "rules.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kTitleLines = 30;
constexpr std::uint32_t kMaxWordsBeside = 3;

struct Kind {
    Label label;
    std::string_view name;
    bool over_invoice;  ///< wins against the word "invoice" elsewhere
};
constexpr std::array kKinds{
    Kind{Label::title_invoice, "invoice", false},        Kind{Label::title_credit_note, "credit_note", true},
    Kind{Label::title_reminder, "reminder", true},       Kind{Label::title_receipt, "receipt", false},
    Kind{Label::title_statement, "statement", false},    Kind{Label::title_quote, "quote", true},
    Kind{Label::title_proforma, "proforma", true},       Kind{Label::title_order, "order_confirmation", true},
    Kind{Label::title_delivery, "delivery_note", false},
};

const Kind* kind_of(Label label) {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.label == label; });
    return found == kKinds.end() ? nullptr : found;
}

/// A title is most of its cell: few words beside it, and a number or a date at most.
bool is_title(const Context& context, const Hit& hit) {
    const Cell& cell = context.page.cells()[hit.cell];
    if (cell.line >= kTitleLines || cell.end_token - cell.first_token > 24) return false;
    const auto& tokens = context.page.tokens();
    std::uint32_t before = 0;
    std::uint32_t after = 0;
    for (std::uint32_t t = cell.first_token; t < hit.token; ++t) before += tokens[t].kind == TokenKind::word;
    for (std::uint32_t t = hit.end_token; t < cell.end_token; ++t)
        after += tokens[t].kind == TokenKind::word && !context.page.info(tokens[t]).article;
    const bool number_before = cell.first_token < hit.token && tokens[cell.first_token].kind == TokenKind::digits;
    if (!hit.leads && !(hit.ends && before <= kMaxWordsBeside) && !number_before) return false;
    return after <= kMaxWordsBeside && tokens[hit.token].capitalised;
}

struct Title {
    const Kind* kind = nullptr;
    Span span;
    std::uint32_t line = 0;
};

}  // namespace

void read_document_type(const Context& context, Extraction& out) {
    std::optional<Title> first;
    std::optional<Title> strong;
    bool compete = false;
    std::optional<Span> numbered;
    bool sums_up = false;
    for (const auto& hit : context.facts.hits) {
        ++out.steps;
        const Span span{context.page.tokens()[hit.token].span.begin, context.page.tokens()[hit.end_token - 1].span.end};
        if (hit.label == Label::number && hit.leads && !numbered) numbered = span;
        sums_up =
            sums_up || hit.label == Label::subtotal || hit.label == Label::tax_total || hit.label == Label::total_net;
        const Kind* kind = kind_of(hit.label);
        if (kind == nullptr || !is_title(context, hit)) continue;
        const Title title{kind, span, context.page.cells()[hit.cell].line};
        if (kind->over_invoice) {
            compete = compete || (strong && strong->kind != kind);
            if (!strong) strong = title;
        } else {
            compete = compete || (first && first->kind != kind);
            if (!first) first = title;
        }
    }
    if (strong) {
        const bool beside_other = first && first->kind->label != Label::title_invoice;
        out.fields.push_back({"document_type",
                              "code",
                              std::string(strong->kind->name),
                              beside_other ? kCompeting : 8800U,
                              {strong->span},
                              0});
        return;
    }
    if (first) {
        const bool unclear = compete || (first->kind->label == Label::title_statement && (numbered || sums_up));
        if (unclear) out.warn("document_type_unclear", "the title names more than one kind of document");
        out.fields.push_back(
            {"document_type", "code", std::string(first->kind->name), unclear ? kCompeting : 9000U, {first->span}, 0});
        return;
    }
    if (numbered) out.fields.push_back({"document_type", "code", "invoice", 8000, {*numbered}, 0});
}

}  // namespace parser_rules
