#include "reconcile/store_watch.hpp"

#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "records/schema.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

/// One host of a store, wired as the composition root does.
struct Site {
    support::ManualExecutor& executor;
    support::SeededRandom random;
    Ids ids;
    TaskScope scope{executor};
    CommitPipeline pipeline;
    Store store;
    reconcile::QuarantineKeeper quarantine;
    reconcile::StoreWatch watch;

    Site(support::MemoryStorage& storage, support::ManualClock& clock, support::ManualExecutor& on, std::uint64_t seed)
        : executor(on),
          random(seed),
          ids(clock, random),
          pipeline(storage, on, scope, {}),
          store(storage, pipeline, ids),
          quarantine(store, clock, {"bank"}),
          watch(store, quarantine, on) {
        pipeline.on_rewind([this](Rewind what) { return watch.rewound(what); });
    }

    UnitOfWork some_unit() {
        AuditEntry entry;
        entry.id = ids.next();
        UnitOfWork unit = store.begin();
        unit.create(entry);
        return unit;
    }
    void commit(int times) {
        for (int i = 0; i < times; ++i) REQUIRE(executor.await(store.commit(some_unit())).ok());
    }
    bool look() {
        const auto out = executor.await(watch.look());
        REQUIRE(out);
        return *out;
    }
    Quarantine now() { return *executor.await(quarantine.current()); }
};

struct WatchBench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    support::MemoryStorage storage{clock, record_schema()};
    Site here{storage, clock, executor, 1};
    Site there{storage, clock, executor, 2};

    /// The storage has five commits of `here`, and loses the last two.
    void lose_two() {
        here.commit(3);
        storage.remember();
        here.commit(2);
        REQUIRE(storage.forget() == 2);
    }
};

}  // namespace

SCENARIO("the first commit after a loss is not answered before the store is in quarantine", "[quarantine]") {
    WatchBench bench;
    bench.lose_two();
    std::optional<bool> quarantined_when_answered;
    const auto commit = [](WatchBench& self, std::optional<bool>& out) -> Task<> {
        Task<Committed> committing = self.here.store.commit(self.here.some_unit());
        const Committed committed = co_await committing;
        CHECK(committed.ok());
        Task<atr::Result<std::optional<Quarantine>>> reading = self.here.store.find<Quarantine>(Quarantine::key);
        const atr::Result<std::optional<Quarantine>> found = co_await reading;
        out = found && *found && (*found)->active;
    };
    bench.here.scope.spawn(commit(bench, quarantined_when_answered));
    bench.executor.run_until([&] { return bench.here.scope.running() == 0; });
    CHECK(quarantined_when_answered == true);
    CHECK(bench.here.now().reason.find("from commit 5 to 4") != std::string::npos);
    CHECK(bench.here.quarantine.active());
    AND_WHEN("more is committed, past the numbers that were lost") {
        const std::string life = bench.here.now().life;
        bench.here.commit(4);
        CHECK_FALSE(bench.here.look());
        THEN("it is the same quarantine") {
            CHECK(bench.here.now().life == life);
        }
    }
}

SCENARIO("while the quarantine cannot be entered nothing is answered as done", "[quarantine]") {
    WatchBench bench;
    bench.lose_two();
    bench.storage.fail_reads(atr::retry(ATR_E_UNREACHABLE, "storage is away"));
    std::vector<Committed> answers;
    const auto commit = [](Site& site, std::vector<Committed>& out) -> Task<> {
        Task<Committed> committing = site.store.commit(site.some_unit());
        Committed committed = co_await committing;
        out.push_back(std::move(committed));
    };
    for (int i = 0; i < 3; ++i) bench.here.scope.spawn(commit(bench.here, answers));  // the last is no number lost
    bench.executor.advance(10'000);
    CHECK(answers.empty());
    CHECK(bench.here.quarantine.active());
    WHEN("storage comes back") {
        bench.storage.fail_reads(std::nullopt);
        bench.executor.advance(1000);
        REQUIRE(answers.size() == 3);
        for (const auto& answer : answers) CHECK(answer.ok());
        CHECK(bench.here.now().active);
    }
    WHEN("the host stops instead") {
        bench.here.watch.stop();
        bench.executor.advance(1000);
        REQUIRE(answers.size() == 3);
        for (const auto& answer : answers) CHECK(answer.outcome == atr::Outcome::unknown);
    }
}

SCENARIO("a host that commits nothing notices a loss all the same", "[quarantine]") {
    WatchBench bench;
    bench.here.commit(5);
    CHECK_FALSE(bench.here.look());
    CHECK_FALSE(bench.here.now().active);
    bench.storage.remember();
    bench.here.commit(2);
    bench.storage.forget();
    CHECK(bench.here.look());
    const Quarantine entered = bench.here.now();
    CHECK(entered.active);
    CHECK_FALSE(entered.life.empty());
    CHECK(entered.reason.find("from commit 7 to 5") != std::string::npos);
    AND_WHEN("it is lifted") {
        REQUIRE(bench.executor.await(bench.here.quarantine.release("admin", "looked at it", {})));
        THEN("it is not entered again for what was lost then") {
            bench.here.commit(3);
            CHECK_FALSE(bench.here.look());
            CHECK_FALSE(bench.here.now().active);
        }
    }
}

SCENARIO("a loss is noticed although another host has used up the numbers that were lost", "[quarantine]") {
    WatchBench bench;
    bench.lose_two();
    bench.there.commit(4);
    WHEN("this host has committed nothing since") {}
    WHEN("this host has, and got numbers that were never given before") {
        bench.here.commit(2);
    }
    CHECK_FALSE(bench.here.now().active);  // the numbers alone do not show it
    CHECK(bench.here.look());
    CHECK(bench.here.now().active);
}

SCENARIO("a quarantine that storage was in already begins anew with a loss, and is not lifted for the old one",
         "[quarantine]") {
    WatchBench bench;
    REQUIRE(bench.executor.await(bench.there.quarantine.enter("restored")));
    const std::string life = bench.here.now().life;
    bench.lose_two();
    bench.here.commit(1);
    CHECK(bench.here.now().active);
    CHECK(bench.here.now().life != life);
}

SCENARIO("what another host was told of, and the feed told here, is missed here too", "[quarantine]") {
    WatchBench bench;
    bench.here.commit(3);
    bench.storage.remember();
    bench.here.commit(2);
    CHECK_FALSE(bench.there.look());
    bench.storage.forget();
    bench.there.commit(1);
    CHECK(bench.there.now().active);
}

SCENARIO("commits that go on while the storage is asked are no loss", "[quarantine]") {
    WatchBench bench;
    bench.here.commit(5);
    bench.here.watch.start(bench.here.scope);
    for (int i = 0; i < 10; ++i) {
        bench.here.commit(3);
        bench.there.commit(2);
        bench.executor.advance(500);
    }
    CHECK_FALSE(bench.here.now().active);
    bench.here.watch.stop();
    bench.executor.run_until([&] { return bench.here.scope.running() == 0; });
}
