/// What is forgotten, how much of it at once, and what never is.
#include "records/retention.hpp"

#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

constexpr Millis day{24LL * 3600 * 1000};

/// The bench's storage; what it was asked to purge is noted.
class Watched final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    std::vector<std::string> asked;
    std::optional<atr::Error> refusal;

    Task<atr::Result<std::uint32_t>> purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                           CallOptions options) override {
        asked.push_back(collection);
        if (refusal) co_return *refusal;
        Task<atr::Result<std::uint32_t>> call =
            MemoryStorage::purge(std::move(collection), older_than_ms, max, std::move(options));
        atr::Result<std::uint32_t> gone = co_await call;
        co_return gone;
    }
};

struct SweepingHost {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Watched storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    Store store{storage, pipeline, ids};
    RetentionSweep sweep;

    explicit SweepingHost(RetentionSweep::Settings settings = {}) : sweep(storage, executor, clock, settings) {}
    ~SweepingHost() {
        sweep.stop();
        executor.run_until_idle();
    }
    void start() {
        sweep.start(scope);
        executor.run_until_idle();
    }
    UnitOfWork unit() {
        Activity line;
        line.id = ids.next();
        UnitOfWork out = store.begin();
        out.create(line);
        return out;
    }
    Committed commit(UnitOfWork unit) { return executor.await(store.commit(std::move(unit))); }
    std::size_t count(const std::string& collection) {
        atr::Query query;
        query.collection = collection;
        query.limit = 1000;
        return executor.await(storage.query(query, {}))->records.size();
    }
    atr::Result<atr::Changes> changes_after(std::uint64_t seq) {
        return executor.await(storage.changes(seq, 1000, {}));
    }
};

}  // namespace

SCENARIO("the key of a unit of work is remembered for a week, longer than anything replays it", "[records]") {
    SweepingHost host;
    const UnitOfWork unit = host.unit();
    const atr::Batch& batch = unit.batch();
    CHECK(batch.key_expires_unix_ms == host.clock.unix_ms() + 7 * day.count());
    const Committed first = host.commit(unit);
    host.start();
    host.executor.advance(6 * day.count());
    CHECK(host.commit(unit).seq == first.seq);  // replayed, not done again
    host.executor.advance(2 * day.count());
    CHECK(host.count("atr.keys") == 0);
    CHECK(host.count(Activity::collection) == 1);
}

SCENARIO("what only served the last days is forgotten, and no record is", "[records]") {
    SweepingHost host;
    for (int i = 0; i < 5; ++i) host.commit(host.unit());
    const auto newest = host.storage.last_seq();
    host.start();
    CHECK(host.count("atr.keys") == 5);
    CHECK(host.changes_after(0).has_value());
    host.executor.advance(day.count() + 120'000);
    THEN("a follower that is a day behind is told of the gap, one that is not goes on") {
        CHECK(host.changes_after(newest - 1).outcome() == atr::Outcome::not_found);
        CHECK(host.changes_after(newest).has_value());
        CHECK(host.count("atr.keys") == 5);
    }
    WHEN("the week is over") {
        host.executor.advance(7 * day.count());
        CHECK(host.count("atr.keys") == 0);
        CHECK(host.sweep.removed() == 10);
    }
    CHECK(host.count(Activity::collection) == 5);
    for (const auto& collection : host.storage.asked) CHECK((collection == "atr.keys" || collection == "atr.changes"));
}

SCENARIO("a round forgets a bounded part, and what is left over soon after", "[records]") {
    RetentionSweep::Settings settings;
    settings.at_once = 10;
    settings.calls = 2;
    SweepingHost host(settings);
    for (int i = 0; i < 45; ++i) host.commit(host.unit());
    host.executor.advance(8 * day.count());
    host.start();
    CHECK(host.count("atr.keys") == 25);
    CHECK(host.storage.asked.size() == 4);  // two calls for keys, two for changes
    host.executor.advance(settings.breath.count());
    CHECK(host.count("atr.keys") == 5);
    host.executor.advance(settings.breath.count());
    CHECK(host.count("atr.keys") == 0);
    const auto calls = host.storage.asked.size();
    host.executor.advance(settings.breath.count() * 10);
    CHECK(host.storage.asked.size() == calls);  // nothing is left over: the next round is a minute off
}

SCENARIO("a storage that purges nothing is asked no more; one that fails, or refuses once, is asked again",
         "[records]") {
    SweepingHost host;
    const auto outcome =
        GENERATE(atr::Outcome::unsupported, atr::Outcome::retry, atr::Outcome::rejected, atr::Outcome::unknown);
    host.storage.refusal = atr::Error{.outcome = outcome, .message = "no"};
    host.start();
    const auto calls = host.storage.asked.size();
    CHECK(calls == 2);
    host.executor.advance(600'000);
    CHECK((host.storage.asked.size() > calls) == (outcome != atr::Outcome::unsupported));
}
