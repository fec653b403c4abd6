#include "records/retry_budget.hpp"

#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

int retries_until_refused(RetryBudget& budget) {
    int out = 0;
    while (budget.retry()) ++out;
    return out;
}

/// The bench's storage, which refuses every commit for the moment.
class Refusing final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    int asked = 0;
    atr::Outcome outcome = atr::Outcome::retry;

    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions) override {
        ++asked;
        atr::Commit refused;
        refused.outcome = outcome;
        refused.error = atr::Error{.outcome = outcome, .code = ATR_E_UNREACHABLE, .message = "away"};
        co_return std::vector<atr::Commit>(batches.size(), refused);
    }
};

struct RefusedHost {
    explicit RefusedHost(PipelineSettings settings) : pipeline(storage, executor, scope, settings) {}

    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Refusing storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline;

    Committed commit() {
        Activity line;
        line.id = ids.next();
        UnitOfWork unit(ids.next());
        unit.create(line);
        return executor.await(pipeline.commit(std::move(unit)));
    }
};

}  // namespace

TEST_CASE("a retry budget begins full, and is empty when all is spent", "[records]") {
    RetryBudget budget({.percent = 20, .saved = 7});
    CHECK(budget.counts().saved == 7);
    CHECK(retries_until_refused(budget) == 7);
    CHECK(budget.counts().made == 7);
    CHECK(budget.counts().refused == 1);
    CHECK(budget.counts().saved == 0);
}

TEST_CASE("a hundred first attempts earn so many retries as the percent says, and no part of one is lost",
          "[records]") {
    const unsigned percent = GENERATE(0u, 1u, 20u, 33u, 100u, 250u);
    RetryBudget budget({.percent = percent, .saved = 1000});
    retries_until_refused(budget);
    for (int i = 0; i < 100; ++i) budget.first_attempt();
    CHECK(retries_until_refused(budget) == static_cast<int>(percent));
}

TEST_CASE("no more than the bound is saved up, however quiet it was", "[records]") {
    RetryBudget budget({.percent = 50, .saved = 3});
    for (int i = 0; i < 1000; ++i) budget.first_attempt();
    CHECK(retries_until_refused(budget) == 3);
}

TEST_CASE("a budget of nothing allows no retry at all", "[records]") {
    RetryBudget budget({.percent = 0, .saved = 0});
    budget.first_attempt();
    CHECK_FALSE(budget.retry());
}

SCENARIO("a store in trouble is asked again for a share of the units, and then for none", "[records]") {
    PipelineSettings settings;
    settings.retries = {.percent = 50, .saved = 4};
    RefusedHost host(settings);
    const int units = 40;
    for (int i = 0; i < units; ++i) CHECK(host.commit().outcome == atr::Outcome::retry);
    const auto counts = host.pipeline.retries();
    const int allowed = 4 + (units - 1) / 2;  // the first unit earns nothing: the budget is full
    CHECK(counts.made == static_cast<std::uint64_t>(allowed));
    CHECK(host.storage.asked == units + allowed);
    CHECK(counts.refused > 0);
}

SCENARIO("what was perhaps applied is resolved whatever the budget says", "[records]") {
    PipelineSettings settings;
    settings.retries = {.percent = 0, .saved = 0};
    RefusedHost host(settings);
    host.storage.outcome = atr::Outcome::unknown;
    CHECK(host.commit().outcome == atr::Outcome::unknown);
    CHECK(host.storage.asked > 1);
    CHECK(host.pipeline.retries().made == 0);
    CHECK(host.pipeline.retries().refused == 0);
}
