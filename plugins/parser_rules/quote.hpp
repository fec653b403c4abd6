// The paper's own words, as a warning shows them to whoever is asked.
#pragma once

#include <string>
#include <string_view>

#include "page.hpp"

namespace parser_rules {

/// `says`, and behind it in brackets and quotation marks the line that holds `words`: tidied, without quotation marks
/// of its own, and no more than 96 bytes of it; of a longer line what stands around `words`.
std::string quoting(std::string_view says, const Page&, Span words);

}  // namespace parser_rules
