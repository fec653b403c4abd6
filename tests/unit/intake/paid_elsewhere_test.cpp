// An invoice whose payment has ended unpaid may be said to be paid elsewhere: then it is a duplicate for ever.
#include "intake/paid_elsewhere.hpp"

#include <catch2/catch.hpp>

#include "reconcile/break_desk.hpp"
#include "tests/support/desk_world.hpp"

using namespace treasurer;
using intake::SubmitKind;
using payments::ResolveKind;

namespace {

struct Desk : support::DeskWorld {
    intake::PaidElsewhere elsewhere{host().store, clock};

    ResolveKind say(const std::string& payment_id, const std::string& by, const std::string& reference) {
        payments::ResolveRequest request;
        request.payment_id = payment_id;
        request.outcome = payments::resolution::paid_elsewhere;
        request.reference = reference;
        request.by = by;
        return executor.await(elsewhere.record(std::move(request))).kind;
    }
    /// An invoice that the rail refused to pay.
    intake::SubmitResult refused() {
        rail.next_submissions({support::Submission::refuse});
        auto out = submit({});
        REQUIRE(out.kind == SubmitKind::failed);
        return out;
    }
};

}  // namespace

SCENARIO("an invoice whose payment failed is recorded as paid elsewhere by two persons, and never paid again",
         "[intake]") {
    Desk desk;
    const auto refused = desk.refused();
    const std::string before = desk.booked();
    CHECK(desk.say(refused.payment.id, "rita", "cheque 17") == ResolveKind::proposed);
    CHECK(desk.say(refused.payment.id, "rita", "cheque 17") == ResolveKind::proposed);
    CHECK(desk.say(refused.payment.id, "paul", "cheque 18") == ResolveKind::proposed);
    CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::failed);
    CHECK(desk.say(refused.payment.id, "rita", "cheque 18") == ResolveKind::resolved);
    CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::paid_elsewhere);
    CHECK(desk.payment(refused.payment.id).state == PaymentState::failed);
    CHECK(desk.booked() == before);
    CHECK(desk.say(refused.payment.id, "paul", "cheque 18") == ResolveKind::already_final);
    const auto again = desk.submit({.extra = "a copy"});
    CHECK(again.kind == SubmitKind::duplicate);
    CHECK(again.duplicate_of == refused.invoice.id);
}

SCENARIO("an invoice that was submitted again is not what is paid elsewhere", "[intake]") {
    Desk desk;
    const auto refused = desk.refused();
    CHECK(desk.say(refused.payment.id, "rita", "cheque 17") == ResolveKind::proposed);
    const auto again = desk.submit({.extra = "a copy"});
    REQUIRE(again.kind == SubmitKind::paid);
    CHECK(desk.say(refused.payment.id, "paul", "cheque 17") == ResolveKind::not_open_to_it);
    CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::failed);
    CHECK(desk.say(again.payment.id, "rita", "cheque 17") == ResolveKind::already_final);
}

SCENARIO("an invoice whose payment failed here and moved at the rail is not paid again by itself", "[intake]") {
    Desk desk;
    const auto refused = desk.refused();
    reconcile::BreakRecord moved;
    moved.what.kind = reconcile::kind::moved_after_end;
    moved.what.rail = "bank";
    moved.what.event_id = "event-9";
    moved.what.payment_id = refused.payment.id;
    moved.what.amount = refused.payment.amount;
    moved.what.correction = {"expenses:vendor:acme", refused.payment.amount, false};
    moved.id = reconcile::break_id(moved.what);
    UnitOfWork unit = desk.host().store.begin();
    unit.create(moved);
    REQUIRE(desk.executor.await(desk.host().store.commit(std::move(unit))).ok());
    reconcile::BreakDesk breaks{desk.host().store, desk.assets, desk.clock, desk.elsewhere};
    const auto two_say = [&](const std::string& action) {
        for (const char* by : {"rita", "paul"}) desk.executor.await(breaks.resolve({moved.id, action, "", by}));
    };
    GIVEN("the break is open, or explained") {
        if (GENERATE(false, true)) two_say("explained");
        const auto again = desk.submit({.extra = "a copy"});
        REQUIRE(again.kind == SubmitKind::waiting_approval);
        CHECK(again.reason.find(moved.id) != std::string::npos);
    }
    GIVEN("it is booked") {
        two_say("book");
        CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::paid);
        const auto again = desk.submit({.extra = "a copy"});
        CHECK(again.kind == SubmitKind::duplicate);
        CHECK(again.duplicate_of == refused.invoice.id);
    }
}
