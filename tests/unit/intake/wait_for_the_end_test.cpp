// How long an answer waits for a payment that the rail has accepted and not carried out yet.
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using intake::SubmitKind;
using support::DeskWorld;

namespace {

struct SlowRail : DeskWorld {
    SlowRail() { rail.usual_submission(support::Submission::pending); }
    ~SlowRail() {
        executor.advance(120'000);
        CHECK(books_equal_rail());
        for (auto* running : running_) running->runner.stop();
        executor.advance(120'000);
    }
    void run(support::SagaHost& runs) {
        runs.runner.start();
        running_.push_back(&runs);
    }
    /// What the submitter is told, and after how long.
    intake::SubmitResult submit_and_wait(Millis wait) {
        auto one = submission(Text{}.written());
        one.wait = wait;
        const UnixMillis began = clock.unix_ms();
        auto out = executor.await(desks.invoices.submit(one));
        took = Millis(clock.unix_ms() - began);
        return out;
    }
    Millis took{0};

private:
    std::vector<support::SagaHost*> running_;
};

}  // namespace

SCENARIO("an answer waits for a rail that settles within the wait", "[intake][wait]") {
    SlowRail world;
    world.run(world.host());
    world.rail.settle_after(Millis(2000));
    const auto told = world.submit_and_wait(Millis(10'000));
    CHECK(told.kind == SubmitKind::paid);
    CHECK(!told.payment.rail_reference.empty());
    CHECK(world.took >= Millis(2000));
    CHECK(world.took < Millis(3500));
}

SCENARIO("a rail that does not settle within the wait is waited for that long, and no longer", "[intake][wait]") {
    const auto wait = GENERATE(Millis(0), Millis(1), Millis(2500), Millis(10'000));
    CAPTURE(wait.count());
    SlowRail world;
    world.run(world.host());
    const auto told = world.submit_and_wait(wait);
    CHECK(told.kind == SubmitKind::processing);
    CHECK(told.payment.state == (wait > Millis(1) ? PaymentState::pending : told.payment.state));
    CHECK(world.took == wait);
    CHECK(world.rail.submitted(DeskWorld::at_rail(told.payment.id)) == 1);
    world.rail.settle(DeskWorld::at_rail(told.payment.id));
}

SCENARIO("a clock that is set back keeps nobody waiting for ever", "[intake][wait]") {
    SlowRail world;
    bool stands_still = true;
    std::function<void()> set_back = [&] {
        if (!stands_still) return;
        world.clock.advance(-1000);
        world.executor.post_after(Millis(1000), set_back);
    };
    world.executor.post_after(Millis(1000), set_back);
    CHECK(world.submit_and_wait(Millis(3000)).kind == SubmitKind::processing);
    stands_still = false;
}

SCENARIO("the end that another host brings about is seen within about a second", "[intake][wait]") {
    SlowRail world;
    auto& other = world.add_host("host-2");
    world.run(other);  // and the first host takes nothing over
    world.rail.settle_after(Millis(3000));
    const auto told = world.submit_and_wait(Millis(10'000));
    CHECK(told.kind == SubmitKind::paid);
    CHECK(world.took < Millis(5500));
}

SCENARIO("a payment that a person has to look at, or that is not sent yet, is told at once", "[intake][wait]") {
    const auto answer = GENERATE(support::Submission::retry, support::Submission::unknown_not_applied);
    SlowRail world;
    world.rail.usual_submission(answer);
    world.rail.fail_reads(1000);
    const auto told = world.submit_and_wait(Millis(10'000));
    CHECK(told.kind == SubmitKind::processing);
    CHECK(told.payment.state != PaymentState::pending);
    CHECK(world.took < Millis(2000));
}

SCENARIO("a host that stops answers who waits for a rail at once, and who waits for a send within a few seconds",
         "[intake][wait]") {
    const bool is_being_sent = GENERATE(false, true);
    SlowRail world;
    world.run(world.host());
    if (is_being_sent)
        world.rail.before_submit([&](std::string) -> Task<> { co_await delay(world.executor, Millis(30'000)); });
    world.executor.post_after(Millis(1500), [&] { world.host().runner.waiters().close(); });
    const auto told = world.submit_and_wait(Millis(20'000));
    CHECK(told.kind == SubmitKind::processing);
    CHECK(told.payment.state == (is_being_sent ? PaymentState::prepared : PaymentState::pending));
    CHECK(world.took >= Millis(1500));
    CHECK(world.took <= Millis(is_being_sent ? 5000 : 1500));
}

SCENARIO("no more wait for a rail than payments are worked on at once, and who waits already goes on",
         "[intake][wait]") {
    SlowRail world;
    world.run(world.host());
    auto& waiters = world.host().runner.waiters();
    const std::size_t most = world.host().runner.most_at_once();
    std::vector<payments::Waiters::Place> others;
    while (auto place = waiters.take_place(most - 1)) others.push_back(std::move(*place));
    CHECK(others.size() == most - 1);
    WHEN("one place is left") {
        world.rail.settle_after(Millis(3000));
        world.executor.post_after(Millis(1500), [&] { CHECK(!waiters.take_place(most)); });
        CHECK(world.submit_and_wait(Millis(10'000)).kind == SubmitKind::paid);
        CHECK(waiters.take_place(most));  // it was given back
    }
    WHEN("none is left") {
        const auto last = waiters.take_place(most);
        const auto told = world.submit_and_wait(Millis(10'000));
        CHECK(told.kind == SubmitKind::processing);
        CHECK(told.payment.state == PaymentState::pending);
        CHECK(world.took < Millis(1000));
    }
}

SCENARIO("a rail is asked about once a second for as long as somebody waits, and ever less often afterwards",
         "[intake][wait]") {
    SlowRail world;
    world.run(world.host());
    const auto told = world.submit_and_wait(Millis(30'000));
    REQUIRE(told.kind == SubmitKind::processing);
    const std::string id = DeskWorld::at_rail(told.payment.id);
    const auto while_waited_for = world.rail.lookups(id);
    CHECK(while_waited_for >= 20);
    CHECK(while_waited_for <= 40);
    world.executor.advance(30'000);
    CHECK(world.rail.lookups(id) - while_waited_for <= 2);
    world.rail.settle(id);
}
