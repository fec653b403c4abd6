/// Which lists a replica may answer, and how old it may be.
#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

/// The bench's storage, as the primary; beside it a replica that stands still at a commit.
class WithReplica final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    std::uint64_t replica_at = 0;
    bool lost_commits = false;  ///< by a failover: the primary is behind what was told
    int primary = 0, replica = 0;
    std::uint64_t asked_for = 0;

    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        const bool may_lag = (query.flags & ATR_Q_MAY_LAG) != 0;
        asked_for = query.min_seq;
        if (may_lag && query.min_seq <= replica_at)
            ++replica;
        else if (lost_commits && query.min_seq != 0)
            co_return atr::retry(ATR_E_UNSPEC, "this commit is not in this store (yet)");
        else
            ++primary;
        Task<atr::Result<atr::Page>> call = MemoryStorage::query(std::move(query), std::move(options));
        atr::Result<atr::Page> page = co_await call;
        co_return page;
    }
};

struct ListingHost {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    WithReplica storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    Store store{storage, pipeline, ids};

    ListingHost() {
        pipeline.on_committed([this](const atr::Batch&, std::uint64_t seq, std::uint64_t) { store.saw(seq); });
    }
    std::uint64_t write() { return write_through(store); }
    std::uint64_t write_elsewhere() {
        CommitPipeline another{storage, executor, scope, {}};
        Store other{storage, another, ids};
        return write_through(other);
    }
    std::uint64_t write_through(Store& by) {
        Activity line;
        line.id = ids.next();
        UnitOfWork unit = by.begin();
        unit.create(line);
        const Committed done = executor.await(by.commit(std::move(unit)));
        REQUIRE(done.ok());
        return done.seq;
    }
    std::size_t list(Freshness freshness) {
        atr::Query query;
        query.index = "by_time";
        query.limit = 100;
        const auto page = executor.await(store.list<Activity>(query, freshness));
        REQUIRE(page);
        return page->items.size();
    }
};

}  // namespace

SCENARIO("a list that may lag is never older than what its host has told", "[records]") {
    ListingHost host;
    GIVEN("a host that knows of no commit yet") {
        host.list(Freshness::may_lag);
        THEN("the primary answers") {
            CHECK(host.storage.primary == 1);
        }
    }
    GIVEN("a commit that the replica has not got") {
        const auto seq = host.write();
        host.storage.replica_at = seq - 1;
        CHECK(host.list(Freshness::may_lag) == 1);
        CHECK(host.storage.asked_for == seq);
        CHECK(host.storage.replica == 0);
        WHEN("the replica has caught up") {
            host.storage.replica_at = seq;
            CHECK(host.list(Freshness::may_lag) == 1);
            CHECK(host.storage.replica == 1);
        }
        WHEN("what decides reads") {
            host.storage.replica_at = seq;
            CHECK(host.list(Freshness::newest) == 1);
            CHECK(host.storage.replica == 0);
        }
        WHEN("another host commits, and this one hears of it") {
            host.storage.replica_at = seq;
            const auto later = host.write_elsewhere();
            CHECK(host.list(Freshness::may_lag) == 2);  // the test's replica has all rows: what counts is who was asked
            CHECK(host.storage.replica == 1);           // it has not heard yet
            host.store.hears_of([later] { return later; });
            CHECK(host.list(Freshness::may_lag) == 2);
            CHECK(host.storage.replica == 1);
            CHECK(host.storage.asked_for == later);
        }
    }
    GIVEN("a failover that lost commits the host had told") {
        host.write();
        host.store.saw(1000);
        host.storage.lost_commits = true;
        THEN("the primary still answers with the newest there is") {
            CHECK(host.list(Freshness::may_lag) == 1);
        }
    }
}

SCENARIO("an overloaded storage is not asked a second time by the same list", "[records]") {
    ListingHost host;
    host.write();
    const auto before = host.storage.reads();
    host.storage.fail_reads(atr::retry(ATR_E_OVERLOADED, "busy"));
    atr::Query query;
    query.index = "by_time";
    const auto page = host.executor.await(host.store.list<Activity>(query, Freshness::may_lag));
    CHECK(page.outcome() == atr::Outcome::retry);
    CHECK(host.storage.reads() == before + 1);
}
