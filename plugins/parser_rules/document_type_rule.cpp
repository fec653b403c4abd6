// What kind of paper it is, from its title. A reminder or a credit note also says "invoice": the rarer word decides.
#include <algorithm>
#include <array>
#include <optional>

#include "ascii.hpp"
#include "rules.hpp"
#include "titles.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxTitleTokens = 6;

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
    Kind{Label::title_delivery, "delivery_note", false}, Kind{Label::title_remittance, "remittance_advice", false},
};

const Kind* kind_of(Label label) {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.label == label; });
    return found == kKinds.end() ? nullptr : found;
}

/// A cell that holds nothing but the name of a paper that is no invoice, on a line without values, and no value under
/// it: elsewhere such a name labels a number. Looked for above line `before_line`.
std::optional<Span> other_paper(const Context& context, std::uint32_t before_line, std::uint64_t& steps) {
    const Page& page = context.page;
    const auto& tokens = page.tokens();
    const Lexicon& lexicon = page.lexicon();
    for (std::uint32_t c = 0; c < page.cells().size() && page.cells()[c].line < before_line; ++c) {
        ++steps;
        const Cell& cell = page.cells()[c];
        const Line& line = page.lines()[cell.line];
        if (c + 1 != line.end_cell || line.end_cell - line.first_cell > 2) continue;
        if (!tokens[cell.first_token].capitalised || cell.end_token - cell.first_token > kMaxTitleTokens) continue;
        Lexicon::State state = lexicon.apart();
        std::uint32_t at = cell.first_token;
        for (; at < cell.end_token && tokens[at].word != 0; ++at) {
            state = lexicon.next(state, tokens[at].word);
            if (state == 0) break;
        }
        const bool named = at == cell.end_token && lexicon.end(state).label == Label::title_other_paper;
        if (!named) continue;
        const Hit* label = c > line.first_cell ? context.layout.leading_hit(c - 1) : nullptr;
        if (label != nullptr) continue;  // one of several labels in a row
        const auto below = context.layout.cell_below(c, 1);
        const bool value_below = below && tokens[page.cells()[*below].first_token].kind != TokenKind::word;
        if (!value_below) return Span{cell.span};
    }
    return std::nullopt;
}

/// Whether something asks for payment: an invoice's number alone may stand in a notice of payment as well.
bool demands_payment(const Context& context) {
    const auto& hits = context.facts.hits;
    return std::any_of(hits.begin(), hits.end(), [](const Hit& hit) {
        return (hit.leads && (hit.label == Label::amount_due || hit.label == Label::due_date)) ||
               hit.label == Label::due_lead;
    });
}

/// Nothing but labels and their values stands above the number: no heading names another paper.
bool without_heading(const Context& context, const Hit& number) {
    const Page& page = context.page;
    const std::uint32_t last = page.cells()[number.cell].line;
    if (last >= kTitleLines) return false;
    for (std::uint32_t l = 0; l < last; ++l)
        if (context.layout.leading_hit(page.lines()[l].first_cell) == nullptr) return false;
    return true;
}

/// "Credit note CN-12: -10.00" on an invoice: a row with its sum, below the title.
bool is_credit_row(const Context& context, const Hit& hit) {
    const auto sums = context.layout.amounts({hit.end_token, context.page.line_end_token(hit.cell)});
    const auto begin = context.facts.amounts.begin();
    return std::any_of(begin + static_cast<std::ptrdiff_t>(sums.begin), begin + static_cast<std::ptrdiff_t>(sums.end),
                       [](const Amount& sum) { return !sum.percent && sum.money_like(); });
}

/// "CREDIT NOTE NO. CN-1", "REMINDER NO. 2": the label of the number is the title.
bool number_names_paper(const Context& context, const Hit& hit) {
    const Label named = title_in_number(context, hit).label;
    return (named == Label::title_credit_note || named == Label::title_reminder) && hit.leads && !hit.colon &&
           context.page.cells()[hit.cell].line < kTitleLines && context.page.tokens()[hit.token].capitalised;
}

bool of_number(const Hit& hit) {
    return hit.label == Label::number_credit || hit.label == Label::number_weak;
}

/// What kind of paper the words name, where they are a title.
const Kind* kind_named(const Context& context, const Hit& hit) {
    if (of_number(hit))
        return number_names_paper(context, hit) ? kind_of(title_in_number(context, hit).label) : nullptr;
    const Kind* kind = kind_of(hit.label);
    return kind != nullptr && is_title(context, hit) ? kind : nullptr;
}

/// Without what only announces its number.
Span words_of_title(const Context& context, const Hit& hit) {
    const auto& tokens = context.page.tokens();
    const TitleWords named = of_number(hit) ? title_in_number(context, hit) : TitleWords{};
    const std::uint32_t end = named.label != Label::none ? named.end : hit.end_token;
    return {tokens[hit.token].span.begin, tokens[end - 1].span.end};
}

struct Title {
    const Kind* kind = nullptr;
    Span span;
    std::uint32_t line = 0;
};

bool is_correction(std::string_view title) {
    const std::string name = lowered(title);
    return name == "rechnungskorrektur" || name == "korrekturrechnung" || name == "factura rectificativa";
}

}  // namespace

void settle_correction(const Context& context, Extraction& out) {
    const Field* due = out.find("amount_due");
    const bool asks_for_more =
        due != nullptr && due->value.front() != '-' && due->value.find_first_of("123456789") != std::string::npos;
    for (auto& field : out.fields) {
        const bool credit = field.path == "document_type" && field.value == "credit_note";
        if (credit && asks_for_more && is_correction(context.page.text(field.evidence.front())))
            field.value = "corrected_invoice";
    }
}

void read_document_type(const Context& context, Extraction& out) {
    std::optional<Title> first;
    std::optional<Title> strong;
    bool compete = false;
    std::optional<Span> numbered;
    const Hit* number = nullptr;
    const Hit* credit = nullptr;
    const Hit* sum = nullptr;
    bool invoice_before = false;
    bool sums_up = false;
    for (const auto& hit : context.facts.hits) {
        ++out.steps;
        const Span span = words_of_title(context, hit);
        if (hit.label == Label::number && hit.leads && !numbered) {
            numbered = span;
            number = &hit;
        }
        const bool names_sum =
            hit.label == Label::amount_due || hit.label == Label::total_gross || hit.label == Label::total_plain;
        if (names_sum && hit.leads && sum == nullptr) sum = &hit;
        sums_up =
            sums_up || hit.label == Label::subtotal || hit.label == Label::tax_total || hit.label == Label::total_net;
        const bool of_credit = hit.label == Label::number_credit;
        if (of_credit && hit.leads && credit == nullptr) credit = &hit;
        const Kind* kind = kind_named(context, hit);
        if (kind == nullptr || (of_credit && number != nullptr)) continue;  // an invoice's own number came first
        const Title title{kind, span, context.page.cells()[hit.cell].line};
        invoice_before = invoice_before || hit.label == Label::title_invoice;
        if (hit.label == Label::title_remittance &&
            (invoice_before || (number != nullptr && number_is_title(context, *number))))
            continue;  // the slip to send back with the payment
        const bool below_invoice = (first && first->kind->label == Label::title_invoice && first->line < title.line) ||
                                   (number != nullptr && number_is_title(context, *number));
        if (hit.label == Label::title_credit_note && below_invoice && is_credit_row(context, hit)) continue;
        if (of_credit && below_invoice) continue;  // one that the invoice refers to
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
        const bool is_invoice = first->kind->label == Label::title_invoice;
        const auto paper = is_invoice ? other_paper(context, first->line, out.steps) : std::nullopt;
        const bool unclear = compete || paper ||
                             (first->kind->label == Label::title_statement && (numbered || sums_up)) ||
                             (credit != nullptr && number == nullptr);  // the only number is a credit note's
        if (unclear) out.warn("document_type_unclear", "the title names more than one kind of document");
        out.fields.push_back(
            {"document_type", "code", std::string(first->kind->name), unclear ? kCompeting : 9000U, {first->span}, 0});
        return;
    }
    if (const auto paper = other_paper(context, kTitleLines, out.steps)) {
        std::string name = lowered(context.page.text(*paper));
        std::replace(name.begin(), name.end(), ' ', '_');
        out.fields.push_back({"document_type", "code", std::move(name), 8800, {*paper}, 0});
        return;
    }
    if (number == nullptr && credit != nullptr) {
        out.fields.push_back({"document_type", "code", "credit_note", 8000, {words_of_title(context, *credit)}, 0});
        return;
    }
    const bool invoice = number != nullptr && (demands_payment(context) || number_is_title(context, *number) ||
                                               without_heading(context, *number));
    if (!invoice && !numbered && sum == nullptr) return;
    if (!invoice) out.warn("document_type_unclear", "nothing says what kind of document it is");
    if (!numbered) {
        const auto& tokens = context.page.tokens();
        numbered = Span{tokens[sum->token].span.begin, tokens[sum->end_token - 1].span.end};
    }
    out.fields.push_back({"document_type", "code", "invoice", invoice ? 8000U : kCompeting, {*numbered}, 0});
}

}  // namespace parser_rules
