// A runner takes over what others let go, and nothing that it is at work on itself, however slow its storage.
#include "tests/support/saga_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using support::SagaWorld;

namespace {

/// The world's storage behind one writer that takes its time: what writes waits for what wrote before.
class PoorStorage final : public StoragePort {
public:
    /// `renews`: false: it says that leases were extended, and does nothing.
    PoorStorage(SagaWorld& world, Millis commit_takes, bool renews = true)
        : world_(world), commit_takes_(commit_takes), renews_(renews) {}

    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        co_await delay(world_.executor, turn(commit_takes_));
        if (refuses_records_ && batches.size() == 1 && writes_a_record(batches[0]))
            co_return std::vector<atr::Commit>{{.outcome = atr::Outcome::rejected, .error = too_large()}};
        Task<std::vector<atr::Commit>> call = world_.storage.commit(std::move(batches), std::move(options));
        std::vector<atr::Commit> done = co_await call;
        if (commits_are_lost_)
            for (auto& one : done) one = {.outcome = atr::Outcome::unknown};
        co_return done;
    }
    /// It takes no record any more, only jobs.
    void refuse_records(bool refuses) { refuses_records_ = refuses; }
    /// What it commits is committed, and whoever asked does not learn of it.
    void lose_commits(bool lost) { commits_are_lost_ = lost; }
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override {
        co_await delay(world_.executor, turn(Millis(1)));
        if (!renews_) co_return std::uint32_t{1};
        Task<atr::Result<std::uint32_t>> call =
            world_.storage.extend_leases(std::move(worker), lease, std::move(options));
        atr::Result<std::uint32_t> held = co_await call;
        co_return held;
    }
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override {
        Task<atr::Result<std::vector<atr::Job>>> call =
            world_.storage.lease(std::move(queue), std::move(worker), max, lease, std::move(options));
        atr::Result<std::vector<atr::Job>> jobs = co_await call;
        if (!jobs || jobs->empty() || answers_lost_ == 0) co_return jobs;
        --answers_lost_;
        co_return atr::unknown(ATR_E_TIMEOUT, "the answer was lost");
    }
    /// So many answers to a lease call that leased something never come.
    void lose_answers(int count) { answers_lost_ = count; }
    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override {
        return world_.storage.migrate(std::move(schema), std::move(options));
    }
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        return world_.storage.get(std::move(keys), std::move(options));
    }
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        return world_.storage.query(std::move(query), std::move(options));
    }
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after, std::uint32_t limit, CallOptions options) override {
        return world_.storage.changes(after, limit, std::move(options));
    }
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override {
        return world_.storage.blob_put(std::move(key), std::move(bytes), std::move(options));
    }
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override {
        return world_.storage.blob_get(std::move(key), std::move(options));
    }
    Task<atr::Result<std::string>> health(CallOptions options) override {
        return world_.storage.health(std::move(options));
    }

private:
    static bool writes_a_record(const atr::Batch& batch) {
        return std::any_of(batch.ops.begin(), batch.ops.end(), [](const auto& op) { return op.op == ATR_OP_PUT; });
    }
    static atr::Error too_large() { return atr::rejected(ATR_E_BAD_INPUT, "the record is too large"); }
    /// How long until a write that takes `time` is done, after all before it.
    Millis turn(Millis time) {
        free_at_ = std::max(free_at_, world_.clock.unix_ms()) + time.count();
        return Millis(free_at_ - world_.clock.unix_ms());
    }

    SagaWorld& world_;
    const Millis commit_takes_;
    const bool renews_;
    int answers_lost_ = 0;
    bool commits_are_lost_ = false, refuses_records_ = false;
    UnixMillis free_at_ = 0;
};

payments::SagaSettings short_lease() {
    payments::SagaSettings settings;
    settings.lease = Millis(1000);
    settings.poll = Millis(50);
    return settings;
}

}  // namespace

SCENARIO("a host whose commits take longer than a lease ends its payments all the same", "[payments]") {
    SagaWorld world("1000");
    PoorStorage slow(world, Millis(3000));
    support::SagaHost host(slow, world.executor, world.ids, world.rails, world.assets, world.clock, "slow",
                           short_lease());
    host.runner.start();
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        const auto begun = world.commit_a("1", &host);
        REQUIRE(begun.committed.ok());
        host.runner.adopt(begun.id, begun.lease);
        ids.push_back(begun.id);
    }
    world.executor.advance(120'000);
    for (const auto& id : ids) {
        CHECK(world.payment(id).state == PaymentState::settled);
        CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
    }
    CHECK(world.open_jobs() == 0);
    CHECK(world.books_equal_rail());
    CHECK(host.runner.active() == 0);
    host.runner.stop();
    world.executor.advance(60'000);
}

SCENARIO("a payment that this host works on, and leases anew, is not worked on twice at once", "[payments]") {
    SagaWorld world("1000");
    PoorStorage forgetful(world, Millis(0), false);
    support::SagaHost host(forgetful, world.executor, world.ids, world.rails, world.assets, world.clock, "host",
                           short_lease());
    host.runner.start();
    const auto begun = world.commit_a("1", &host);
    world.rail.latency(Millis(5000));
    host.runner.adopt(begun.id, begun.lease);
    world.executor.advance(4000);
    CHECK(host.runner.counters().put_back > 0);
    CHECK(world.rail.lookups(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(host.runner.active() == 1);
    world.rail.latency(Millis(0));
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
    CHECK(world.open_jobs() == 0);
    CHECK(world.books_equal_rail());
    host.runner.stop();
    world.executor.advance(60'000);
}

SCENARIO("a payment leased in an answer that was lost is taken over, however busy the host is", "[payments]") {
    SagaWorld world("1000");
    PoorStorage lossy(world, Millis(0));
    support::SagaHost host(lossy, world.executor, world.ids, world.rails, world.assets, world.clock, "busy",
                           short_lease());
    std::vector<std::string> left;  // by a host that dies again and again, right after Commit A
    host.runner.start();
    bool is_always_busy = true;
    for (int i = 0; i < 30; ++i) {
        if (i == 12) lossy.lose_answers(1);
        world.rail.latency(Millis(0));
        left.push_back(world.commit_a("1").id);
        world.rail.latency(Millis(1500));
        world.executor.advance(1000);
        if (i >= 10) is_always_busy = is_always_busy && host.runner.active() > 0;
    }
    CHECK(is_always_busy);
    CHECK(host.runner.counters().lease_errors == 1);
    for (int i = 0; i < 20; ++i) CHECK(world.payment(left.at(i)).state == PaymentState::settled);
    host.runner.stop();
    world.executor.advance(60'000);
    CHECK(world.books_equal_rail());
}

SCENARIO("a lease that a busy host holds and does not know of, as after commits were lost, lapses", "[payments]") {
    SagaWorld world("1000");
    PoorStorage storage(world, Millis(0));
    support::SagaHost host(storage, world.executor, world.ids, world.rails, world.assets, world.clock, "busy",
                           short_lease());
    host.runner.start();
    const auto unknown_to_it = world.commit_a("1", &host);
    world.rail.latency(Millis(1500));
    std::vector<std::string> known;
    bool is_always_busy = true;
    for (int i = 0; i < 30; ++i) {
        const auto begun = world.commit_a("1", &host);
        host.runner.adopt(begun.id, begun.lease);
        known.push_back(begun.id);
        world.executor.advance(500);
        is_always_busy = is_always_busy && host.runner.active() > 0;
    }
    CHECK(is_always_busy);
    CHECK(world.payment(unknown_to_it.id).state == PaymentState::settled);
    world.executor.advance(10'000);
    for (const auto& id : known) CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
    CHECK(world.open_jobs() == 0);
    CHECK(world.books_equal_rail());
    host.runner.stop();
    world.executor.advance(60'000);
}

SCENARIO("what storage refuses to write down of a payment is told, and tried again rarely", "[payments]") {
    SagaWorld world("1000");
    PoorStorage poor(world, Millis(0));
    support::SagaHost host(poor, world.executor, world.ids, world.rails, world.assets, world.clock, "host",
                           short_lease());
    std::vector<std::string> told;
    host.saga.on_trouble([&](const std::string& id, const std::string& what) { told.push_back(id + " " + what); });
    host.runner.start();
    const auto begun = world.commit_a("1", &host);
    world.rail.next_submissions({support::Submission::pending});
    poor.refuse_records(true);
    host.runner.adopt(begun.id, begun.lease);
    world.executor.advance(host.saga.settings().backoff_max.count() * 3);
    REQUIRE(!told.empty());
    CHECK(told.size() <= 4);
    CHECK(told.front().find(begun.id) == 0);
    CHECK(told.front().find("the record is too large") != std::string::npos);
    poor.refuse_records(false);
    world.executor.advance(host.saga.settings().backoff_max.count() * 3);
    CHECK(world.payment(begun.id).state == PaymentState::pending);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 1);
    host.runner.stop();
    world.executor.advance(60'000);
}

SCENARIO("a payment whose Commit A storage told of late is sent by the host that still has it, and by no other",
         "[payments]") {
    const bool is_taken_over = GENERATE(false, true);
    SagaWorld world("1000");
    PoorStorage lossy(world, Millis(0));
    support::SagaHost host(lossy, world.executor, world.ids, world.rails, world.assets, world.clock, "late",
                           short_lease());
    const auto a = world.unit_a("100", host);
    lossy.lose_commits(true);
    REQUIRE(world.executor.await(host.store.commit(a.unit)).outcome == atr::Outcome::unknown);
    host.runner.find_out(a.unit, a.payment_id, a.job);
    world.executor.advance(2000);
    if (is_taken_over)  // by one that sends it, and dies before it has noted that
        REQUIRE(
            world.executor.await(world.storage.lease(std::string(payments_queue), "another", 1, Millis(60'000), {}))
                ->size() == 1);
    lossy.lose_commits(false);
    world.executor.advance(10'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(a.payment_id)) == (is_taken_over ? 0 : 1));
    CHECK(world.payment(a.payment_id).state == (is_taken_over ? PaymentState::prepared : PaymentState::settled));
    CHECK(host.runner.active() == 0);
    host.runner.stop();
    world.executor.advance(60'000);
}
