#include "reconcile/store_watch.hpp"

#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "records/schema.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

/// A storage that can be made to forget its newest commits, as far as it tells.
class Forgetful final : public support::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after, std::uint32_t limit, CallOptions options) override {
        if (limit > 0) return MemoryStorage::changes(after, limit, std::move(options));
        return newest(*this);
    }
    std::uint64_t forgotten = 0;

private:
    static Task<atr::Result<atr::Changes>> newest(Forgetful& self) {
        atr::Changes out;
        out.last_seq = self.last_seq() - self.forgotten;
        co_return out;
    }
};

struct WatchBench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Forgetful storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    Store store{storage, pipeline, ids};
    reconcile::QuarantineKeeper quarantine{store, clock, {"bank"}};
    reconcile::StoreWatch watch{store, quarantine, executor};

    void commit_some() {
        for (int i = 0; i < 5; ++i) {
            AuditEntry entry;
            entry.id = ids.next();
            UnitOfWork unit = store.begin();
            unit.create(entry);
            const auto committed = executor.await(store.commit(std::move(unit)));
            REQUIRE(committed.ok());
            watch.saw(committed.seq);
        }
    }
    bool look() {
        const auto out = executor.await(watch.look());
        REQUIRE(out);
        return *out;
    }
    Quarantine now() { return *executor.await(quarantine.current()); }
};

}  // namespace

SCENARIO("a storage that has lost commits it acknowledged is put into quarantine, under a new life", "[quarantine]") {
    WatchBench bench;
    bench.commit_some();
    CHECK_FALSE(bench.look());
    CHECK_FALSE(bench.now().active);
    bench.storage.forgotten = 2;
    CHECK(bench.look());
    const Quarantine entered = bench.now();
    CHECK(entered.active);
    CHECK_FALSE(entered.life.empty());
    CHECK(entered.reason.find("from commit 5 to 3") != std::string::npos);
    CHECK(bench.quarantine.active());
    AND_WHEN("it is lifted") {
        bench.storage.forgotten = 0;
        REQUIRE(bench.executor.await(bench.quarantine.release("admin", "looked at it", {})));
        THEN("it is not entered again for what was lost then") {
            CHECK_FALSE(bench.look());
            CHECK_FALSE(bench.now().active);
        }
    }
}

SCENARIO("commits that go on while the storage is asked are no loss", "[quarantine]") {
    WatchBench bench;
    bench.commit_some();
    bench.watch.start(bench.scope);
    for (int i = 0; i < 10; ++i) {
        bench.commit_some();
        bench.executor.advance(500);
    }
    CHECK_FALSE(bench.now().active);
    bench.watch.stop();
    bench.executor.run_until([&] { return bench.scope.running() == 0; });
}
