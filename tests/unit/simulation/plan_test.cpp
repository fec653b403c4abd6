// What is printed to replay a run makes the very plan that ran; another would keep every rule and hide the failure.
#include "simulation/plan.hpp"
#include "simulation/seeded_random.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using treasurer::simulation::Plan;

namespace {

Plan replayed(const std::string& options) {
    std::istringstream words(options);
    std::string name, value, without, unknown;
    std::uint64_t seed = 0;
    unsigned hosts = 0, invoices = 0;
    while (words >> name >> value) {
        if (name == "--seed") seed = std::stoull(value);
        if (name == "--hosts") hosts = static_cast<unsigned>(std::stoul(value));
        if (name == "--invoices") invoices = static_cast<unsigned>(std::stoul(value));
        if (name == "--without") without = value;
    }
    const auto out = Plan::of(seed).less(hosts, invoices, without, unknown);
    REQUIRE(out);
    return *out;
}

}  // namespace

TEST_CASE("the options printed for a plan that was made smaller make that plan", "[simulation]") {
    treasurer::simulation::SeededRandom random(11);
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Plan plan = Plan::of(seed);
        CHECK(replayed(plan.options()) == plan);
        plan.hosts = 1 + static_cast<unsigned>(random.below(plan.hosts));
        plan.invoices = 1 + static_cast<unsigned>(random.below(plan.invoices));
        for (std::size_t i = 0; i < plan.with.size(); ++i)
            if (random.below(2) == 0) plan.with.reset(i);
        INFO(plan.options());
        CHECK(replayed(plan.options()) == plan);
    }
}

TEST_CASE("a trouble that does not exist is named, and no plan is made", "[simulation]") {
    std::string unknown;
    CHECK_FALSE(Plan::of(1).less(0, 0, "stalls,storms", unknown));
    CHECK(unknown == "storms");
}
