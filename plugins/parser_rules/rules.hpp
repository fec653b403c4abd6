// The rules, each of which reads one kind of field from the page and its facts. None looks at the words of a sentence
// for what it should do: text that reads like an instruction is text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "facts.hpp"
#include "field.hpp"
#include "layout.hpp"
#include "page.hpp"

namespace parser_rules {

/// What every rule reads. Borrowed for the length of one extraction.
struct Context {
    const Page& page;
    const Facts& facts;
    const Layout& layout;
};

/// The amount that the currency rule asks about, as an index into the facts' amounts, and the label it belongs to.
struct ChosenTotal {
    std::optional<std::size_t> amount;
    std::optional<std::size_t> hit;
};

ChosenTotal read_totals(const Context&, Extraction&);
/// The currency's id, for the rules that use it as a hint.
CurrencyId read_currency(const Context&, const ChosenTotal&, Extraction&);
void read_dates(const Context&, CurrencyId, Extraction&);
void read_invoice_number(const Context&, Extraction&);
void read_parties(const Context&, Extraction&);
void read_payee(const Context&, Extraction&);
void read_document_type(const Context&, Extraction&);
/// A correction that still asks for money, once the totals are read, is no credit note.
void settle_correction(const Context&, Extraction&);

/// Text without its outer marks and spaces, spaces inside it single, dashes plain, invisible characters dropped.
std::string tidy(std::string_view text);

}  // namespace parser_rules
