// A store that was copied, restored, or has lost commits: what was perhaps sent is never taken for unsent.
#include "payments/fault_names.hpp"
#include "payments/resolver.hpp"
#include "tests/support/saga_world.hpp"
#include "tests/unit/payments/saga_parts.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace saga_test;
using support::SagaHost;
using support::SagaWorld;
using support::Submission;

namespace {

/// As a finished copy or restore leaves the store.
void begin_life(SagaWorld& world, const std::string& life, bool active = true) {
    auto found = world.executor.await(world.host().store.find<Quarantine>(Quarantine::key));
    Quarantine now = found->value_or(Quarantine{});
    now.active = active;
    if (now.life != life) now.since_ms = world.clock.unix_ms();
    now.life = life;
    world.store_one(now);
}

/// What the rail is told of a payment by whom these books know nothing of.
void send_elsewhere(SagaWorld& world, const std::string& id) {
    RailPort& rail = world.rail;
    atr::RailPayment sent;
    sent.payment_id = SagaWorld::at_rail(id);
    sent.source_account = "treasury";
    sent.money = *atr::Money::parse("12.50", "MNEE");
    sent.creditor_json = R"({"address":"0x1234567890abcdef1234567890abcdef12345678","name":"Acme Hosting"})";
    REQUIRE(world.executor.await(rail.submit(sent, world.payment(id).prepared_blob, {})));
}

/// Something happens once, right before a payment's end is written.
struct BeforeTheEnd final : FaultPoints {
    void reach(std::string_view point) override {
        if (point == payments::fault::before_commit_b && then) std::exchange(then, nullptr)();
    }
    std::function<void()> then;
};

}  // namespace

SCENARIO("a store in quarantine sends nothing, and goes on when it is released", "[payments][quarantine]") {
    SagaWorld world("1000");
    begin_life(world, "");
    const auto begun = world.commit_a("12.50");
    world.host().runner.adopt(begun.id, begun.lease);
    world.host().runner.start();
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::scheduled);
    CHECK(world.payment(begun.id).reason.find("quarantine") != std::string::npos);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    begin_life(world, "", false);
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
}

SCENARIO("a payment that was put down unsent before the store was copied is perhaps sent", "[payments][quarantine]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    const auto begun = put_down_unsent(world, "12.50");
    GIVEN("the copied store's source sent it after the copy was made") {
        send_elsewhere(world, begun.id);
        world.host().runner.start();
        for (const bool quarantined : {true, false}) {
            begin_life(world, "life-2", quarantined);
            world.executor.advance(60'000);
            CHECK(world.payment(begun.id).state == PaymentState::settled);
            CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 1);
            CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
        }
        CHECK(world.books_equal_rail());
    }
    GIVEN("nobody sent it") {
        begin_life(world, "life-2");
        world.host().runner.start();
        world.executor.advance(60'000);
        CHECK(world.payment(begun.id).state == PaymentState::unknown);
        begin_life(world, "life-2", false);
        world.executor.advance(60'000);
        THEN("a rail that does not protect against a second payment is not tried: a person decides") {
            CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
            CHECK(world.payment(begun.id).needs_human);
        }
    }
    GIVEN("nobody sent it, and the rail makes a repeat harmless") {
        world.rail.idempotent(true);
        begin_life(world, "life-2");
        world.host().runner.start();
        world.executor.advance(60'000);
        CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
        begin_life(world, "life-2", false);
        world.executor.advance(60'000);
        CHECK(world.payment(begun.id).state == PaymentState::settled);
        CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
    }
}

SCENARIO("a payment of another life is looked up before its first send", "[payments][quarantine]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    begin_life(world, "life-2", false);
    const auto begun = world.commit_a("12.50");  // made without a life: before the store was copied
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.advance(5'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
}

SCENARIO("a payment that turns out to be of another life while its cancel is written is looked up instead",
         "[payments][quarantine]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    world.request_cancel(begun.id);
    BeforeTheEnd faults;
    SagaHost& host = world.host();
    payments::Saga saga({host.store, world.rails, world.assets, host.sealer, world.clock, world.executor, faults}, {},
                        "host-1");
    const bool was_sent = GENERATE(true, false);
    faults.then = [&] {
        if (was_sent) send_elsewhere(world, begun.id);
        begin_life(world, "life-2", false);
    };
    world.executor.await(ended(saga.first_send(begun.id, begun.lease)));
    const Payment payment = world.payment(begun.id);
    CHECK(payment.state == (was_sent ? PaymentState::settled : PaymentState::unknown));
    CHECK(world.rail.lookups(SagaWorld::at_rail(begun.id)) == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO(
    "what a lost life may have sent is not sent again to a rail that may have forgotten it, though it was held anew",
    "[payments][quarantine]") {
    SagaWorld world("1000");
    const std::int64_t window_ms = GENERATE(0, 60'000);
    world.rail.capabilities_to_set().idempotency_window_ms = window_ms;
    begin_life(world, "life-2", false);
    world.executor.advance(1'000);
    const auto begun = world.commit_a("12.50");  // as an approval that is given in this life makes it
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.advance(5'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == (window_ms == 0 ? 1 : 0));
    CHECK(world.payment(begun.id).needs_human == (window_ms != 0));
}

namespace {

Task<bool> until_dealt_with(Completion<bool> dealt) {
    const bool out = co_await dealt;
    co_return out;
}

}  // namespace

SCENARIO("a host that knows of a loss sends nothing while the store is not in quarantine for it yet",
         "[payments][quarantine]") {
    SagaWorld world("1000");
    world.rail.idempotent(true);
    auto& pipeline = world.host().store.pipeline();
    Completion<bool> dealt(world.executor);
    pipeline.on_rewind([dealt](Rewind) { return until_dealt_with(dealt); });
    const auto begun = world.commit_a("12.50");
    world.host().scope.spawn([](CommitPipeline& lost) -> Task<> {
        Task<bool> dealing = lost.went_back({100, 1}, lost.newest().known().lineage);
        co_await dealing;
    }(pipeline));
    world.host().runner.start();
    world.executor.advance(60'000);  // its lease ends, and it is taken up again
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    dealt.set(true);
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
}

SCENARIO("what a lost life may have prepared anew is waited for as long as the rail would take it",
         "[payments][quarantine]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.capabilities_to_set().enforces_not_after = true;
    const auto begun = world.commit_a("12.50");  // after this the store was copied, and went on until its life was lost
    world.executor.advance(800'000);
    const UnixMillis lost_ms = world.clock.unix_ms();
    begin_life(world, "life-2");
    world.host().runner.adopt(begun.id, begun.lease);
    world.host().runner.start();
    world.executor.advance(200'000);  // past the moment that these books know
    CHECK(world.payment(begun.id).state == PaymentState::unknown);
    CHECK_FALSE(world.payment(begun.id).needs_human);
    CHECK(world.payment(begun.id).not_after_ms == lost_ms + 900'000);
    world.executor.advance(900'000);
    CHECK(world.payment(begun.id).state == PaymentState::failed);
    CHECK(world.available() == "1000");
}
