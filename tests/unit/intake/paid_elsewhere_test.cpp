// An invoice whose payment has ended unpaid may be said to be paid elsewhere: then it is a duplicate for ever.
#include "intake/paid_elsewhere.hpp"

#include <catch2/catch.hpp>

#include "reconcile/break_desk.hpp"
#include "tests/support/desk_world.hpp"
#include "tests/support/put_user.hpp"

using namespace treasurer;
using intake::SubmitKind;
using payments::ResolveKind;

namespace {

struct Desk : support::DeskWorld {
    intake::PaidElsewhere elsewhere{host().store, clock};

    Task<payments::ResolveResult> saying(const std::string& payment_id, const std::string& by,
                                         const std::string& reference) {
        payments::ResolveRequest request;
        request.payment_id = payment_id;
        request.outcome = payments::resolution::paid_elsewhere;
        request.reference = reference;
        request.by = by;
        return elsewhere.record(std::move(request));
    }
    ResolveKind say(const std::string& payment_id, const std::string& by, const std::string& reference) {
        return executor.await(saying(payment_id, by, reference)).kind;
    }
    void put_user(const std::string& name, bool disabled = false) {
        support::put_user(executor, host().store, name, {"approver"}, disabled);
    }
    /// The second person's word and a resubmission at one moment: both have read before either has committed, and the
    /// person's unit comes first.
    std::pair<ResolveKind, SubmitKind> say_while_submitting(const std::string& payment_id, const Text& again) {
        auto& other = add_host("host-2");
        support::Desks second(other, rails, assets, clock, parser);
        TaskScope scope(executor);
        std::optional<ResolveKind> said;
        std::optional<SubmitKind> submitted;
        const auto vote = [](Desk& desk, std::string id, std::optional<ResolveKind>& out) -> Task<> {
            payments::ResolveRequest request;
            request.payment_id = std::move(id);
            request.outcome = payments::resolution::paid_elsewhere;
            request.reference = "cheque 17";
            request.by = "paul";
            Task<payments::ResolveResult> task = desk.elsewhere.record(std::move(request));
            const payments::ResolveResult result = co_await task;
            out = result.kind;
        };
        const auto submit_again = [](Desk& desk, intake::InvoiceDesk& invoices, std::string text,
                                     std::optional<SubmitKind>& out) -> Task<> {
            Task<intake::SubmitResult> task = invoices.submit(desk.submission(text));
            const intake::SubmitResult result = co_await task;
            out = result.kind;
        };
        scope.spawn(vote(*this, payment_id, said));
        scope.spawn(submit_again(*this, second.invoices, again.written(), submitted));
        executor.run_until([&] { return said && submitted; });
        executor.run_until([&] { return scope.running() == 0; });
        return {*said, *submitted};
    }
    /// An invoice that the rail refused to pay.
    intake::SubmitResult refused(const Text& text = {}) {
        rail.next_submissions({support::Submission::refuse});
        auto out = submit(text);
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

SCENARIO("an invoice whose money turned out to have moved is paid, and stays so whatever persons say", "[intake]") {
    Desk world;
    const auto failed = world.refused();
    Invoice paid = world.invoice_of(failed.payment.id);
    paid.status = InvoiceStatus::paid;  // as booking the break does
    world.store_one(paid);
    for (const char* person : {"rita", "paul"})
        CHECK(world.say(failed.payment.id, person, "cheque 17") == ResolveKind::already_final);
    CHECK(world.invoice_of(failed.payment.id).status == InvoiceStatus::paid);
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

SCENARIO("a resubmission that took the invoice for unpaid is not paid once two persons have said that it was paid",
         "[intake]") {
    Desk desk;
    const auto refused = desk.refused();
    REQUIRE(desk.say(refused.payment.id, "rita", "cheque 17") == ResolveKind::proposed);
    const std::size_t moved = desk.rail.moved();
    GIVEN("a copy that policy would pay") {
        const auto [said, submitted] = desk.say_while_submitting(refused.payment.id, {.extra = "a copy"});
        CHECK(said == ResolveKind::resolved);
        CHECK(submitted == SubmitKind::duplicate);
    }
    GIVEN("a copy that has to wait for a person") {
        auto policy = desk.policy();
        policy.auto_approval_limit = 1;
        desk.store_one(policy);
        const auto [said, submitted] = desk.say_while_submitting(refused.payment.id, {.extra = "a copy"});
        CHECK(said == ResolveKind::resolved);
        CHECK(submitted == SubmitKind::duplicate);
    }
    GIVEN("a copy that shares no more than its digits, which only raise a question") {
        const auto [said, submitted] = desk.say_while_submitting(refused.payment.id, {.number = "RE-1"});
        CHECK(said == ResolveKind::resolved);
        CHECK(submitted == SubmitKind::waiting_approval);
    }
    CHECK(desk.rail.moved() == moved);
    CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::paid_elsewhere);
}

SCENARIO("a resubmission under the vendor's other name is not paid either", "[intake]") {
    Desk desk;
    // Read under a name that only became Acme's when the vendor master learnt of it.
    const auto early = desk.submit({.number = "ZX-1", .vendor = "Globex Int"});
    REQUIRE(early.kind == SubmitKind::waiting_approval);
    desk.executor.advance(8LL * 86'400'000);
    REQUIRE(desk.approve(early.invoice.approval_id).kind == intake::ApprovalKind::expired);
    REQUIRE(desk.say(early.payment.id, "rita", "cheque 17") == ResolveKind::proposed);
    intake::NewVendor globex;
    globex.name = "Globex Corp";
    globex.aliases = {"Globex Int"};
    globex.accounts.push_back({"bank", "MNEE", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd"});
    REQUIRE(desk.executor.await(desk.desks.vendors.add(globex, "admin", "r")));
    const auto [said, submitted] =
        desk.say_while_submitting(early.payment.id, {.number = "ZX-1", .vendor = "Globex Corp", .extra = "a copy"});
    CHECK(said == ResolveKind::resolved);
    CHECK(submitted == SubmitKind::duplicate);
    CHECK(desk.rail.moved() == 0);
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

SCENARIO("who may not decide any more does not close an invoice, as the first or as the second", "[intake]") {
    Desk desk;
    for (const char* name : {"anna", "otto"}) desk.put_user(name);
    const auto refused = desk.refused();
    CHECK(desk.say(refused.payment.id, "anna", "cheque 17") == ResolveKind::proposed);
    GIVEN("the first was disabled before the second speaks") {
        desk.put_user("anna", true);
        CHECK(desk.say(refused.payment.id, "anna", "cheque 17") == ResolveKind::not_entitled);
        CHECK(desk.say(refused.payment.id, "otto", "cheque 17") == ResolveKind::proposed);
        CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::failed);
        CHECK(desk.say(refused.payment.id, "rita", "cheque 17") == ResolveKind::resolved);
    }
    GIVEN("one of them is disabled while the second speaks") {
        const std::string gone = GENERATE("anna", "otto");
        const auto said = support::await_while_disabling(desk.executor, desk.host().store, gone,
                                                         desk.saying(refused.payment.id, "otto", "cheque 17"));
        CHECK(said.kind == (gone == "anna" ? ResolveKind::proposed : ResolveKind::not_entitled));
        CHECK(desk.invoice_of(refused.payment.id).status == InvoiceStatus::failed);
    }
}
