/// Reads that share one another's way to storage: each is told what was committed before it asked, and nobody is told
/// of another's fault.
#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

#include "records/gathering_storage.hpp"
#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

/// Reads wait until they are let go, and are made then. A key "bad" is one that storage refuses.
class HeldReads final : public support::MemoryStorage {
public:
    HeldReads(const Clock& clock, Executor& executor)
        : support::MemoryStorage(clock, record_schema()), executor_(executor) {}

    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        asked.push_back(keys);
        if (holds) {
            Completion<bool> gate(executor_);
            gates_.push_back(gate);
            co_await gate;
        }
        timeouts.push_back(options.timeout);
        if (throws) throw std::runtime_error("a storage that throws");
        if (fails) co_return *fails;
        if (keys.size() > most_keys)  // as the border says it of an answer beyond its bound
            co_return atr::Error{.outcome = atr::Outcome::retry, .code = ATR_E_CORRUPT, .message = "too many bytes"};
        const auto is_bad = [](const atr::Key& key) { return key.key == "bad"; };
        if (std::any_of(keys.begin(), keys.end(), is_bad)) co_return atr::rejected(ATR_E_BAD_INPUT, "a bad key");
        Task<atr::Result<std::vector<atr::Record>>> reading =
            support::MemoryStorage::get(std::move(keys), std::move(options));
        atr::Result<std::vector<atr::Record>> found = co_await reading;
        co_return found;
    }
    void let_go() {
        for (const auto& gate : std::exchange(gates_, {})) gate.set(true);
    }

    bool holds = false, throws = false;
    std::size_t most_keys = 1000;
    std::vector<Millis> timeouts;
    std::optional<atr::Error> fails;
    std::vector<std::vector<atr::Key>> asked;

private:
    Executor& executor_;
    std::vector<Completion<bool>> gates_;
};

struct Bench {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    HeldReads storage{clock, executor};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    GatheringStorage gathering{storage, executor, scope, clock, {.in_flight = 1, .max_keys = 4}};
    Store store{gathering, pipeline, ids};

    using Answer = atr::Result<std::vector<atr::Record>>;
    std::deque<std::optional<Answer>> answers;

    Task<> note(std::vector<std::string> keys, std::optional<Answer>& into) {
        std::vector<atr::Key> wanted;
        for (auto& key : keys) wanted.push_back({Activity::collection, std::move(key)});
        Task<Answer> reading = store.get(std::move(wanted));
        Answer found = co_await reading;
        into.emplace(std::move(found));
    }
    /// Asks, and goes as far as it can go. The answer stands in `answers` once it is there.
    void ask(std::vector<std::string> keys) {
        scope.spawn(note(std::move(keys), answers.emplace_back()));
        executor.run_until_idle();
    }
    void let_go() {
        storage.let_go();
        executor.run_until_idle();
    }
    void write(const std::string& key) {
        Activity line;
        line.id = key;
        UnitOfWork unit = store.begin();
        unit.create(line);
        REQUIRE(executor.await(pipeline.commit(std::move(unit))).ok());
    }
    std::vector<std::string> found(std::size_t at) {
        std::vector<std::string> out;
        if (answers.at(at))
            for (const auto& record : answers[at]->value()) out.push_back(record.key);
        return out;
    }
    using Keys = std::vector<std::string>;
};

}  // namespace

SCENARIO("reads that arrive while one is under way become one read, and each gets its own answer", "[records]") {
    Bench bench;
    for (const char* key : {"a", "b", "c"}) bench.write(key);
    bench.storage.asked.clear();
    bench.storage.holds = true;
    bench.ask({"a"});
    bench.ask({"b", "a"});
    bench.ask({"a", "nowhere"});
    CHECK(bench.storage.asked.size() == 1);
    bench.storage.holds = false;
    bench.let_go();
    REQUIRE(bench.storage.asked.size() == 2);
    CHECK(bench.storage.asked[1].size() == 3);  // "a" is read once for both
    CHECK(bench.found(0) == Bench::Keys{"a"});
    CHECK(bench.found(1) == Bench::Keys{"b", "a"});
    CHECK(bench.found(2) == Bench::Keys{"a"});
    WHEN("nothing is under way") {
        bench.ask({"c"});
        CHECK(bench.found(3) == Bench::Keys{"c"});
        CHECK(bench.storage.asked.size() == 3);
    }
}

SCENARIO("a read shows what was committed before it was asked for, whoever read before", "[records]") {
    Bench bench;
    bench.storage.holds = true;
    bench.ask({"late"});
    bench.write("late");
    bench.ask({"late"});
    bench.let_go();
    bench.let_go();
    CHECK(bench.found(1) == Bench::Keys{"late"});
}

SCENARIO("a shared read is bounded, and goes on until nobody waits", "[records]") {
    Bench bench;
    bench.storage.holds = true;
    for (const char* key : {"first", "k1", "k2", "k3", "k4", "k5", "k6"}) bench.ask({key});
    bench.storage.holds = false;
    bench.let_go();
    REQUIRE(bench.storage.asked.size() == 3);
    CHECK(bench.storage.asked[1].size() == 4);
    CHECK(bench.storage.asked[2].size() == 2);
    CHECK(std::all_of(bench.answers.begin(), bench.answers.end(), [](const auto& one) { return one.has_value(); }));
    CHECK(bench.scope.running() == 0);
}

SCENARIO("more keys than a shared read may have are asked for by themselves", "[records]") {
    Bench bench;
    bench.storage.holds = true;
    bench.ask({"first"});
    bench.ask({"1", "2", "3", "4", "5", "6"});
    bench.ask({"7"});
    bench.storage.holds = false;
    bench.let_go();
    REQUIRE(bench.storage.asked.size() == 3);
    CHECK(bench.storage.asked[1].size() == 6);
    CHECK(bench.storage.asked[2].size() == 1);
}

SCENARIO("nobody is told of another's fault", "[records]") {
    Bench bench;
    bench.write("a");
    bench.storage.holds = true;
    bench.ask({"first"});
    bench.ask({"bad"});
    bench.ask({"a"});
    bench.storage.holds = false;
    bench.let_go();
    REQUIRE(bench.answers[1]);
    CHECK(bench.answers[1]->outcome() == atr::Outcome::rejected);
    CHECK(bench.found(2) == Bench::Keys{"a"});
}

SCENARIO("an answer that is too large for one read is read in parts, for each who shares it", "[records]") {
    Bench bench;
    for (const char* key : {"a", "b"}) bench.write(key);
    bench.storage.holds = true;
    bench.ask({"first"});
    bench.ask({"a"});
    bench.ask({"b"});
    bench.storage.holds = false;
    bench.storage.most_keys = 1;
    bench.let_go();
    for (const auto& answer : bench.answers) {
        REQUIRE(answer);
        REQUIRE(answer->has_value());
    }
    CHECK(bench.found(1) == Bench::Keys{"a"});
    CHECK(bench.found(2) == Bench::Keys{"b"});
    WHEN("one alone is too large") {
        bench.ask({"a", "b"});
        REQUIRE(bench.answers[3]);
        CHECK(bench.answers[3]->error().code == ATR_E_CORRUPT);
    }
}

SCENARIO("a storage that is away is away for all who share a read, and the next one is made", "[records]") {
    Bench bench;
    bench.write("a");
    bench.storage.holds = true;
    bench.ask({"first"});
    bench.ask({"a"});
    bench.ask({"a"});
    bench.storage.holds = false;
    bench.storage.fails = atr::retry(ATR_E_UNREACHABLE, "away");
    bench.let_go();
    for (const auto& answer : bench.answers) {
        REQUIRE(answer);
        CHECK(answer->outcome() == atr::Outcome::retry);
    }
    bench.storage.fails.reset();
    bench.ask({"a"});
    CHECK(bench.found(3) == Bench::Keys{"a"});
}

SCENARIO("who waits for others waits no longer than it would for storage", "[records]") {
    Bench bench;
    bench.write("a");
    bench.storage.holds = true;
    bench.ask({"first"});
    bench.ask({"a"});
    bench.clock.advance(4000);
    bench.ask({"a"});
    WHEN("there is time left for it") {
        bench.storage.holds = false;
        bench.let_go();
        CHECK(bench.found(1) == Bench::Keys{"a"});
        CHECK(bench.found(2) == Bench::Keys{"a"});
        THEN("the read it shares is hurried, and still given the half of a time-out") {
            CHECK(bench.storage.timeouts == std::vector<Millis>{Millis{5000}, Millis{2500}});
        }
    }
    WHEN("there is none") {
        bench.clock.advance(1000);
        bench.storage.holds = false;
        bench.let_go();
        REQUIRE(bench.answers[1]);
        CHECK(bench.answers[1]->outcome() == atr::Outcome::retry);
        CHECK(bench.answers[1]->error().code == ATR_E_TIMEOUT);
        CHECK(bench.found(2) == Bench::Keys{"a"});
    }
}

SCENARIO("a storage that throws keeps no place", "[records]") {
    Bench bench;
    bench.write("a");
    bench.storage.throws = true;
    bench.storage.holds = true;
    bench.ask({"a"});
    bench.ask({"a"});
    bench.storage.holds = false;
    bench.let_go();
    for (const auto& answer : bench.answers) {
        REQUIRE(answer);
        CHECK_FALSE(answer->has_value());
    }
    bench.storage.throws = false;
    bench.ask({"a"});
    CHECK(bench.found(2) == Bench::Keys{"a"});
}
