// The moment until which a rail takes a payment, and the clocks by which it is told.
#include "payments/resolver.hpp"
#include "tests/support/saga_world.hpp"
#include "tests/unit/payments/saga_parts.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace saga_test;
using support::SagaWorld;
using support::Submission;

SCENARIO("what a rail did not receive in time ends without a person, and not before", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.capabilities_to_set().enforces_not_after = true;
    const bool cancelled = GENERATE(false, true);
    world.rail.next_submissions({Submission::unknown_not_applied});
    const UnixMillis before = world.clock.unix_ms();
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).not_after_ms == before + 900'000);
    if (cancelled) world.request_cancel(id);
    world.host().runner.start();
    world.executor.advance(800'000);
    CHECK(world.payment(id).state == PaymentState::unknown);
    CHECK_FALSE(world.payment(id).needs_human);
    CHECK(world.available() == "987.5");
    world.executor.advance(200'000);
    CHECK(world.payment(id).state == (cancelled ? PaymentState::cancelled : PaymentState::failed));
    CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
    CHECK(world.available() == "1000");
    CHECK(world.open_jobs() == 0);
}

SCENARIO("a payment that waits unsent until its moment has passed gets another, and is paid", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.capabilities_to_set().enforces_not_after = true;
    const auto begun = world.commit_a("12.50");
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease);
    world.host().runner.start();
    world.executor.advance(1'000'000);
    REQUIRE(world.payment(begun.id).state == PaymentState::scheduled);
    world.pause(false);
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.payment(begun.id).not_after_ms > world.clock.unix_ms());
    CHECK(world.books_equal_rail());
}

SCENARIO("a payment that was prepared anew is no person's to decide while the rail still takes it", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.capabilities_to_set().enforces_not_after = true;
    const auto begun = put_down_unsent(world, "12.50");
    world.clock.advance(2 * 900'000 + 60'000);  // since Commit A, all of the time that people are kept waiting
    Completion<bool> wake(world.executor);
    const bool stalls = GENERATE(false, true);
    bool first = true;
    if (stalls)
        world.rail.before_submit([&](std::string) -> Task<> {
            if (!std::exchange(first, false)) co_return;
            co_await wake;
        });
    else
        world.rail.next_submissions({Submission::unknown_not_applied});
    const auto mine = world.executor.await(world.storage.lease(payments_queue, "host-1", 1, Millis(5000), {}));
    REQUIRE(mine->size() == 1);
    world.host().scope.spawn(world.host().saga.resume(begun.id, lease_of(mine->front().lease_token, "host-1")));
    world.executor.run_until_idle();
    REQUIRE(world.payment(begun.id).state == (stalls ? PaymentState::prepared : PaymentState::unknown));
    const auto sendable = world.clock.unix_ms();
    REQUIRE(world.payment(begun.id).not_after_ms == sendable + 900'000);
    world.add_host("host-2").runner.start();
    world.executor.advance(120'000);
    CHECK(world.payment(begun.id).state == PaymentState::unknown);
    CHECK_FALSE(world.payment(begun.id).needs_human);
    CHECK(world.payment(begun.id).sendable_ms == sendable);
    payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
    CHECK(world.executor.await(resolver.resolve(word_of("rita", begun.id))).kind ==
          payments::ResolveKind::not_open_to_it);
    if (stalls) {
        wake.set(true);  // in time
        world.executor.advance(120'000);
        CHECK(world.payment(begun.id).state == PaymentState::settled);
        CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
    } else {
        world.executor.advance(900'000);
        CHECK(world.payment(begun.id).state == PaymentState::failed);
        CHECK(world.available() == "1000");
    }
    CHECK(world.books_equal_rail());
}

SCENARIO("no person gives the funds back of what the rail may still take, whatever it cannot say", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.capabilities_to_set().enforces_not_after = true;
    world.rail.capabilities_to_set().queryable = false;
    world.rail.next_submissions({Submission::unknown_not_applied});
    const auto id = world.pay("12.50");
    world.host().runner.start();
    world.executor.advance(300'000);
    REQUIRE(world.payment(id).needs_human);  // the rail never says that it has nothing
    payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
    const auto open = [&] {
        std::string out;
        for (const auto& choice : resolver.choices(world.payment(id), "")) out += choice.outcome + " ";
        return out;
    };
    CHECK(open() == "paid ");
    const auto refused = world.executor.await(resolver.resolve(word_of("rita", id)));
    CHECK(refused.kind == payments::ResolveKind::not_open_to_it);
    CHECK(refused.reason.find("may still take it") != std::string::npos);
    world.executor.advance(1'400'000);
    CHECK(open() == "paid ");
    world.executor.advance(200'000);  // twice execute_within has passed
    CHECK(open() == "paid not_paid paid_elsewhere ");
    CHECK(world.executor.await(resolver.resolve(word_of("rita", id))).kind == payments::ResolveKind::proposed);
    CHECK(world.executor.await(resolver.resolve(word_of("paul", id))).kind == payments::ResolveKind::resolved);
    CHECK(world.available() == "1000");
}

SCENARIO("a host whose clock stands in a closed day ends its payments on the store's day", "[payments]") {
    SagaWorld world("1000");
    world.rail.usual_submission(Submission::pending);
    WrongClock behind(world.clock, -3 * 86'400'000LL);
    support::SagaHost wrong(world.storage, world.executor, world.ids, world.rails, world.assets, behind, "behind", {});
    const auto id = world.pay("12.50");
    world.rail.settle(SagaWorld::at_rail(id));
    UnitOfWork unit = world.host().store.begin();
    unit.put(ledger::LedgerDay::collection, utc_day(behind.unix_ms()), "{}", {}, ATR_VER_ABSENT, "day");
    unit.put(ledger::LedgerDay::collection, utc_day(behind.unix_ms() + 86'400'000), "{}", {}, ATR_VER_ABSENT, "day");
    REQUIRE(world.executor.await(world.host().store.commit(std::move(unit))).ok());
    wrong.runner.start();
    world.executor.advance(20'000);
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.books_equal_rail());
    wrong.runner.stop();
    world.executor.advance(60'000);
}
