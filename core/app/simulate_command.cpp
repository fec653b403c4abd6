// treasurer simulate: the whole core in one process under seeded troubles, and what is always true of it.
#include "app/command_line.hpp"
#include "simulation/world.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

namespace treasurer::app {
namespace {

using simulation::Outcome;
using simulation::Plan;
using Steady = std::chrono::steady_clock;

struct SimulateOptions {
    std::uint64_t seeds = 1000;
    std::uint64_t first = 1;
    bool one = false;  ///< --seed: that one, with its trace
    unsigned hosts = 0, invoices = 0;
    std::string without;
    unsigned seconds = 0;  ///< 0: until all seeds were tried
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

/// Sums over all runs.
struct Tally {
    std::atomic<std::uint64_t> seeds{0}, events{0}, payments{0}, crashes{0}, decided{0};
    std::atomic<std::int64_t> longest_rest_ms{0};

    void add(const Outcome& outcome) {
        ++seeds;
        events += outcome.events;
        payments += outcome.moved;
        crashes += outcome.crashes;
        decided += outcome.decided;
        std::int64_t longest = longest_rest_ms;
        while (outcome.to_rest.count() > longest &&
               !longest_rest_ms.compare_exchange_weak(longest, outcome.to_rest.count())) {
        }
    }
};

double seconds_since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// The plan of the seed, less what the options take away; nullopt after it was said what is wrong.
std::optional<Plan> plan_of(const SimulateOptions& options, std::uint64_t seed) {
    std::string unknown;
    std::optional<Plan> plan = Plan::of(seed).less(options.hosts, options.invoices, options.without, unknown);
    if (plan) return plan;
    std::string all;
    for (const auto known : simulation::troubles) all += " " + std::string(known);
    print_error("--without knows no trouble '" + unknown + "'; there are" + all);
    return std::nullopt;
}

int replay(const Plan& plan) {
    std::cout << "seed " << plan.seed << ": " << plan.to_text() << '\n';
    const Outcome outcome = simulation::run(plan, &std::cout);
    std::cout << outcome.events << " events, " << outcome.moved << " payments, " << outcome.crashes << " crashes\n";
    if (!outcome.violation) {
        std::cout << "seed " << plan.seed << " keeps every rule\n";
        return done;
    }
    std::cout << "seed " << plan.seed << " breaks a rule: " << outcome.violation->rule << ": "
              << outcome.violation->detail << '\n';
    return finding;
}

void tell_failure(const Plan& plan, const simulation::Violation& violation) {
    std::cout << "seed " << plan.seed << " breaks a rule: " << violation.rule << ": " << violation.detail << '\n'
              << "  " << plan.to_text() << '\n'
              << "  replay it, with its trace:  treasurer simulate " << plan.options() << '\n'
              << std::flush;
    const Plan small = simulation::shrink(plan, violation.rule);
    std::cout << "  the smallest that breaks it: treasurer simulate " << small.options() << '\n'
              << "  " << small.to_text() << '\n';
}

int search(const SimulateOptions& options) {
    const auto began = Steady::now();
    Tally tally;
    std::atomic<std::uint64_t> next{options.first};
    std::atomic<bool> failed{false};
    std::mutex telling;
    std::optional<std::pair<Plan, simulation::Violation>> failure;
    const auto work = [&] {
        while (!failed && (options.seconds == 0 || seconds_since(began) < options.seconds)) {
            const std::uint64_t seed = next++;
            if (seed >= options.first + options.seeds) return;
            const auto plan = plan_of(options, seed);
            const Outcome outcome = simulation::run(*plan);
            tally.add(outcome);
            if (!outcome.violation) continue;
            const std::lock_guard lock(telling);
            if (!failure || plan->seed < failure->first.seed) failure = {*plan, *outcome.violation};
            failed = true;
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options.threads; ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    const double took = std::max(seconds_since(began), 0.001);
    if (failure) tell_failure(failure->first, failure->second);
    std::cout << tally.seeds << " seeds in " << took << " s (" << static_cast<std::uint64_t>(tally.seeds / took)
              << " a second): " << tally.payments << " payments, " << tally.crashes << " crashes, " << tally.events
              << " events; " << tally.decided << " payments decided by two persons; at rest after "
              << tally.longest_rest_ms << " ms at most\n";
    std::cout << (failure ? "a rule was broken; see above\n" : "every rule was kept\n");
    return failure ? finding : done;
}

}  // namespace

void add_simulate(CLI::App& program, int& exit_code) {
    auto options = std::make_shared<SimulateOptions>();
    CLI::App* const command = program.add_subcommand(
        "simulate", "Search for a schedule that breaks a promise: the whole core, simulated, under seeded troubles");
    command->add_option("--seeds", options->seeds, "How many seeds to try")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}, "1 or more"));
    command->add_option("--from", options->first, "The first of them");
    CLI::Option* const seed = command->add_option("--seed", options->first, "This seed alone, with its trace");
    command->add_option("--seconds", options->seconds, "Stop after so many seconds");
    command->add_option("--threads", options->threads, "Worlds at once")->check(CLI::Range(1U, 256U));
    command->add_option("--hosts", options->hosts, "Hosts, instead of what the seed says");
    command->add_option("--invoices", options->invoices, "Invoices, instead of what the seed says");
    command->add_option("--without", options->without, "Troubles to leave out, separated by commas");
    command->callback([options, seed, &exit_code] {
        const auto plan = plan_of(*options, options->first);
        if (!plan)
            exit_code = usage;
        else
            exit_code = seed->count() > 0 ? replay(*plan) : search(*options);
    });
}

}  // namespace treasurer::app
