#include "simulation/plan.hpp"

#include "simulation/seeded_random.hpp"

#include <algorithm>
#include <sstream>

namespace treasurer::simulation {

std::optional<Trouble> trouble_from(std::string_view name) {
    const auto found = std::find(troubles.begin(), troubles.end(), name);
    if (found == troubles.end()) return std::nullopt;
    return static_cast<Trouble>(found - troubles.begin());
}

Plan Plan::of(std::uint64_t seed) {
    SeededRandom random(seed ^ 0x706c616eU);
    Plan out;
    out.seed = seed;
    out.hosts = 1 + static_cast<unsigned>(random.below(3));
    out.invoices = 3 + static_cast<unsigned>(random.below(10));
    out.rail = static_cast<RailKind>(random.below(rail_kinds.size()));
    out.lease = Millis{1000 + static_cast<int>(random.below(5)) * 1000};
    out.troubled = Millis{8000 + static_cast<int>(random.below(20'000))};
    out.per_mille = std::array<unsigned, 4>{3, 10, 30, 100}.at(random.below(4));
    for (std::size_t i = 0; i < troubles.size(); ++i) {
        const bool takes_long = i == static_cast<std::size_t>(Trouble::forgets);  // persons work it off
        out.with.set(i, random.below(takes_long ? 4 : 2) == 0);
    }
    out.shared_cache = random.below(2) == 0;
    // Soon, so that statement and saga are at the same payments; as by default; or never within a run.
    out.late_after = Millis{std::array{3000, 60'000, 900'000}.at(random.below(3))};
    out.approvals = random.below(3) == 0 ? 2 : 1;
    return out;
}

std::optional<Plan> Plan::less(unsigned fewer_hosts, unsigned fewer_invoices, const std::string& without,
                               std::string& unknown) const {
    Plan out = *this;
    if (fewer_hosts > 0) out.hosts = fewer_hosts;
    if (fewer_invoices > 0) out.invoices = fewer_invoices;
    std::istringstream names(without);
    for (std::string name; std::getline(names, name, ',');) {
        const auto trouble = trouble_from(name);
        if (!trouble) {
            unknown = name;
            return std::nullopt;
        }
        out.with.reset(static_cast<std::size_t>(*trouble));
    }
    return out;
}

std::string Plan::options() const {
    const Plan whole = of(seed);
    std::string out = "--seed " + std::to_string(seed);
    if (hosts != whole.hosts) out += " --hosts " + std::to_string(hosts);
    if (invoices != whole.invoices) out += " --invoices " + std::to_string(invoices);
    std::string without;
    for (std::size_t i = 0; i < troubles.size(); ++i)
        if (whole.with.test(i) && !with.test(i)) without += (without.empty() ? "" : ",") + std::string(troubles.at(i));
    if (!without.empty()) out += " --without " + without;
    return out;
}

std::string Plan::to_text() const {
    std::string out = std::to_string(hosts) + (hosts == 1 ? " host, " : " hosts, ") + std::to_string(invoices) +
                      " invoices, " + (approvals > 1 ? std::to_string(approvals) + " approvals, " : "") +
                      std::string(rail_kinds.at(static_cast<std::size_t>(rail))) + " rail, " +
                      (shared_cache ? "one cache" : "a cache each") + ", lease " + std::to_string(lease.count()) +
                      " ms, trouble for " + std::to_string(troubled.count()) + " ms at " + std::to_string(per_mille) +
                      " in 1000:";
    if (with.none()) out += " none";
    for (std::size_t i = 0; i < troubles.size(); ++i)
        if (with.test(i)) out += " " + std::string(troubles.at(i));
    return out;
}

}  // namespace treasurer::simulation
