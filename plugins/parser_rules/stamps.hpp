// What a line of its own says of the paper without a sentence: a strong word that leads it ("Superseded by KA-9999"),
// the name of another paper alone on it ("SAMPLE", "Second request"), another invoice that this one concerns
// ("Corrects invoice DE-100"), or a sum that came in or goes back. It asks unless what follows is known to be harmless.
// Threads: const after construction. Cost: the tokens of one line at most, and only for such words.
#pragma once

#include <optional>

#include "claims.hpp"

namespace parser_rules {

class Stamps {
public:
    explicit Stamps(const Context& context) : context_(context), beside_(context) {}

    std::optional<Claim> at(std::uint32_t token, std::uint64_t& steps) const;

private:
    const Context& context_;
    const SumsBeside beside_;
};

}  // namespace parser_rules
