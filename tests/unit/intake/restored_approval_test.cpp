// An approval that the store has forgotten was given: what waits in restored books is not closed as never paid.
#include "intake/approval_expiry.hpp"
#include "reconcile/ledger_verify.hpp"
#include "records/store_records.hpp"
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using intake::ApprovalKind;
using intake::SubmitKind;

namespace {

struct Restored : support::DeskWorld {
    explicit Restored(bool reserves = false) {
        auto now = policy();
        now.approval_reserves_funds = reserves;
        now.approval_expiry_ms = 60'000;
        store_one(now);
    }
    /// The store goes back to what remember() kept, under a life of its own.
    void restore(bool in_quarantine = true) {
        storage.forget();
        begin_life(in_quarantine);
    }
    void begin_life(bool in_quarantine) {
        auto found = executor.await(host().store.find<Quarantine>(std::string(Quarantine::key)));
        Quarantine now = found->value_or(Quarantine{});
        now.active = in_quarantine;
        now.life = "life-2";
        store_one(now);
    }
    intake::SubmitResult waiting() {
        auto out = submit({.amount = "1500"});
        REQUIRE(out.kind == SubmitKind::waiting_approval);
        return out;
    }
    intake::ApprovalResult reject(const std::string& id) {
        return executor.await(
            desks.approvals.reject({.approval_id = id, .by = "anna", .payload_hash = approval(id).payload_hash}));
    }
    std::size_t expire() {
        intake::ApprovalExpiry expiry(host().store, desks.approvals, executor, clock);
        return *executor.await(expiry.run());
    }
    /// As hosts do that run: jobs that are due are taken.
    void run(UnixMillis ms) {
        if (!is_running) host().runner.start();
        is_running = true;
        executor.advance(ms);
    }
    std::vector<std::string> findings() { return executor.await(reconcile::verify_ledger(host().store))->findings; }
    bool is_running = false;
};

}  // namespace

SCENARIO("an approval that was given and paid before the store was restored is never closed as not paid",
         "[quarantine]") {
    const bool reserves = GENERATE(false, true), in_quarantine = GENERATE(true, false);
    Restored world(reserves);
    const auto waiting = world.waiting();
    world.storage.remember();
    REQUIRE(world.approve(waiting.invoice.approval_id).standing.kind == SubmitKind::paid);
    world.restore(in_quarantine);
    REQUIRE(world.payment(waiting.payment.id).state == PaymentState::waiting_approval);
    INFO("reserved: " << reserves << ", in quarantine: " << in_quarantine);
    WHEN("its time passes") {
        world.clock.advance(60'001);
        CHECK(world.expire() == 1);
        CHECK(world.approval(waiting.invoice.approval_id).status == "expired");
    }
    WHEN("somebody looks at it when its time has passed") {
        world.clock.advance(60'001);
        CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::expired);
    }
    WHEN("a person rejects it") {
        CHECK(world.reject(waiting.invoice.approval_id).kind == ApprovalKind::done);
        CHECK(world.approval(waiting.invoice.approval_id).status == "rejected");
    }
    // Its rail is asked, and the invoice is paid in the books too.
    CHECK(world.payment(waiting.payment.id).state == PaymentState::unknown);
    CHECK(world.findings() == std::vector<std::string>{});
    CHECK(world.submit({.amount = "1500", .extra = "a copy"}).kind == SubmitKind::duplicate);
    world.run(60'000);
    CHECK(world.payment(waiting.payment.id).state == PaymentState::settled);
    CHECK(world.invoice_of(waiting.payment.id).status == InvoiceStatus::paid);
    CHECK(world.submit({.amount = "1500", .extra = "a copy"}).kind == SubmitKind::duplicate);
    CHECK(world.rail.moved() == 1);
    CHECK(world.books_equal_rail());
    CHECK(world.findings() == std::vector<std::string>{});
}

SCENARIO("a sender whose commits the store has lost does not write over what was decided since, at the same version",
         "[quarantine]") {
    Restored world;
    world.rail.max_fee("20");
    world.rail.next_submissions({support::Submission::unknown_not_applied});
    Completion<bool> goes_on(world.executor);
    world.rail.before_submit([&](const std::string&) -> Task<> { co_await goes_on; });
    const auto waiting = world.waiting();
    world.storage.remember();
    TaskScope scope(world.executor);
    const auto approve = [](Restored& in, std::string id) -> Task<> {
        intake::ApprovalRequest request{.approval_id = id, .by = "anna", .payload_hash = in.approval(id).payload_hash};
        Task<intake::ApprovalResult> approving = in.desks.approvals.approve(std::move(request));
        const intake::ApprovalResult out = co_await approving;
        (void)out;
    };
    scope.spawn(approve(world, waiting.invoice.approval_id));
    world.executor.run_until_idle();
    const Payment lost = world.payment(waiting.payment.id);
    REQUIRE(lost.state == PaymentState::prepared);
    REQUIRE(lost.held().to_string() == "1520 MNEE");
    world.restore();
    REQUIRE(world.reject(waiting.invoice.approval_id).kind == ApprovalKind::done);
    REQUIRE(world.payment(waiting.payment.id).version == lost.version);
    goes_on.set(true);
    world.executor.run_until_idle();
    const Payment now = world.payment(waiting.payment.id);
    CHECK(now.cancel_requested);
    CHECK(now.held().to_string() == "1500 MNEE");
    world.run(600'000);
    CHECK(world.payment(waiting.payment.id).state != PaymentState::settled);
    CHECK(world.findings() == std::vector<std::string>{});
    world.executor.run_until([&] { return scope.running() == 0; });
}

SCENARIO("a life that begins while an approval is being closed is seen by the unit that would close it",
         "[quarantine]") {
    Restored world;
    const auto waiting = world.waiting();
    const Approval asked = world.approval(waiting.invoice.approval_id);
    world.clock.advance(60'001);
    Quarantine begun;
    begun.life = "life-2";
    UnitOfWork unit = world.host().store.begin();
    unit.create(begun);
    TaskScope scope(world.executor);
    const auto begin = [](Store& store, UnitOfWork with) -> Task<> {
        Task<Committed> task = store.commit(std::move(with));
        const Committed committed = co_await task;
        CHECK(committed.ok());
    };
    const auto close = [](intake::ApprovalDesk& desk, Approval what, bool& closed) -> Task<> {
        Task<bool> task = desk.expire(std::move(what));
        closed = co_await task;
    };
    bool closed = false;
    scope.spawn(begin(world.host().store, std::move(unit)));
    scope.spawn(close(world.desks.approvals, asked, closed));
    world.executor.run_until([&] { return scope.running() == 0; });
    CHECK_FALSE(closed);
    CHECK(world.payment(waiting.payment.id).state == PaymentState::waiting_approval);
    CHECK(world.expire() == 1);
    CHECK(world.payment(waiting.payment.id).state == PaymentState::unknown);
}

SCENARIO("what nobody approved before the store was restored is not sent by its expiry, whatever the rail allows",
         "[quarantine]") {
    const bool is_idempotent = GENERATE(true, false);
    Restored world;
    world.rail.idempotent(is_idempotent);
    const auto waiting = world.waiting();
    world.begin_life(false);
    world.clock.advance(60'001);
    CHECK(world.expire() == 1);
    world.run(600'000);
    CHECK(world.rail.submitted(support::SagaWorld::at_rail(waiting.payment.id)) == 0);
    const Payment payment = world.payment(waiting.payment.id);
    CHECK(payment.state == PaymentState::unknown);
    CHECK(payment.needs_human);
    CHECK(world.submit({.amount = "1500", .extra = "a copy"}).kind == SubmitKind::duplicate);
}

SCENARIO("an approval of a payee that nobody knows is not closed in a restored store", "[quarantine]") {
    Restored world;
    const auto waiting = world.submit({.vendor = "Nobody Knows Ltd"});
    REQUIRE(waiting.kind == SubmitKind::waiting_approval);
    world.begin_life(false);
    CHECK(world.reject(waiting.invoice.approval_id).kind == ApprovalKind::in_doubt);
    world.clock.advance(60'001);
    CHECK(world.expire() == 0);
    CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::in_doubt);
    CHECK(world.payment(waiting.payment.id).state == PaymentState::waiting_approval);
    CHECK(world.approval(waiting.invoice.approval_id).status == "pending");
}

SCENARIO("of one invoice under two names that waits in a restored store either can be decided once its vendor is known",
         "[quarantine]") {
    Restored world(true);
    const std::string available = world.available();
    const auto first = world.submit({.number = "ZX-1", .vendor = "Globex Int"});
    const auto second = world.submit({.number = "ZX-1", .vendor = "Globex Corp"});
    world.begin_life(false);
    intake::NewVendor globex;
    globex.name = "Globex Corp";
    globex.aliases = {"Globex Int"};
    globex.accounts.push_back({"bank", "MNEE", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd"});
    REQUIRE(world.executor.await(world.desks.vendors.add(globex, "admin", "r")));
    CHECK(world.approve(first.invoice.approval_id).kind == ApprovalKind::payload_changed);
    CHECK(world.approve(first.invoice.approval_id).kind == ApprovalKind::obstacle);  // the other may have been paid
    CHECK(world.available() == available);
    CHECK(world.approval(first.invoice.approval_id).reasons.back().detail ==
          "no funds are reserved while it waits: it is the same invoice as " + second.invoice.id);
    CHECK(world.approve(second.invoice.approval_id).kind == ApprovalKind::payload_changed);
    CHECK(world.reject(second.invoice.approval_id).kind == ApprovalKind::done);
}

SCENARIO("what a person rejected goes to a person again, also when its rail was asked first", "[quarantine]") {
    Restored world;
    const auto waiting = world.waiting();
    world.begin_life(false);
    REQUIRE(world.reject(waiting.invoice.approval_id).kind == ApprovalKind::done);
    Payment ended = world.payment(waiting.payment.id);
    Invoice invoice = world.invoice_of(waiting.payment.id);
    ended.enter(PaymentState::cancelled, world.clock.unix_ms());  // as the saga ends it on the rail's final word
    invoice.status = InvoiceStatus::cancelled;
    world.store_one(ended);
    world.store_one(invoice);
    auto policy = world.policy();
    policy.auto_approval_limit = 5000;
    world.store_one(policy);
    const auto again = world.submit({.amount = "1500", .extra = "a copy"});
    CHECK(again.kind == SubmitKind::waiting_approval);
    CHECK(again.reason.find("a person rejected this invoice before") != std::string::npos);
}

SCENARIO("approvals that cannot be closed do not keep the sweep from those behind them", "[quarantine]") {
    Restored world;
    constexpr int more_than_a_page = 101;
    for (int i = 0; i < more_than_a_page; ++i)
        REQUIRE(world.submit({.number = "N-" + std::to_string(1000 + i), .vendor = "Nobody Knows Ltd"}).kind ==
                SubmitKind::waiting_approval);
    world.clock.advance(1);
    world.begin_life(false);
    const auto young = world.waiting();
    world.clock.advance(60'001);
    CHECK(world.expire() == 1);
    CHECK(world.approval(young.invoice.approval_id).status == "expired");
}
