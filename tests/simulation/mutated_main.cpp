// Shows that the simulation finds what it is there to find: for every seeded bug, how many seeds it takes until a rule
// is broken, from several first seeds; and that without one no rule is broken.
//
//     simulate_mutated [--searches N] [NAME...]
//
// N first seeds a bug, 5 unless told. Exit code 1: a bug was not found, or a rule was broken without one.
#include "runtime/mutation.hpp"
#include "simulation/world.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace treasurer;

unsigned searches = 5;                        // for the median
constexpr std::uint64_t between = 1'000'000;  // their first seeds
constexpr std::uint64_t most_seeds = 2000;    // of one search
constexpr std::uint64_t seeds_without = 200;

/// The number of seeds until a rule was broken, 0: none was within `most`.
std::uint64_t search(std::uint64_t first, std::uint64_t most, std::string& rule, std::string* detail = nullptr) {
    for (std::uint64_t i = 0; i < most; ++i) {
        const auto outcome = simulation::run(simulation::Plan::of(first + i));
        if (!outcome.violation) continue;
        rule = outcome.violation->rule;
        if (detail) *detail = outcome.violation->detail;
        return i + 1;
    }
    return 0;
}

/// What `treasurer simulate` prints to replay a run, read as it reads its options.
std::optional<simulation::Plan> replayed(const std::string& options) {
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
    return simulation::Plan::of(seed).less(hosts, invoices, without, unknown);
}

/// Whether the smallest plan that breaks the rule breaks the same one, replayed by the options that are printed for it.
bool shrinks(std::uint64_t seed, const std::string& rule) {
    const simulation::Plan small = simulation::shrink(simulation::Plan::of(seed), rule);
    const auto again = replayed(small.options());
    if (!again || !(*again == small)) return false;
    const auto outcome = simulation::run(*again);
    return outcome.violation && outcome.violation->rule == rule;
}

/// True when it went as it must.
bool try_mutation(std::size_t which) {
    mutation_in_force = static_cast<Mutation>(which);
    const std::string name(mutations.at(which));
    std::string rule;
    if (mutation_in_force == Mutation::none) {
        std::string detail;
        const auto seeds = search(1, seeds_without, rule, &detail);
        if (seeds > 0)
            std::printf("%-40s seed %llu breaks a rule: %s: %s\n", "without a bug",
                        static_cast<unsigned long long>(seeds), rule.c_str(), detail.c_str());
        else
            std::printf("%-40s %llu seeds, no rule broken\n", "without a bug",
                        static_cast<unsigned long long>(seeds_without));
        return seeds == 0;
    }
    std::vector<std::uint64_t> took;
    std::map<std::string, unsigned> rules;
    for (unsigned i = 0; i < searches; ++i) {
        const auto seeds = search(1 + i * between, most_seeds, rule);
        if (seeds == 0) {
            std::printf("%-40s NOT FOUND in %llu seeds from %llu\n", name.c_str(),
                        static_cast<unsigned long long>(most_seeds), static_cast<unsigned long long>(1 + i * between));
            return false;
        }
        if (i == 0 && !shrinks(seeds, rule)) {
            std::printf("%-40s seed %llu: what it shrinks to does not replay\n", name.c_str(),
                        static_cast<unsigned long long>(seeds));
            return false;
        }
        took.push_back(seeds);
        ++rules[rule];
    }
    std::sort(took.begin(), took.end());
    std::string told;
    for (const auto& [text, times] : rules) told += (told.empty() ? "" : ", ") + text;
    std::printf("%-40s median %4llu seeds, at most %4llu: %s\n", name.c_str(),
                static_cast<unsigned long long>(took[took.size() / 2]), static_cast<unsigned long long>(took.back()),
                told.c_str());
    std::fflush(stdout);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> names(argv + 1, argv + argc);
    if (names.size() >= 2 && names[0] == "--searches") {
        searches = static_cast<unsigned>(std::max(1UL, std::stoul(names[1])));
        names.erase(names.begin(), names.begin() + 2);
    }
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < mutations.size(); ++i)
        if (names.empty() || std::find(names.begin(), names.end(), mutations.at(i)) != names.end()) wanted.push_back(i);
    std::atomic<std::size_t> next{0}, failed{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < wanted.size(); i = next++)
            if (!try_mutation(wanted[i])) ++failed;
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    std::printf("%zu of %zu as they must be\n", wanted.size() - failed, wanted.size());
    return failed == 0 && !wanted.empty() ? 0 : 1;
}
