// What is sent again: by whom, when, and how often a rail is asked.
#include "payments/resolver.hpp"
#include "tests/support/saga_world.hpp"
#include "tests/unit/payments/saga_parts.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace saga_test;
using support::SagaWorld;
using support::Submission;

SCENARIO("a host that stalls before it repeats a send sends nothing once others have decided", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    payments::SagaSettings stalls;
    stalls.backoff_initial = Millis(60'000);  // between the proof that nothing arrived and the repeat
    auto& stalled = world.add_host("stalled", stalls);
    world.rail.next_submissions({Submission::retry, Submission::settle});
    const auto begun = world.commit_a("12.50", &stalled);
    stalled.runner.adopt(begun.id, begun.lease);  // its lease is not renewed
    world.executor.run_until_idle();
    REQUIRE(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 1);
    world.host().runner.start();
    world.executor.advance(20'000);
    REQUIRE(world.payment(begun.id).needs_human);
    payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
    REQUIRE(world.executor.await(resolver.resolve(word_of("rita", begun.id))).kind == payments::ResolveKind::proposed);
    REQUIRE(world.executor.await(resolver.resolve(word_of("paul", begun.id))).kind == payments::ResolveKind::resolved);
    world.executor.advance(120'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 1);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.available() == "1000");
}

SCENARIO("what persons may say was not paid is not sent again before that choice is closed", "[payments]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    payments::Rails none;
    support::SagaHost without(world.storage, world.executor, world.ids, none, world.assets, world.clock, "without", {});
    without.runner.start();
    world.executor.advance(120'000);
    without.runner.stop();
    REQUIRE(world.payment(begun.id).needs_human);  // this host has not its rail
    payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
    REQUIRE(world.executor.await(resolver.resolve(word_of("rita", begun.id))).kind == payments::ResolveKind::proposed);
    std::optional<payments::ResolveKind> second;
    world.rail.before_submit([&](std::string) -> Task<> {
        Task<payments::ResolveResult> saying = resolver.resolve(word_of("paul", begun.id));
        const payments::ResolveResult said = co_await saying;
        second = said.kind;
    });
    world.host().runner.start();
    world.executor.advance(120'000);
    CHECK(second == payments::ResolveKind::not_open_to_it);
    CHECK(world.payment(begun.id).resolution.empty());  // the first word was of a payment that was not sent again
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.books_equal_rail());
}

SCENARIO("a pause and a cancel that come before a repeat are heeded", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.next_submissions({Submission::retry, Submission::settle});
    const auto id = world.pay("12.50");
    GIVEN("a pause") {
        world.pause(true);
        world.executor.advance(5'000);
        CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
        CHECK(world.payment(id).state == PaymentState::scheduled);
    }
    GIVEN("a cancel") {
        world.request_cancel(id);
        world.executor.advance(5'000);
        CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
        CHECK(world.payment(id).state == PaymentState::cancelled);
        CHECK(world.available() == "1000");
    }
}

SCENARIO("only the host that still holds the lease makes an unsent payment sendable again", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    const auto begun = put_down_unsent(world, "12.50");
    world.clock.advance(120'000);
    const auto mine = world.executor.await(world.storage.lease(payments_queue, "host-1", 1, Millis(1000), {}));
    REQUIRE(mine->size() == 1);
    world.clock.advance(2'000);
    const auto others = world.executor.await(world.storage.lease(payments_queue, "host-2", 1, Millis(5000), {}));
    REQUIRE(others->size() == 1);
    world.executor.await(ended(world.host().saga.resume(begun.id, lease_of(mine->front().lease_token, "host-1"))));
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).state == PaymentState::scheduled);
    world.executor.await(ended(world.host().saga.resume(begun.id, lease_of(others->front().lease_token, "host-2"))));
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.open_jobs() == 0);
}

SCENARIO("a rail that forgets is sent a repeat in the first half of its window alone", "[payments]") {
    const bool late = GENERATE(false, true);
    SagaWorld world("1000");
    world.rail.capabilities_to_set().idempotency_window_ms = 60'000;  // less half, less submit_timeout: 20 s
    const auto begun = world.commit_a("12.50");
    if (late) world.clock.advance(21'000);
    WrongClock behind(world.clock, -3'600'000);
    support::SagaHost other(world.storage, world.executor, world.ids, world.rails, world.assets, behind, "behind", {});
    other.runner.start();
    world.executor.advance(10'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == (late ? 0 : 1));
    CHECK(world.payment(begun.id).needs_human == late);
    other.runner.stop();
    world.executor.advance(60'000);
}

SCENARIO("a host whose clock is an hour ahead keeps no payment from the others", "[payments]") {
    SagaWorld world("1000");
    world.rail.usual_submission(Submission::pending);
    WrongClock ahead(world.clock, GENERATE(3'600'000, -3'600'000));
    support::SagaHost wrong(world.storage, world.executor, world.ids, world.rails, world.assets, ahead, "wrong", {});
    wrong.runner.start();
    const auto begun = world.commit_a("12.50", &wrong);
    wrong.runner.adopt(begun.id, begun.lease);
    world.executor.advance(10'000);
    const auto looks = world.rail.lookups(SagaWorld::at_rail(begun.id));
    CHECK(looks > 1);
    CHECK(looks < 20);  // it backs off all the same
    wrong.runner.stop();
    world.executor.advance(1'000);
    world.rail.settle(SagaWorld::at_rail(begun.id));
    world.host().runner.start();
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
}

SCENARIO("a rail that is away is tried less and less often", "[payments]") {
    SagaWorld world("1000");
    world.rail.usual_submission(Submission::retry);
    const auto id = world.pay("12.50");
    world.host().runner.start();
    world.executor.advance(600'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(id)) < 80);
    CHECK(world.payment(id).sent.size() == Payment::most_sent);
    CHECK(world.payment(id).sent.back().attempt == world.rail.submitted(SagaWorld::at_rail(id)));
}
