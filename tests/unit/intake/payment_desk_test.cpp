// A cancel is a wish that is written into the payment's record, beside whoever works on the payment.
#include "intake/payment_desk.hpp"

#include "tests/support/saga_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::intake;
using support::SagaWorld;

SCENARIO("a cancel does not undo the end of a payment that it read as it was before commits were lost", "[intake]") {
    SagaWorld world("1000");
    const auto begun = world.commit_a("12.50");
    Payment as_read = world.payment(begun.id);
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.run_until_idle();
    const Payment ended = world.payment(begun.id);
    REQUIRE(ended.state == PaymentState::settled);
    as_read.version = ended.version;  // as it can be after a loss, whose numbers are given again
    world.store_one(as_read);
    PaymentDesk desk(world.host().store, world.clock);
    CHECK(world.executor.await(desk.request_cancel({.payment_id = begun.id, .by = "anna"})).kind ==
          CancelKind::unavailable);
    CHECK_FALSE(world.payment(begun.id).cancel_requested);
}
