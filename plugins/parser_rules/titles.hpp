// The words of a title, and those that make of "invoice" another paper.
#pragma once

#include <cstdint>
#include <optional>

#include "rules.hpp"

namespace parser_rules {

inline constexpr std::uint32_t kTitleLines = 30;

/// A title is most of its cell: few words beside it, and a number or a date at most.
bool is_title(const Context&, const Hit&);

/// "INVOICE #17", "Rechnung Nr. 5": the number's label is the title.
bool number_is_title(const Context&, const Hit& number);

/// The title inside the label of a number: "credit note" in "Credit note no".
struct TitleWords {
    Label label = Label::none;
    std::uint32_t end = 0;  ///< the token behind it
};
TitleWords title_in_number(const Context&, const Hit& number);

/// What the title adds to the word for invoice so that it is no demand for payment, or may be one of long ago:
/// "INVOICE CANCELLATION", "TEST INVOICE", "Dispute of invoice no 17", "INVOICE   DUPLICATE". What stands below a
/// title without such words is no title: many an invoice has a box named "Invoice summary".
std::optional<Span> no_demand_in_title(const Context&, std::uint64_t& steps);

}  // namespace parser_rules
