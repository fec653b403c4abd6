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
    world.host().runner.adopt(begun.id, begun.lease_token);  // stalls inside submit; its lease is not renewed
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
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.executor.advance(60'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
    CHECK(world.available() == "987.5");
}

SCENARIO("a cancel that was requested before the first send is honoured, and nothing is sent", "[payments]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    world.request_cancel(begun.id);
    world.host().runner.adopt(begun.id, begun.lease_token);
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
    world.host().runner.adopt(begun.id, begun.lease_token);
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
        host.runner.adopt(one.id, one.lease_token);
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
            world.host().runner.adopt(payment.id, payment.lease_token);
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
        if (dice.below(4) != 0) on.runner.adopt(begun.id, begun.lease_token);  // else its host died here
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

}  // namespace

SCENARIO("a store in quarantine sends nothing, and goes on when it is released", "[payments][quarantine]") {
    SagaWorld world("1000");
    begin_life(world, "");
    const auto begun = world.commit_a("12.50");
    world.host().runner.adopt(begun.id, begun.lease_token);
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
    const auto begun = world.commit_a("12.50");
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.executor.run_until_idle();
    REQUIRE(world.payment(begun.id).state == PaymentState::scheduled);
    world.pause(false);
    GIVEN("the copied store's source sent it after the copy was made") {
        RailPort& rail = world.rail;
        atr::RailPayment sent;
        sent.payment_id = SagaWorld::at_rail(begun.id);
        sent.source_account = "treasury";
        sent.money = *atr::Money::parse("12.50", "MNEE");
        sent.creditor_json = R"({"address":"0x1234567890abcdef1234567890abcdef12345678","name":"Acme Hosting"})";
        REQUIRE(world.executor.await(rail.submit(sent, world.payment(begun.id).prepared_blob, {})));
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
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.executor.advance(5'000);
    CHECK(world.rail.submitted(SagaWorld::at_rail(begun.id)) == 0);
    CHECK(world.payment(begun.id).needs_human);
}

// ------------------------------------------------------------------------------------------------ repeats

namespace {

payments::ResolveRequest word_of(const std::string& person, const std::string& payment_id) {
    payments::ResolveRequest out;
    out.payment_id = payment_id;
    out.outcome = payments::resolution::not_paid;
    out.by = person;
    return out;
}

/// A clock that is wrong by so much.
class WrongClock final : public Clock {
public:
    WrongClock(const Clock& right, UnixMillis error) : right_(right), error_(error) {}
    UnixMillis unix_ms() const override { return right_.unix_ms() + error_; }

private:
    const Clock& right_;
    const UnixMillis error_;
};

Task<bool> ended(Task<> task) {
    co_await task;
    co_return true;
}

payments::Lease lease_of(std::uint64_t token, const std::string& worker) {
    payments::Lease out;
    out.token = token;
    out.worker = worker;
    return out;
}

}  // namespace

SCENARIO("a host that stalls before it repeats a send sends nothing once others have decided", "[payments]") {
    SagaWorld world("1000");
    world.rail.idempotent(false);
    payments::SagaSettings stalls;
    stalls.backoff_initial = Millis(60'000);  // between the proof that nothing arrived and the repeat
    auto& stalled = world.add_host("stalled", stalls);
    world.rail.next_submissions({Submission::retry, Submission::settle});
    const auto begun = world.commit_a("12.50", &stalled);
    stalled.runner.adopt(begun.id, begun.lease_token);  // its lease is not renewed
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
    const auto begun = world.commit_a("12.50");
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.executor.run_until_idle();
    REQUIRE(world.payment(begun.id).state == PaymentState::scheduled);
    world.pause(false);
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
    wrong.runner.adopt(begun.id, begun.lease_token);
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

// ------------------------------------------------------------------------------------------------ in time or never

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
    world.host().runner.adopt(begun.id, begun.lease_token);
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
    const auto begun = world.commit_a("12.50");
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.executor.run_until_idle();
    REQUIRE(world.payment(begun.id).state == PaymentState::scheduled);
    world.clock.advance(2 * 900'000 + 60'000);  // since Commit A, all of the time that people are kept waiting
    world.pause(false);
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
    world.host().runner.adopt(begun.id, begun.lease_token);
    world.host().runner.start();
    world.executor.advance(200'000);  // past the moment that these books know
    CHECK(world.payment(begun.id).state == PaymentState::unknown);
    CHECK_FALSE(world.payment(begun.id).needs_human);
    CHECK(world.payment(begun.id).not_after_ms == lost_ms + 900'000);
    world.executor.advance(900'000);
    CHECK(world.payment(begun.id).state == PaymentState::failed);
    CHECK(world.available() == "1000");
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

// ------------------------------------------------------------------------------------------------ cancelled at the
// rail

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

// ------------------------------------------------------------------------------------------------ what cannot go on

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
