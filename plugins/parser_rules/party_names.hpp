// Company names as they stand in cells.
#pragma once

#include <cstdint>
#include <optional>

#include "rules.hpp"

namespace parser_rules {

/// The name that the region holds: to the first comma, bar or dash, but with a legal form after the comma.
/// Empty when what stands there is no name: a date, a number, an address, a sentence.
std::optional<Span> name_in(const Context& context, Region region);

/// Identity of a name without its legal form: equal for "ACME Ltd." and "Acme".
std::uint64_t name_key(const Context& context, Span name);

}  // namespace parser_rules
