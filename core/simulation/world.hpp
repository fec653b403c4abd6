/// One run: hosts, storage, cache and bank in one process and one thread, under the troubles of a plan; then calm, in
/// which everything has to come to rest.
#pragma once

#include "simulation/persons.hpp"

#include <memory>
#include <ostream>

namespace treasurer::simulation {

struct Outcome {
    std::optional<Violation> violation;
    std::uint64_t events = 0;
    unsigned moved = 0;  ///< payments that the rail carried out
    unsigned crashes = 0;
    unsigned decided = 0;  ///< payments that two persons had to decide
    Millis to_rest{0};     ///< from the end of the troubles until everything rested
};

/// Deterministic: the same plan gives the same run. `trace`: what happens, a line each; may be null.
Outcome run(const Plan& plan, std::ostream* trace = nullptr);

/// The smallest plan found that breaks the same rule: troubles, hosts and invoices are taken away while it still does.
Plan shrink(const Plan& failing, const std::string& rule);

}  // namespace treasurer::simulation
