// What a sentence claims of the invoice's payment, judged by one strong word in it and the words around that: it was
// paid, is not to be paid, or is collected. A claim counts unless its sentence is one that invoices have anyway: a
// condition, a term, a duty, what others do. No list of whole sentences would ever be long enough.
// Threads: const after construction. Cost: a few tokens around each strong word.
#pragma once

#include <optional>

#include "clause.hpp"
#include "sums_beside.hpp"

namespace parser_rules {

struct Claim {
    enum class Kind : std::uint8_t { paid, withdrawn, collected };
    Kind kind = Kind::paid;
    Said words;
};

class Claims {
public:
    explicit Claims(const Context& context) : context_(context), page_(context.page), beside_(context) {}

    /// `status`: stands behind "Status".
    std::optional<Claim> at(std::uint32_t token, bool status, std::uint64_t& steps) const;

private:
    const Context& context_;
    const Page& page_;
    const SumsBeside beside_;
};

}  // namespace parser_rules
