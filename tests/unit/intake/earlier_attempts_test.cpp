// An invoice that came before and ended unpaid: what is told of it, also where it turns out that it was paid.
#include "reconcile/break_record.hpp"
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace treasurer;
using namespace treasurer::intake;
using support::DeskWorld;

namespace {

/// From now on policy pays nothing unasked.
void ask_about_everything(DeskWorld& world) {
    auto policy = world.policy();
    policy.auto_approval_limit = 1;
    world.store_one(policy);
}

/// An invoice that the rail refused to pay.
SubmitResult refused(DeskWorld& world, const DeskWorld::Text& text = {}) {
    world.rail.next_submissions({support::Submission::refuse});
    auto out = world.submit(text);
    REQUIRE(out.kind == SubmitKind::failed);
    return out;
}

/// What reconciliation keeps of a payment that has ended unpaid and moved all the same.
void find_it_moved(DeskWorld& world, const Payment& payment) {
    reconcile::BreakRecord moved;
    moved.what.kind = reconcile::kind::moved_after_end;
    moved.what.rail = payment.rail;
    moved.what.amount = payment.amount;
    moved.what.payment_id = payment.id;
    moved.id = reconcile::break_id(moved.what);
    world.store_one(moved);
}

bool says(const Approval& approval, const std::string& text) {
    return std::any_of(approval.reasons.begin(), approval.reasons.end(),
                       [&](const Reason& reason) { return reason.detail.find(text) != std::string::npos; });
}

}  // namespace

SCENARIO("what a person rejects is not paid, and may be submitted anew, to a person", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.amount = "1500"});
    const auto hash = world.approval(result.invoice.approval_id).payload_hash;
    const auto rejected = world.executor.await(world.desks.approvals.reject(
        {.approval_id = result.invoice.approval_id, .by = "anna", .payload_hash = hash, .reason = "wrong"}));
    CHECK(rejected.kind == ApprovalKind::done);
    CHECK(world.invoice_of(result.payment.id).status == InvoiceStatus::rejected);
    auto policy = world.policy();
    policy.auto_approval_limit = 5000;
    world.store_one(policy);
    const auto again = world.submit({.amount = "1500", .extra = "document_type: reminder\n"});
    CHECK(again.kind == SubmitKind::waiting_approval);
    CHECK(again.reason == policy::was_rejected_as(result.invoice.id));  // before anything else that asks
    CHECK(again.invoice.thought.find("not seen before") == std::string::npos);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("an invoice that ended unpaid may come again, and is not called new", "[intake]") {
    DeskWorld world;
    const auto first = refused(world);
    const auto again = world.submit({});
    CHECK(again.kind == SubmitKind::paid);
    CHECK(again.invoice.thought.find("submitted before as " + first.invoice.id + ", which ended unpaid") !=
          std::string::npos);
}

SCENARIO("an attempt that ended unpaid and turned out to be paid is told, though a later one has taken over its claims",
         "[intake]") {
    DeskWorld world;
    const auto first = refused(world);
    const auto other = refused(world, {.number = "INV-2"});
    GIVEN("a later one that waited meanwhile") {
        ask_about_everything(world);
        const auto second = world.submit({.extra = "note: again\n"});
        REQUIRE(second.kind == SubmitKind::waiting_approval);
        const std::string& id = second.invoice.approval_id;
        REQUIRE_FALSE(says(world.approval(id), first.payment.id));
        WHEN("it is approved") {
            find_it_moved(world, first.payment);
            CHECK(world.approve(id).kind == ApprovalKind::payload_changed);
            CHECK(says(world.approval(id), first.payment.id));
            CHECK(world.rail.moved() == 0);
            CHECK(world.approve(id).standing.kind == SubmitKind::paid);  // a person has said that it is owed as well
        }
        WHEN("what moved was another invoice's") {
            find_it_moved(world, other.payment);
            CHECK(world.approve(id).standing.kind == SubmitKind::paid);
        }
        WHEN("what is stored of a payment that moved cannot be read") {
            Payment lost;
            lost.id = "lost";
            find_it_moved(world, lost);
            atr::Op op;
            op.op = ATR_OP_PUT;
            op.record.collection = Payment::collection;
            op.record.key = lost.id;
            op.record.body = "{}";
            std::vector<atr::Batch> batches(1);
            batches[0].ops.push_back(op);
            REQUIRE(world.executor.await(world.storage.commit(batches, {})).front().outcome == atr::Outcome::ok);
            CHECK(world.approve(id).kind == ApprovalKind::payload_changed);
            CHECK(says(world.approval(id), "cannot be read"));
            CHECK(world.approve(id).standing.kind == SubmitKind::paid);
        }
    }
    GIVEN("a later one that ended unpaid as well") {
        refused(world, {.extra = "note: again\n"});
        find_it_moved(world, first.payment);
        const auto third = world.submit({.extra = "note: and again\n"});
        CHECK(third.kind == SubmitKind::waiting_approval);
        CHECK(third.reason.find(first.payment.id) != std::string::npos);
        CHECK(world.rail.moved() == 0);
    }
}

SCENARIO("a scan that turned out to be paid is told of to the copy with a number, whatever came between", "[intake]") {
    DeskWorld world;
    const auto scan = world.submit({.number = ""});
    world.rail.next_submissions({support::Submission::refuse});
    REQUIRE(world.approve(scan.invoice.approval_id).standing.kind == SubmitKind::failed);
    const auto same_bytes = world.submit({.number = ""});
    REQUIRE(same_bytes.kind == SubmitKind::waiting_approval);
    world.executor.advance(8LL * 86'400'000);
    REQUIRE(world.approve(same_bytes.invoice.approval_id).kind == ApprovalKind::expired);
    find_it_moved(world, scan.payment);
    const auto numbered = world.submit({.number = "A-1"});
    CHECK(numbered.kind == SubmitKind::waiting_approval);
    CHECK(numbered.reason.find(scan.payment.id) != std::string::npos);
    CHECK(world.rail.moved() == 0);
}
