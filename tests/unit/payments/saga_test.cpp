// The saga keeps three promises whatever the rail answers and whichever host dies: at most once, nothing lost, books
// equal.
#include "payments/resolver.hpp"
#include "tests/support/saga_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using support::SagaWorld;
using support::Submission;

SCENARIO("a settled payment is posted once and its funds leave the treasury", "[payments]") {
    SagaWorld world("1000");
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.invoice_of(id).status == InvoiceStatus::paid);
    CHECK(world.available() == "987.5");
    CHECK(world.booked() == "987.5");
    CHECK(world.books_equal_rail());
    CHECK(world.open_jobs() == 0);
    CHECK(world.payment(id).prepared_blob.empty());
}

SCENARIO("a payment whose outcome is unknown keeps its funds reserved", "[payments]") {
    SagaWorld world("1000");
    world.rail.next_submissions({Submission::unknown_not_applied});
    world.rail.fail_reads(1000);
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).state == PaymentState::unknown);
    CHECK(world.available() == "987.5");
    CHECK(world.booked() == "1000");
    WHEN("the rail then proves that it never received it, and a repeat is harmless") {
        world.rail.fail_reads(0);
        world.host().runner.start();
        world.executor.advance(60'000);
        THEN("the same bytes go out once more and money moves once") {
            CHECK(world.payment(id).state == PaymentState::settled);
            CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 2);
            CHECK(world.rail.paid(SagaWorld::at_rail(id)) == 1);
            CHECK(world.books_equal_rail());
        }
    }
}

SCENARIO("money that moved although the answer was lost is found and posted, not sent again", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(GENERATE(true, false));
    world.rail.next_submissions({Submission::unknown_applied});
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).state == PaymentState::unknown);
    world.host().runner.start();
    world.executor.advance(5'000);
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
    CHECK(world.rail.paid(SagaWorld::at_rail(id)) == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO("a rail that would pay a repeat twice is never sent a repeat", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.next_submissions({Submission::unknown_not_applied});
    const auto id = world.pay("12.50");
    world.host().runner.start();
    world.executor.advance(600'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(id)) == 1);
    CHECK(world.payment(id).needs_human);
    CHECK(world.payment(id).state == PaymentState::unknown);
    CHECK(world.available() == "987.5");
}

SCENARIO("a repeat outside the rail's idempotency window is left to a person", "[payments]") {
    SagaWorld world("1000");
    world.rail.capabilities_to_set().idempotency_window_ms = 1000;
    const auto begun = world.commit_a("12.50");
    world.clock.advance(2000);
    world.host().runner.start();
    world.executor.advance(20'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
}

SCENARIO("a first answer that proves it was not sent lets the same bytes go out at once", "[payments]") {
    SagaWorld world("1000");
    world.rail.next_submissions({Submission::retry, Submission::settle});
    const auto id = world.pay("12.50");
    world.executor.advance(1000);
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(id)) == 1);
}

SCENARIO("a payment that is proven unsent waits as scheduled, and is sent when the rail is back", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    world.rail.next_submissions({Submission::retry, Submission::retry, Submission::retry});
    const auto id = world.pay("12.50");
    world.executor.advance(600);
    CHECK(world.payment(id).state == PaymentState::scheduled);
    world.host().runner.start();
    world.executor.advance(5'000);
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(id)) == 1);
}

SCENARIO("what the rail refuses at the first send gives its funds back", "[payments]") {
    SagaWorld world("1000");
    world.rail.next_submissions({Submission::refuse});
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).state == PaymentState::failed);
    CHECK(world.invoice_of(id).status == InvoiceStatus::failed);
    CHECK(world.available() == "1000");
    CHECK(world.books_equal_rail());
}

SCENARIO("a late settlement is waited for, however long it takes", "[payments]") {
    SagaWorld world("1000");
    world.rail.usual_submission(Submission::pending);
    const auto id = world.pay("12.50");
    CHECK(world.payment(id).state == PaymentState::pending);
    CHECK(world.available() == "987.5");
    CHECK(world.booked() == "1000");
    world.host().runner.start();
    world.executor.advance(10'000);
    CHECK(world.payment(id).state == PaymentState::pending);
    world.rail.settle(SagaWorld::at_rail(id));
    world.executor.advance(120'000);
    CHECK(world.payment(id).state == PaymentState::settled);
    CHECK(world.books_equal_rail());
}

SCENARIO("another host takes over a payment whose host died after Commit A, and asks the rail first", "[payments]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    auto& second = world.add_host("host-2");
    second.runner.start();
    world.executor.advance(4'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);  // the lease still holds
    world.executor.advance(3'000);
    CHECK(world.rail.lookups(SagaWorld::at_rail(begun.id)) >= 1);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO("a process that stalls between deciding and sending pays no second time when it wakes up", "[payments]") {
    const bool idempotent = GENERATE(true, false);
    SagaWorld world("1000");
    world.rail.idempotent(idempotent);
    Completion<bool> wake(world.executor);
    bool first = true;
    world.rail.before_submit([&](std::string) -> Task<> {
        if (!std::exchange(first, false)) co_return;
        co_await wake;
    });
    const auto begun = world.commit_a("12.50");
    world.host().runner.adopt(begun.id, begun.lease);  // stalls inside submit; its lease is not renewed
    world.executor.run_until_idle();
    auto& second = world.add_host("host-2");
    second.runner.start();
    world.executor.advance(8'000);
    const auto id = SagaWorld::at_rail(begun.id);
    if (idempotent) {
        CHECK(world.payment(begun.id).state == PaymentState::settled);
    } else {
        CHECK(world.payment(begun.id).needs_human);
        CHECK(world.rail.paid(id) == 0);
    }
    wake.set(true);
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(id) == 1);
    CHECK(world.books_equal_rail());
    CHECK(world.available() == "987.5");
}

SCENARIO("a host that comes to its first send only after another took the payment over sends nothing", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    const auto begun = world.commit_a("12.50");
    auto& second = world.add_host("host-2");
    second.runner.start();
    world.executor.advance(8'000);
    CHECK(world.payment(begun.id).needs_human);
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.advance(60'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
    CHECK(world.available() == "987.5");
}

SCENARIO("a cancel that was requested before the first send is honoured, and nothing is sent", "[payments]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    world.request_cancel(begun.id);
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.run_until_idle();
    CHECK(world.payment(begun.id).state == PaymentState::cancelled);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.available() == "1000");
}

SCENARIO("a cancel after a possible send voids nothing without the rail's final word", "[payments]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    world.request_cancel(begun.id);
    world.host().runner.start();  // the lease ends, and the payment is taken over: it may have been sent
    world.executor.advance(20'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
    CHECK(world.available() == "987.5");
}

SCENARIO("a paused treasury sends nothing, and goes on when it is released", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    const auto begun = world.commit_a("12.50");
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease);
    world.host().runner.start();
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::scheduled);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    world.pause(false);
    world.executor.advance(60'000);
    CHECK(world.payment(begun.id).state == PaymentState::settled);
    CHECK(world.rail.paid(SagaWorld::at_rail(begun.id)) == 1);
}

SCENARIO("a host works on as many payments at once as it may, and the others wait their turn", "[payments]") {
    SagaWorld world;
    world.rail.idempotent(false);
    payments::SagaSettings two;
    two.max_active = 2;
    auto& host = world.add_host("host-2", two);
    std::vector<SagaWorld::Begun> begun;
    for (int i = 0; i < 5; ++i) begun.push_back(world.commit_a("10", &host));
    world.rail.latency(Millis{1000});
    std::vector<std::string> ids;
    for (const auto& one : begun) {
        REQUIRE(one.committed.ok());
        host.runner.adopt(one.id, one.lease);
        ids.push_back(one.id);
    }
    world.executor.run_until_idle();
    CHECK(host.runner.active() == 2);
    const auto in_state = [&](PaymentState state) {
        return std::count_if(ids.begin(), ids.end(), [&](const auto& id) { return world.payment(id).state == state; });
    };
    WHEN("nothing stops it") {
        world.executor.advance(3500);
        CHECK(in_state(PaymentState::settled) == 5);
        CHECK(host.runner.active() == 0);
    }
    WHEN("the host is stopped") {
        host.runner.stop();
        world.executor.advance(1500);
        THEN("those that waited are put down as unsent, and another host pays them without asking a person") {
            CHECK(in_state(PaymentState::settled) == 2);
            CHECK(in_state(PaymentState::scheduled) == 3);
            world.host().runner.start();
            world.executor.advance(60'000);
            CHECK(in_state(PaymentState::settled) == 5);
            CHECK(world.rail.moved() == 5);
        }
    }
}

SCENARIO("200 payments against funds for 100 reserve exactly 100", "[payments]") {
    SagaWorld world("1000");
    unsigned begun = 0, refused = 0;
    for (int i = 0; i < 200; ++i) {
        const auto payment = world.commit_a("10");
        if (payment.committed.ok()) {
            ++begun;
            world.host().runner.adopt(payment.id, payment.lease);
        } else {
            ++refused;
            CHECK(payment.committed.lost == ledger::funds_label);
        }
    }
    world.executor.run_until_idle();
    CHECK(begun == 100);
    CHECK(refused == 100);
    CHECK(world.rail.moved() == 100);
    CHECK(world.available() == "0");
    CHECK(world.books_equal_rail());
}

SCENARIO("what the books say after a storm of answers is what moved at the rail", "[payments]") {
    const auto seed = GENERATE(take(20, random(1, 1'000'000)));
    INFO("seed " << seed);
    support::SeededRandom dice(static_cast<std::uint64_t>(seed));
    SagaWorld world("10000");
    world.rail.idempotent(dice.below(2) == 0);
    auto& second = world.add_host("host-2");
    world.host().runner.start();
    second.runner.start();
    std::vector<std::string> ids;
    for (int i = 0; i < 40; ++i) {
        constexpr Submission answers[] = {Submission::settle,
                                          Submission::pending,
                                          Submission::refuse,
                                          Submission::unknown_applied,
                                          Submission::unknown_not_applied,
                                          Submission::retry};
        world.rail.next_submissions({answers[dice.below(6)]});
        auto& on = dice.below(2) ? world.host() : second;
        const auto begun = world.commit_a("10", &on);
        ids.push_back(begun.id);
        if (dice.below(4) != 0) on.runner.adopt(begun.id, begun.lease);  // else its host died here
        if (dice.below(3) == 0) world.rail.fail_reads(static_cast<unsigned>(dice.below(5)));
        world.executor.advance(static_cast<UnixMillis>(dice.below(3000)));
    }
    world.rail.settle_after(Millis{0});
    world.executor.advance(3'600'000);
    for (const auto& id : ids) {
        INFO("payment " << id << " " << to_string(world.payment(id).state) << " " << world.payment(id).reason);
        CHECK(world.rail.paid(SagaWorld::at_rail(id)) <= 1);
        CHECK((is_final(world.payment(id).state) || world.payment(id).needs_human));
    }
    CHECK(world.books_equal_rail());
}

SCENARIO("a rail that has a payment, and can, is asked to cancel it", "[payments]") {
    SagaWorld world("1000");
    const bool can = GENERATE(true, false);
    world.rail.capabilities_to_set().cancel = can;
    world.rail.usual_submission(Submission::pending);
    const auto id = world.pay("12.50");
    world.request_cancel(id);
    world.host().runner.start();
    world.executor.advance(10'000);
    if (can) {
        CHECK(world.payment(id).state == PaymentState::cancelled);
        CHECK(world.available() == "1000");
        CHECK(world.open_jobs() == 0);
    } else {
        CHECK(world.payment(id).state == PaymentState::pending);
        world.rail.settle(SagaWorld::at_rail(id));
        world.executor.advance(120'000);
        CHECK(world.payment(id).state == PaymentState::settled);
    }
    CHECK(world.books_equal_rail());
}

SCENARIO("a payment that cannot be read is told of, and not looked at again and again", "[payments]") {
    SagaWorld world("1000");
    std::vector<std::string> told;
    world.host().saga.on_trouble([&](const std::string& id, const std::string& what) { told.push_back(id + what); });
    const auto begun = world.commit_a("12.50");
    UnitOfWork unit = world.host().store.begin();
    unit.put(Payment::collection, begun.id, "{}", {}, ATR_VER_ANY, "damage");
    REQUIRE(world.executor.await(world.host().store.commit(std::move(unit))).ok());
    world.host().runner.start();
    world.executor.advance(600'000);
    CHECK(told.size() >= 5);
    CHECK(told.size() <= 12);
    CHECK(world.host().saga.counters().unreadable == told.size());
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
}
