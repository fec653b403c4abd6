// What the paper says of its own payment without naming a sum: a stamp, a date, a sentence. Whoever reads it would not
// pay, or not without asking.
#pragma once

#include "rules.hpp"

namespace parser_rules {

struct Settlement {
    bool paid = false;       ///< it was paid, or a part of it
    bool collected = false;  ///< the seller takes the money
    bool withdrawn = false;  ///< void, a draft, "do not pay"

    bool all() const { return paid && collected && withdrawn; }
};

Settlement read_settlement(const Context&, std::uint64_t& steps);

}  // namespace parser_rules
