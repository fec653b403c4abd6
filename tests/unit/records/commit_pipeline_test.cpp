/// A loss that cannot be dealt with stays open: nothing that is committed meanwhile is called done.
#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

struct LossyBench : support::StoreBench {
    bool can_be_dealt_with = false;
    std::vector<Rewind> seen;

    LossyBench() {
        pipeline.on_rewind([this](Rewind what) { return deal_with(what); });
    }
    Task<bool> deal_with(Rewind what) {
        seen.push_back(what);
        co_return can_be_dealt_with;
    }
    Committed commit(CommitPipeline::Answer answer = CommitPipeline::Answer::when_sure) {
        Activity line;
        line.id = ids.next();
        UnitOfWork unit = store.begin();
        unit.create(line);
        return await(pipeline.commit(std::move(unit), answer));
    }
    void lose_two() {
        REQUIRE(commit().ok());
        storage.remember();
        REQUIRE(commit().ok());
        REQUIRE(commit().ok());
        REQUIRE(storage.forget() == 2);
    }
};

}  // namespace

SCENARIO("a host that could not deal with a loss calls none of its later commits done", "[records][quarantine]") {
    LossyBench bench;
    bench.lose_two();
    for (int i = 0; i < 3; ++i) {
        const Committed answer = bench.commit();
        CHECK(answer.outcome == atr::Outcome::unknown);
    }
    CHECK(bench.commit(CommitPipeline::Answer::at_once).ok());
    REQUIRE_FALSE(bench.seen.empty());
    const Rewind first = bench.seen.front();
    WHEN("what it could not do before can be done") {
        bench.can_be_dealt_with = true;
        const auto before = bench.seen.size();
        CHECK(bench.commit().ok());
        THEN("the loss is dealt with as it was seen, once, and commits are answered as ever") {
            REQUIRE(bench.seen.size() == before + 1);
            CHECK(bench.seen.back().from == first.from);
            CHECK(bench.seen.back().to == first.to);
            CHECK(bench.commit().ok());
            CHECK(bench.seen.size() == before + 1);
        }
    }
}

SCENARIO("a commit is heard of before whoever asked for it is told, with what began before storage was asked",
         "[records]") {
    LossyBench bench;
    std::uint64_t begun = 0;
    std::vector<std::string> order;
    bench.pipeline.on_committed(
        [&](const atr::Batch&, std::uint64_t seq, std::uint64_t since) {
            order.push_back("heard " + std::to_string(seq) + ", begun at " + std::to_string(since));
        },
        [&] { return ++begun; });
    for (int i = 1; i <= 2; ++i) {
        CHECK(bench.commit().ok());
        order.emplace_back("told");
    }
    const auto last = bench.storage.last_seq();
    CHECK(order == std::vector<std::string>{"heard " + std::to_string(last - 1) + ", begun at 1", "told",
                                            "heard " + std::to_string(last) + ", begun at 2", "told"});
}
