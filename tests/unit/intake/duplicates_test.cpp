// One invoice is paid once: in whatever form it comes, however often, at however many hosts, and whatever became of
// those that came before it.
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>

using namespace treasurer;
using namespace treasurer::intake;
using support::DeskWorld;

namespace {

/// What an admin enters: one vendor, by all its names.
void enter_globex(DeskWorld& world) {
    NewVendor globex;
    globex.name = "Globex Corp";
    globex.aliases = {"Globex Int"};
    globex.accounts.push_back({"bank", "MNEE", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd"});
    REQUIRE(world.executor.await(world.desks.vendors.add(globex, "admin", "r")));
}

std::ptrdiff_t questions_of(const Approval& approval, const std::string& about) {
    return std::count_if(approval.reasons.begin(), approval.reasons.end(), [&](const Reason& reason) {
        return reason.rule == policy::duplicate_rule && reason.detail.find(about) != std::string::npos;
    });
}

}  // namespace

SCENARIO("an invoice that came before its vendor was entered is found again under the vendor", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({.number = "ZX-1", .vendor = "Globex Int"});
    REQUIRE(first.kind == SubmitKind::waiting_approval);
    enter_globex(world);
    CHECK(world.submit({.number = "ZX-1", .vendor = "Globex Corp", .extra = "note: again\n"}).kind ==
          SubmitKind::duplicate);
    CHECK(world.approve(first.invoice.approval_id).kind == ApprovalKind::payload_changed);
    CHECK(world.approve(first.invoice.approval_id).standing.kind == SubmitKind::paid);
    CHECK(world.submit({.number = "ZX-1", .vendor = "GLOBEX", .extra = "note: once more\n"}).kind ==
          SubmitKind::duplicate);
    CHECK(world.rail.moved() == 1);
}

SCENARIO("the decision on a duplicate says of whom it is one, and not that it was not seen before", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({});
    const auto second = world.submit({.extra = "a copy\n"});
    REQUIRE(second.kind == SubmitKind::duplicate);
    CHECK(second.invoice.outcome == "refuse");
    CHECK(std::count_if(second.invoice.reasons.begin(), second.invoice.reasons.end(),
                        [](const Reason& reason) { return reason.rule == policy::duplicate_rule; }) == 1);
    CHECK(second.invoice.thought.find("the same invoice as " + first.invoice.id) == 0);
}

SCENARIO("a duplicate over another sum says that the sums differ", "[intake]") {
    DeskWorld world;
    REQUIRE(world.submit({.number = "INV-7", .amount = "10"}).kind == SubmitKind::paid);
    const auto other = world.submit({.number = "INV-7", .amount = "310"});
    CHECK(other.kind == SubmitKind::duplicate);
    CHECK(other.reason.find("over 10 MNEE and not 310 MNEE") != std::string::npos);
    CHECK(world.rail.moved() == 1);
}

SCENARIO("the same digits, sum and day under another prefix ask a person, and so do characters that only look alike",
         "[intake]") {
    DeskWorld world;
    REQUIRE(world.submit({.number = "INV-2024-001"}).kind == SubmitKind::paid);
    for (const char* variant : {"2024-001", "2024001", "RE 2024-001", "2024-001/A"})
        CHECK(world.submit({.number = variant}).kind != SubmitKind::paid);
    CHECK(world.submit({.number = "INV--2024--001"}).kind == SubmitKind::duplicate);
    CHECK(world.submit({.number = "INV\u20112024\u20110001"}).kind != SubmitKind::paid);
    CHECK(world.submit({.number = "\u0410-77"}).kind == SubmitKind::waiting_approval);  // a Cyrillic A
    CHECK(world.submit({.number = "INV-2024-001", .amount = "101", .date = "2026-11-09"}).kind ==
          SubmitKind::duplicate);
    CHECK(world.rail.moved() == 1);
}

SCENARIO("one invoice is paid once, whatever form it comes in again", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({.number = "INV-2024-001"});
    REQUIRE(first.kind == SubmitKind::paid);
    const DeskWorld::Text again[] = {
        {.number = "INV-2024-001"},  // the same bytes
        {.number = "INV-2024-001", .extra = "note: second copy\n"},
        {.number = "inv-2024-001", .date = "2026-11-02"},
        {.number = "INV 2024/OO1"},  // look-alike
        {.number = "INV-2024-001", .vendor = "ACME Hosting, LLC"},
    };
    for (const auto& text : again) {
        const auto result = world.submit(text);
        INFO(text.written());
        CHECK(result.kind == SubmitKind::duplicate);
        CHECK(result.duplicate_of == first.invoice.id);
        CHECK(result.duplicate_payment_id == first.payment.id);
    }
    CHECK(world.rail.moved() == 1);
}

SCENARIO("different invoices of one vendor, amount and day are all paid, unless one has no number", "[intake]") {
    DeskWorld world;
    CHECK(world.submit({.number = "A-1"}).kind == SubmitKind::paid);
    CHECK(world.submit({.number = "A-2"}).kind == SubmitKind::paid);
    CHECK(world.submit({.number = "1-11"}).kind == SubmitKind::paid);
    CHECK(world.submit({.number = "A-12"}).kind == SubmitKind::paid);
    const auto unnumbered = world.submit({.number = ""});
    CHECK(unnumbered.kind == SubmitKind::waiting_approval);
    CHECK(world.rail.moved() == 4);
}

SCENARIO("what only raised a question is met again once the invoice that it was asked for has ended unpaid",
         "[intake]") {
    DeskWorld world;
    const DeskWorld::Text original{.number = "INV-2024-001", .amount = "1500"};
    const DeskWorld::Text copy{.number = "2024-001", .amount = "1500"};
    const auto first = world.submit(original);
    REQUIRE(first.kind == SubmitKind::waiting_approval);
    auto policy = world.policy();
    policy.auto_approval_limit = 5000;
    policy.critical_runway_months = 0;
    world.store_one(policy);
    world.executor.advance(4LL * 86'400'000);
    const auto second = world.submit(copy);
    REQUIRE(second.kind == SubmitKind::waiting_approval);
    world.executor.advance(4LL * 86'400'000);
    REQUIRE(world.approve(first.invoice.approval_id).kind == ApprovalKind::expired);
    WHEN("the copy is paid, and the original comes again") {
        REQUIRE(world.approve(second.invoice.approval_id).kind == ApprovalKind::done);
        REQUIRE(world.rail.moved() == 1);
        const auto again = world.submit(original);
        CHECK(again.kind == SubmitKind::waiting_approval);
        CHECK(again.reason.find(second.invoice.id) != std::string::npos);
        CHECK(world.rail.moved() == 1);
    }
    WHEN("the original comes again while the copy waits") {
        CHECK(world.submit(original).kind == SubmitKind::waiting_approval);
        CHECK(world.rail.moved() == 0);
    }
    WHEN("the copy has ended unpaid as well") {
        world.executor.advance(8LL * 86'400'000);
        REQUIRE(world.approve(second.invoice.approval_id).kind == ApprovalKind::expired);
        CHECK(world.submit(original).kind == SubmitKind::paid);
        CHECK(world.submit(copy).kind == SubmitKind::waiting_approval);
        CHECK(world.rail.moved() == 1);
    }
}

SCENARIO("an invoice that was paid without its number is met by the one that has it, whoever came before both",
         "[intake]") {
    DeskWorld world;
    REQUIRE(world.submit({.number = "A-1"}).kind == SubmitKind::paid);
    const auto scan = world.submit({.number = ""});
    REQUIRE(scan.kind == SubmitKind::waiting_approval);
    const auto second_scan = world.submit({.number = "", .extra = "page 2\n"});
    REQUIRE(second_scan.kind == SubmitKind::waiting_approval);
    REQUIRE(world.approve(scan.invoice.approval_id).kind == ApprovalKind::done);
    REQUIRE(world.rail.moved() == 2);
    CHECK(world.submit({.number = "A-2"}).kind == SubmitKind::waiting_approval);
    const auto rejected = world.executor.await(
        world.desks.approvals.reject({.approval_id = second_scan.invoice.approval_id,
                                      .by = "anna",
                                      .payload_hash = world.approval(second_scan.invoice.approval_id).payload_hash}));
    REQUIRE(rejected.kind == ApprovalKind::done);
    CHECK(world.submit({.number = "A-3"}).kind == SubmitKind::waiting_approval);
    CHECK(world.rail.moved() == 2);
}

SCENARIO("64 submissions of one document at the same moment, on two hosts, pay once", "[intake]") {
    DeskWorld world;
    auto& second_host = world.add_host("host-2");
    support::Desks second(second_host, world.rails, world.assets, world.clock, world.parser);
    TaskScope scope(world.executor);
    std::vector<SubmitResult> results;
    const DeskWorld::Text text;
    const auto one = [&](InvoiceDesk& desk) -> Task<> {
        Task<SubmitResult> task = desk.submit(world.submission(text.written()));
        SubmitResult result = co_await task;
        results.push_back(std::move(result));
    };
    for (int i = 0; i < 64; ++i) scope.spawn(one(i % 2 ? second.invoices : world.desks.invoices));
    world.executor.run_until([&] { return scope.running() == 0; });
    CHECK(std::count_if(results.begin(), results.end(), [](const auto& r) { return r.kind == SubmitKind::paid; }) == 1);
    CHECK(std::count_if(results.begin(), results.end(),
                        [](const auto& r) { return r.kind == SubmitKind::duplicate; }) == 63);
    CHECK(world.rail.moved() == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO("one invoice that came under two names before its vendor was entered is paid once", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({.number = "ZX-1", .vendor = "Globex Int"}).invoice.approval_id;
    const auto second = world.submit({.number = "ZX-1", .vendor = "Globex Corp"}).invoice.approval_id;
    enter_globex(world);
    REQUIRE(world.approve(first).kind == ApprovalKind::payload_changed);
    REQUIRE(world.approve(second).kind == ApprovalKind::payload_changed);
    WHEN("one is approved, and then the other") {
        CHECK(world.approve(first).standing.kind == SubmitKind::paid);
        const auto refused = world.approve(second);
        CHECK(refused.kind == ApprovalKind::obstacle);
        CHECK(refused.reason.find("the same invoice") != std::string::npos);
    }
    WHEN("both are approved at one moment") {
        std::optional<ApprovalResult> one, other;
        const auto approve = [&](const std::string& id, std::optional<ApprovalResult>& out) -> Task<> {
            Task<ApprovalResult> approving = world.desks.approvals.approve(
                {.approval_id = id, .by = "anna", .payload_hash = world.approval(id).payload_hash});
            out = co_await approving;
        };
        TaskScope scope(world.executor);
        scope.spawn(approve(first, one));
        scope.spawn(approve(second, other));
        world.executor.run_until([&] { return one && other; });
        CHECK((one->kind == ApprovalKind::obstacle) != (other->kind == ApprovalKind::obstacle));
    }
    world.executor.advance(60'000);
    CHECK(world.rail.moved() == 1);
}

SCENARIO("whoever approves is told of each that was paid meanwhile and may be the same, once", "[intake]") {
    DeskWorld world;
    const auto wait_as = [&](const std::string& vendor, const std::string& extra) {
        return world.submit({.number = "", .vendor = vendor, .extra = extra}).invoice;
    };
    const auto first = wait_as("Globex Int", "");
    const auto second = wait_as("Globex Corp", "note: again\n"), third = wait_as("Globex Corp", "note: and again\n");
    enter_globex(world);
    REQUIRE(world.approve(first.approval_id).kind == ApprovalKind::payload_changed);
    REQUIRE(world.approve(first.approval_id).standing.kind == SubmitKind::paid);
    const auto is_asked_about = [&](const Invoice& waiting, const Invoice& paid) {
        return questions_of(world.approval(waiting.approval_id), paid.id) == 1;
    };
    CHECK_FALSE(is_asked_about(second, first));
    CHECK(is_asked_about(third, second));
    for (const auto& waiting : {second, third}) {
        const std::string& id = waiting.approval_id;
        const std::string seen_before = world.approval(id).payload_hash;
        CHECK(world.approve(id).kind == ApprovalKind::payload_changed);
        CHECK(is_asked_about(waiting, first));
        THEN("nobody pays it who has not seen that, as by a repeat or at the same moment") {
            const auto late = world.executor.await(
                world.desks.approvals.approve({.approval_id = id, .by = "paul", .payload_hash = seen_before}));
            CHECK(late.kind == ApprovalKind::payload_changed);
        }
        CHECK(world.approve(id).standing.kind == SubmitKind::paid);  // a person has said that it is owed as well
    }
    CHECK(world.rail.moved() == 3);
}

SCENARIO("whoever approves is told that a person rejected the same invoice under another name", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({.number = "ZX-1", .vendor = "Globex Int"}).invoice.approval_id;
    const auto second = world.submit({.number = "ZX-1", .vendor = "Globex Corp"}).invoice;
    REQUIRE(world.executor
                .await(world.desks.approvals.reject(
                    {.approval_id = first, .by = "anna", .payload_hash = world.approval(first).payload_hash}))
                .kind == ApprovalKind::done);
    enter_globex(world);
    CHECK(world.approve(second.approval_id).kind == ApprovalKind::payload_changed);
    const auto& reasons = world.approval(second.approval_id).reasons;
    CHECK(std::any_of(reasons.begin(), reasons.end(), [](const Reason& reason) {
        return reason.detail.find("a person rejected this invoice before") != std::string::npos;
    }));
    CHECK(world.approve(second.approval_id).standing.kind == SubmitKind::paid);
}

SCENARIO("invoices whose numbers differ by a letter beyond ASCII are two, and a person decides on each", "[intake]") {
    DeskWorld world;
    for (const char* number : {"\u0410-77", "\u0411-77", "M\u00DC-15", "M\u00C4-15"})
        CHECK(world.submit({.number = number}).kind == SubmitKind::waiting_approval);
}

SCENARIO("a paper that may be something else than an invoice goes to a person", "[intake]") {
    DeskWorld world;
    world.parser.change = [](atr::ParseResult& parsed) {
        for (auto& field : parsed.fields)
            if (field.path == "document_type") field.confidence_bp = 6000;
        parsed.warnings = {{"kind", "nothing names what it is"},
                           {"kind", "nothing names what it is"},
                           {"too_long_a_message", std::string(10'000, 'x')}};
    };
    const auto unclear = world.submit({.extra = "document_type: invoice\n"});
    CHECK(unclear.kind == SubmitKind::waiting_approval);
    CHECK(unclear.reason.find("document_type") != std::string::npos);
    CHECK(unclear.reason.ends_with("; the parser says: nothing names what it is; too_long_a_message"));
    CHECK(world.rail.moved() == 0);
}

SCENARIO("a paper of which its parser says that it is paid goes to a person, however sure the fields are", "[intake]") {
    DeskWorld world;
    const std::string code = GENERATE("paid_already", "collected_by_seller", "not_to_be_paid");
    world.parser.change = [&](atr::ParseResult& parsed) { parsed.warnings = {{code, "it says so itself"}}; };
    const auto asked = world.submit({});
    CHECK(asked.kind == SubmitKind::waiting_approval);
    CHECK(asked.reason.find("its parser says: it says so itself") != std::string::npos);
    CHECK(world.rail.moved() == 0);
    CHECK(world.approve(asked.invoice.approval_id).kind == ApprovalKind::done);
    WHEN("it says something else") {
        world.parser.change = [](atr::ParseResult& parsed) { parsed.warnings = {{"number_format", "odd marks"}}; };
        CHECK(world.submit({.number = "INV-2", .amount = "77"}).kind == SubmitKind::paid);
    }
}

SCENARIO("what waits is passed over only as long as it waits", "[intake]") {
    DeskWorld world;
    const auto first = world.submit({.number = "ZX-1", .vendor = "Globex Int"}).invoice.approval_id;
    const auto second = world.submit({.number = "ZX-1", .vendor = "Globex Corp"});
    enter_globex(world);
    REQUIRE(world.approve(first).kind == ApprovalKind::payload_changed);
    world.rail.latency(Millis{50});  // it is judged, and its rail takes its time to prepare
    std::optional<ApprovalResult> approved;
    const auto approve = [&]() -> Task<> {
        Task<ApprovalResult> approving = world.desks.approvals.approve(
            {.approval_id = first, .by = "anna", .payload_hash = world.approval(first).payload_hash});
        approved = co_await approving;
    };
    TaskScope scope(world.executor);
    scope.spawn(approve());
    world.executor.run_until_idle();
    REQUIRE_FALSE(approved);
    Invoice paid_elsewhere = world.invoice_of(second.payment.id);
    paid_elsewhere.status = InvoiceStatus::paid_elsewhere;  // as two persons say of it
    world.store_one(paid_elsewhere);
    world.executor.run_until([&] { return approved && scope.running() == 0; });
    CHECK(approved->kind == ApprovalKind::obstacle);
    CHECK(approved->reason.find(paid_elsewhere.id) != std::string::npos);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("one that waits is told of what a person paid beside it, whoever came before both", "[intake]") {
    DeskWorld world;
    REQUIRE(world.submit({.number = "A-1"}).kind == SubmitKind::paid);
    auto policy = world.policy();
    policy.auto_approval_limit = 1;
    world.store_one(policy);
    const auto numbered = world.submit({.number = "A-2"}).invoice;
    const auto scan = world.submit({.number = ""}).invoice;
    REQUIRE(world.approve(numbered.approval_id).standing.kind == SubmitKind::paid);
    CHECK(world.approve(scan.approval_id).kind == ApprovalKind::payload_changed);
    CHECK(questions_of(world.approval(scan.approval_id), numbered.id) == 1);
    CHECK(world.rail.moved() == 2);
}
