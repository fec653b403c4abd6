// Funds that are held while people decide: never twice, never free in between, and given back when nobody decides.
#include "payments/waiting_hold.hpp"
#include "intake/approval_expiry.hpp"
#include "payments/resolver.hpp"
#include "reconcile/ledger_verify.hpp"
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using intake::ApprovalKind;
using intake::SubmitKind;
using support::DeskWorld;

namespace {

struct Reserving : DeskWorld {
    explicit Reserving(const std::string& funds = "2000", bool reserves = true) : DeskWorld(funds) {
        auto now = policy();
        now.approval_reserves_funds = reserves;
        now.approval_expiry_ms = 60'000;
        store_one(now);
    }
    ~Reserving() {
        if (!is_damaged) CHECK(findings() == std::vector<std::string>{});
    }
    bool is_damaged = false;  ///< by the test itself, for good

    intake::SubmitResult wait_with(const std::string& amount, const std::string& number = "INV-1") {
        Text text;
        text.amount = amount;
        text.number = number;
        auto out = submit(text);
        REQUIRE(out.kind == SubmitKind::waiting_approval);
        return out;
    }
    /// What the approval says of reserved funds.
    std::string word(const std::string& approval_id) {
        for (const auto& reason : approval(approval_id).reasons)
            if (reason.rule == "reserve_funds") return reason.detail;
        return {};
    }
    intake::ApprovalKind reject(const std::string& id) {
        return executor
            .await(desks.approvals.reject({.approval_id = id, .by = "anna", .payload_hash = approval(id).payload_hash}))
            .kind;
    }
    std::size_t expire() {
        intake::ApprovalExpiry expiry(host().store, desks.approvals, executor, clock);
        return *executor.await(expiry.run());
    }
    std::vector<std::string> findings() { return executor.await(reconcile::verify_ledger(host().store))->findings; }
};

}  // namespace

SCENARIO("what waits for approval holds its funds, and nobody else spends them", "[reservation]") {
    Reserving world("1000");
    const auto waiting = world.wait_with("700");
    CHECK(world.available() == "300");
    CHECK(world.word(waiting.invoice.approval_id) == "700 MNEE is reserved until it is decided, or expires undecided");
    CHECK(world.findings().empty());

    DeskWorld::Text other;
    other.number = "INV-2";
    other.amount = "400";  // below the limit, and more than is left
    const auto second = world.submit(other);
    CHECK(second.kind == SubmitKind::waiting_approval);
    CHECK(world.word(second.invoice.approval_id) == "no funds are reserved while it waits: only 300 MNEE is available");
    CHECK(world.available() == "300");

    WHEN("it is approved") {
        const auto approved = world.approve(waiting.invoice.approval_id);
        THEN("its own hold counts as available to it, and becomes the payment's") {
            CHECK(approved.kind == ApprovalKind::done);
            CHECK(approved.standing.kind == SubmitKind::paid);
            CHECK(world.available() == "300");
            CHECK(world.books_equal_rail());
        }
    }
    WHEN("it is rejected") {
        CHECK(world.reject(waiting.invoice.approval_id) == ApprovalKind::done);
        THEN("its funds are free, and the other can be approved") {
            CHECK(world.available() == "1000");
            CHECK(world.approve(second.invoice.approval_id).standing.kind == SubmitKind::paid);
            CHECK(world.available() == "600");
        }
    }
    WHEN("nobody decides in time") {
        world.clock.advance(59'000);
        CHECK(world.expire() == 0);
        CHECK(world.available() == "300");
        world.clock.advance(1'001);
        CHECK(world.expire() == 2);
        THEN("its funds are free, and it may be submitted again") {
            CHECK(world.available() == "1000");
            CHECK(world.expire() == 0);
            CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::not_pending);
            CHECK(world.wait_with("700").invoice.id != waiting.invoice.id);
            CHECK(world.available() == "300");
        }
    }
    WHEN("an approver comes when it has expired, and nobody has swept") {
        world.clock.advance(60'000);
        CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::expired);
        CHECK(world.available() == "1000");
    }
    WHEN("two persons say that it was paid elsewhere") {
        payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
        for (const char* person : {"rita", "paul"}) {
            payments::ResolveRequest request;
            request.payment_id = waiting.payment.id;
            request.outcome = payments::resolution::paid_elsewhere;
            request.reference = "cheque 7";
            request.by = person;
            world.executor.await(resolver.resolve(request));
        }
        CHECK(world.payment(waiting.payment.id).state == PaymentState::cancelled);
        CHECK(world.available() == "1000");
    }
}

SCENARIO("where policy does not reserve, nothing is held before a person has decided", "[reservation]") {
    Reserving world("1000", false);
    const auto waiting = world.wait_with("700");
    CHECK(world.available() == "1000");
    CHECK(world.word(waiting.invoice.approval_id).empty());
    CHECK(world.approve(waiting.invoice.approval_id).standing.kind == SubmitKind::paid);
    CHECK(world.available() == "300");
}

SCENARIO("a payment that is under way keeps its funds when its approval's time has passed", "[reservation]") {
    Reserving world("1000");
    const auto waiting = world.wait_with("700");
    world.rail.next_submissions({support::Submission::unknown_applied});
    world.rail.visible_after(Millis{600'000});
    CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::done);
    CHECK(world.payment(waiting.payment.id).state == PaymentState::unknown);
    world.clock.advance(120'000);
    CHECK(world.expire() == 0);
    Approval as_if_asked = world.approval(waiting.invoice.approval_id);
    as_if_asked.status = "pending";  // as a host would see it that read it before it was given
    CHECK_FALSE(world.executor.await(world.desks.approvals.expire(as_if_asked)));
    CHECK(world.available() == "300");
    CHECK(world.payment(waiting.payment.id).state == PaymentState::unknown);
}

SCENARIO("when what would be paid changes, so does what is held for it", "[reservation]") {
    Reserving world("1000");
    const auto waiting = world.wait_with("700");
    const std::string vendor = world.payment(waiting.payment.id).creditor.vendor_id;
    REQUIRE(world.executor.await(
        world.desks.vendors.add_account(vendor, {"bank", "MNEE", "0xanother"}, Millis{0}, "admin", "r")));
    CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::payload_changed);
    CHECK(world.available() == "300");
    CHECK(world.findings().empty());
    CHECK(world.approve(waiting.invoice.approval_id).standing.kind == SubmitKind::paid);
    CHECK(world.available() == "300");
}

SCENARIO("an approval and its expiry at one moment: one of them is done, and the books know which", "[reservation]") {
    Reserving world("1000");
    const auto waiting = world.wait_with("700");
    const Approval asked = world.approval(waiting.invoice.approval_id);
    world.clock.advance(59'999);
    TaskScope scope(world.executor);
    std::optional<ApprovalKind> approved;
    const auto approving = [](Reserving& in, Approval what, std::optional<ApprovalKind>& out) -> Task<> {
        Task<intake::ApprovalResult> task = in.desks.approvals.approve(
            {.approval_id = what.id, .by = "anna", .payload_hash = what.payload_hash, .reason = {}, .request_id = {}});
        const intake::ApprovalResult done = co_await task;
        out = done.kind;
    };
    scope.spawn(approving(world, asked, approved));
    world.clock.advance(1);
    const bool expired = world.executor.await(world.desks.approvals.expire(asked));
    world.executor.run_until([&] { return approved.has_value(); });
    const bool paid = *approved == ApprovalKind::done;
    CHECK_FALSE((paid && expired));
    CHECK(world.available() == (paid ? "300" : "1000"));
    CHECK(world.payment(waiting.payment.id).state == (paid ? PaymentState::settled : PaymentState::cancelled));
    CHECK(world.books_equal_rail());
}

SCENARIO("damage to what is held for an approval is found and named", "[reservation]") {
    Reserving world("2000");
    const auto waiting = world.wait_with("700");
    const std::string id = waiting.payment.id, transfer = world.payment(id).transfer_id;
    const auto told = [&] {
        std::string out;
        for (const auto& finding : world.findings()) out += finding + "\n";
        return out;
    };
    const Payment before = world.payment(id);
    const auto book_end = [&](bool posts) {
        const auto hold = payments::waiting_hold(before, world.assets, world.clock.unix_ms());
        UnitOfWork unit = world.host().store.begin();
        ledger::book(unit, posts ? hold->posting(world.clock.unix_ms()) : hold->voiding(world.clock.unix_ms()));
        REQUIRE(world.executor.await(world.host().store.commit(std::move(unit))).ok());
    };
    WHEN("the payment forgets which transfer it is") {
        Payment changed = before;
        changed.transfer_id.clear();
        world.store_one(changed);
        CHECK(told().find("transfer " + transfer + " goes on holding 700 MNEE") != std::string::npos);
        changed.version = world.payment(id).version;
        changed.transfer_id = transfer;
        world.store_one(changed);
    }
    WHEN("the payment names one that is not there") {
        Payment changed = before;
        changed.transfer_id = "gone";
        world.store_one(changed);
        CHECK(told().find("waits for approval with transfer gone, which is not there") != std::string::npos);
        changed.version = world.payment(id).version;
        changed.transfer_id = transfer;
        world.store_one(changed);
    }
    WHEN("the payment's amount is another than what is held") {
        Payment changed = before;
        changed.amount = *atr::Money::parse("7", "MNEE");
        world.store_one(changed);
        CHECK(told().find("while it waits 700 MNEE from assets:treasury:bank") != std::string::npos);
        changed = before;
        changed.version = world.payment(id).version;
        world.store_one(changed);
    }
    WHEN("it is voided although it is still waited with") {
        book_end(false);
        CHECK(told().find("with its funds held, but transfer " + transfer + " has ended") != std::string::npos);
        Payment changed = before;
        changed.transfer_id.clear();
        world.store_one(changed);
    }
    WHEN("it is posted, though nothing was prepared") {
        book_end(true);
        CHECK(told().find("posts a hold that had an expiry") != std::string::npos);
        world.is_damaged = true;
    }
}
