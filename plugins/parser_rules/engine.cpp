#include "engine.hpp"

#include <algorithm>

#include "facts.hpp"
#include "layout.hpp"
#include "page.hpp"
#include "quote.hpp"
#include "rules.hpp"

namespace parser_rules {
namespace {

/// A number or name with invisible characters in its line may not be what a reader sees.
void distrust_hidden(const Page& page, Extraction& out) {
    if (!page.hidden_characters()) return;
    out.warn("hidden_characters", "the text contains invisible characters");
    const auto& lines = page.lines();
    for (auto& field : out.fields) {
        for (const Span span : field.evidence) {
            const auto line = std::lower_bound(lines.begin(), lines.end(), span.begin,
                                               [](const Line& l, std::uint32_t byte) { return l.span.end <= byte; });
            if (line != lines.end() && line->hidden) field.confidence_bp = std::min(field.confidence_bp, kCompeting);
        }
    }
}

/// A word that is not what it looks like was written so that a person reads it and a machine does not.
void distrust_disguised(const Page& page, Extraction& out) {
    if (page.disguised().empty()) return;
    out.warn("disguised_words",
             quoting("a word holds characters that are not what they look like", page, page.disguised()));
    for (auto& field : out.fields)
        if (field.path == "amount_due") field.confidence_bp = std::min(field.confidence_bp, kCompeting);
}

}  // namespace

Extraction Engine::extract(std::string_view utf8_text) const {
    Extraction out;
    if (utf8_text.size() > kMaxBytes) {
        out.warn("too_large", "the text is larger than any invoice");
        return out;
    }
    const Page page(utf8_text, lexicon_);
    out.steps = page.steps();
    if (page.lines().empty()) return out;
    const Facts facts = find_facts(page);
    const Layout layout(page, facts);
    const Context context{page, facts, layout};
    out.fields.reserve(20);
    read_document_type(context, out);
    read_invoice_number(context, out);
    read_parties(context, out);
    const ChosenTotal total = read_totals(context, out);
    settle_correction(context, out);
    const CurrencyId currency = read_currency(context, total, out);
    read_dates(context, currency, out);
    read_payee(context, out);
    distrust_hidden(page, out);
    distrust_disguised(page, out);
    out.steps += facts.steps;
    return out;
}

}  // namespace parser_rules
