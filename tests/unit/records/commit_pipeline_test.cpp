/// What a commit is called in the end. A loss that cannot be dealt with stays open: nothing that is committed meanwhile
/// is called done.
#include <catch2/catch.hpp>

#include <deque>

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

/// The bench's storage, which says what stands in `says`, one after the other, and does as it is asked after that.
/// `applies`: the next commit is applied all the same.
class Saying final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    std::deque<atr::Error> says;
    bool applies = false;
    int asked = 0;

    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        ++asked;
        if (says.empty() || applies) {
            applies = false;
            Task<std::vector<atr::Commit>> call = MemoryStorage::commit(batches, std::move(options));
            std::vector<atr::Commit> done = co_await call;
            if (says.empty()) co_return done;
        }
        atr::Commit told;
        told.outcome = says.front().outcome;
        told.error = says.front();
        says.pop_front();
        co_return std::vector<atr::Commit>(batches.size(), told);
    }
};

struct SayingBench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Saying storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    const PipelineSettings settings;
    CommitPipeline pipeline{storage, executor, scope, settings};

    Committed commit() {
        Activity line;
        line.id = ids.next();
        UnitOfWork unit(ids.next());
        unit.create(line);
        return executor.await(pipeline.commit(std::move(unit)));
    }
};

const atr::Error perhaps_done = atr::unknown(ATR_E_TIMEOUT, "lost while it was committed");
const atr::Error refused_now = atr::rejected(ATR_E_CONFIG, "the secret cannot be read");

}  // namespace

SCENARIO("a refusal says nothing of a try before it whose outcome is not known", "[records]") {
    SayingBench bench;
    WHEN("the first try was applied, and storage refuses for a while") {
        bench.storage.applies = true;
        bench.storage.says = {perhaps_done, refused_now, refused_now};
        const Committed answer = bench.commit();
        THEN("it is replayed until storage says that it was") {
            CHECK(answer.ok());
            CHECK(bench.storage.asked == 4);
        }
    }
    WHEN("storage goes on refusing") {
        bench.storage.says = {perhaps_done};
        bench.storage.says.insert(bench.storage.says.end(), 1000, refused_now);
        const auto began = bench.clock.unix_ms();
        const Committed answer = bench.commit();
        THEN("the answer is that nobody knows, once resolve_for is over") {
            CHECK(answer.outcome == atr::Outcome::unknown);
            CHECK(answer.error.message == refused_now.message);
            const Millis took{bench.clock.unix_ms() - began};
            CHECK(took >=
                  bench.settings.resolve_for - bench.settings.timeout);  // the first try took its time, as it were
        }
    }
    WHEN("no try before it was perhaps applied") {
        bench.storage.says = {atr::retry(ATR_E_UNREACHABLE, "away"), refused_now};
        THEN("it is final") {
            CHECK(bench.commit().outcome == atr::Outcome::rejected);
            CHECK(bench.storage.asked == 2);
        }
    }
}

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
