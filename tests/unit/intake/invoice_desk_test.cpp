// The invoice desk: what is paid, what waits and what is refused.
#include "intake/approval_expiry.hpp"
#include "payments/resolver.hpp"
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::intake;
using support::DeskWorld;

SCENARIO("an invoice of a known vendor within the limit is paid to the vendor master's account", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.number = "INV-7", .amount = "120.50"});
    REQUIRE(result.kind == SubmitKind::paid);
    CHECK(result.payment.creditor.address == DeskWorld::wallet);
    CHECK(result.invoice.status == InvoiceStatus::paid);
    CHECK(world.available() == "99879.5");
    CHECK(world.books_equal_rail());
    CHECK(!result.invoice.thought.empty());
}

SCENARIO("the address in an invoice's text is never paid", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.extra = "payee.wallet: 0xffffffffffffffffffffffffffffffffffffffff\n"});
    REQUIRE(result.kind == SubmitKind::waiting_approval);
    CHECK(result.reason == "the document names another account than the vendor master");
    CHECK(result.payment.creditor.address == DeskWorld::wallet);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("a company of another legal form than the vendor master's is not paid without a person", "[intake]") {
    DeskWorld world;
    world.add_vendor("Brandt Logistik GmbH", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
    const auto other = world.submit({.number = "B-1", .vendor = "Brandt Logistik AG"});
    REQUIRE(other.kind == SubmitKind::waiting_approval);
    CHECK(other.reason.find("companies of different legal forms") != std::string::npos);
    CHECK(world.submit({.number = "B-2", .vendor = "Brandt Logistik"}).kind == SubmitKind::paid);
}

SCENARIO("an invoice with another tax id than the vendor master's is not paid without a person", "[intake]") {
    DeskWorld world;
    intake::NewVendor wanted;
    wanted.name = "Brandt Logistik";
    wanted.tax_id = "DE 123.456.789";
    wanted.accounts.push_back({"bank", "MNEE", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd"});
    REQUIRE(world.executor.await(world.desks.vendors.add(wanted, "admin", "r-2")));
    const auto other =
        world.submit({.number = "B-1", .vendor = "Brandt Logistik", .extra = "seller.tax_id: DE999999999\n"});
    REQUIRE(other.kind == SubmitKind::waiting_approval);
    CHECK(other.reason == "the invoice names the tax id \"DE999999999\", the vendor master has \"DE 123.456.789\"");
    THEN("the same one, however written, is no doubt; nor is one that only the document or only the master has") {
        const DeskWorld::Text rows[] = {{.number = "C-7", .amount = "101", .extra = "seller.tax_id: de-123456789\n"},
                                        {.number = "D-8", .amount = "102", .extra = "seller.tax_id: DE123 456 789\n"},
                                        {.number = "E-9", .amount = "103"}};
        for (DeskWorld::Text row : rows) {
            row.vendor = "Brandt Logistik";
            CHECK(world.submit(row).kind == SubmitKind::paid);
        }
        CHECK(world.submit({.extra = "seller.tax_id: DE999999999\n"}).kind == SubmitKind::paid);
    }
    THEN("whoever approves one that came before its vendor was entered is told") {
        const auto early = world.submit({.vendor = "Late Entry", .extra = "seller.tax_id: DE999999999\n"});
        wanted.name = "Late Entry";
        wanted.tax_id = "DE 111";
        REQUIRE(world.executor.await(world.desks.vendors.add(wanted, "admin", "r-3")));
        const std::string& id = early.invoice.approval_id;
        CHECK(world.approve(id).kind == intake::ApprovalKind::payload_changed);
        const auto& asked = world.approval(id).reasons;
        CHECK(std::any_of(asked.begin(), asked.end(), [](const Reason& reason) {
            return reason.detail == "the invoice names the tax id \"DE999999999\", the vendor master has \"DE 111\"";
        }));
        CHECK(world.approve(id).standing.kind == SubmitKind::paid);
    }
}

SCENARIO("two vendors whose names differ in the legal form alone cannot both be entered, so a name is never a guess",
         "[intake]") {
    DeskWorld world;
    world.add_vendor("Brandt Logistik GmbH", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
    intake::NewVendor second;
    for (const char* name : {"Brandt Logistik Ltd", "Brandt Logistik", "BRANDT LOGISTIK AG"}) {
        second.name = name;
        const auto refused = world.executor.await(world.desks.vendors.add(second, "admin", "r-2"));
        REQUIRE_FALSE(refused);
        CHECK(refused.outcome() == atr::Outcome::conflict);
        CHECK(refused.error().message.find("names are compared without") != std::string::npos);
    }
    second.name = "Brandt Haulage Ltd";
    second.aliases = {"Brandt Logistik Ltd"};
    CHECK_FALSE(world.executor.await(world.desks.vendors.add(second, "admin", "r-3")));
}

SCENARIO("what was paid a moment ago shortens the runway that the next invoice is judged by", "[intake]") {
    DeskWorld world;
    intake::PolicyChange change;
    change.critical_runway_months = 200;
    REQUIRE(world.executor.await(world.desks.policy.change(change, "admin", "r-1")));
    REQUIRE(world.submit({.number = "R-1", .amount = "480"}).kind == SubmitKind::paid);  // 207 months of 480
    const auto second = world.submit({.number = "R-2", .amount = "481"});
    CHECK(second.kind == SubmitKind::waiting_approval);
    CHECK(second.reason.find("it leaves a runway of 103.1 months, below 200") != std::string::npos);
}

SCENARIO(
    "as many of the invoices judged at one moment are paid as if they came one after the other: the runway is the same",
    "[intake]") {
    DeskWorld world;
    REQUIRE(world.submit({.number = "R-1", .amount = "480"}).kind == SubmitKind::paid);
    REQUIRE(world.available() == "99520");
    intake::PolicyChange change;
    change.critical_runway_months = 60;  // x 950, then x 1,420, then x 1,900: of about 99,000 two of them may be paid
    REQUIRE(world.executor.await(world.desks.policy.change(change, "admin", "r-1")));
    TaskScope scope(world.executor);
    std::vector<SubmitResult> results;
    const auto one = [&](int i) -> Task<> {
        const DeskWorld::Text text{.number = "R-" + std::to_string(100 + i), .amount = std::to_string(461 + i)};
        Task<SubmitResult> task = world.desks.invoices.submit(world.submission(text.written()));
        SubmitResult result = co_await task;
        results.push_back(std::move(result));
    };
    for (int i = 0; i < 20; ++i) scope.spawn(one(i));
    world.executor.run_until([&] { return scope.running() == 0; });
    const auto count = [&](SubmitKind kind) {
        return std::count_if(results.begin(), results.end(), [&](const auto& result) { return result.kind == kind; });
    };
    CHECK(count(SubmitKind::paid) == 2);
    CHECK(count(SubmitKind::waiting_approval) == 18);
}

SCENARIO("an unknown vendor is never paid, not even with an approval", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.vendor = "Nobody Knows Ltd"});
    REQUIRE(result.kind == SubmitKind::waiting_approval);
    const auto approved = world.approve(result.invoice.approval_id);
    CHECK(approved.kind == ApprovalKind::obstacle);
    CHECK(world.rail.moved() == 0);
    WHEN("the vendor is entered, the approver is shown the payee and asked again") {
        world.add_vendor("Nobody Knows", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
        CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::payload_changed);
        const auto again = world.approve(result.invoice.approval_id);
        CHECK(again.kind == ApprovalKind::done);
        CHECK(again.standing.kind == SubmitKind::paid);
        CHECK(again.standing.payment.creditor.address == "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
    }
}

SCENARIO("above the limit a person is asked, and the submitter is not that person", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.amount = "1500"});
    REQUIRE(result.kind == SubmitKind::waiting_approval);
    CHECK(world.approve(result.invoice.approval_id, "sue").kind == ApprovalKind::own_submission);
    const auto approved = world.approve(result.invoice.approval_id, "anna");
    REQUIRE(approved.kind == ApprovalKind::done);
    CHECK(approved.standing.kind == SubmitKind::paid);
    CHECK(approved.approval.given.front().by == "anna");
    CHECK(approved.standing.invoice.thought.ends_with("Decision: ask a person. Approved by anna."));
    CHECK(world.approve(result.invoice.approval_id, "anna").kind == ApprovalKind::not_pending);
    CHECK(world.rail.moved() == 1);
    CHECK(world.books_equal_rail());
}

SCENARIO("an approval holds for exactly one payee, amount and asset", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.amount = "1500"});
    const auto other = world.executor.await(world.desks.approvals.approve(
        {.approval_id = result.invoice.approval_id, .by = "anna", .payload_hash = "0000"}));
    CHECK(other.kind == ApprovalKind::payload_changed);
    CHECK(world.rail.moved() == 0);
    WHEN("the vendor's account changes between asking and approving") {
        const auto vendor = world.executor.await(world.desks.vendors.find_by_name("Acme Hosting"));
        const NewAccount changed{"bank", "MNEE", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd"};
        REQUIRE(world.executor.await(
            world.desks.vendors.add_account((*vendor)->id, changed, Millis{86'400'000}, "admin", "r")));
        CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::payload_changed);
        THEN("the new account cools off first, and nobody can hurry it") {
            CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::obstacle);
            world.executor.advance(86'400'001);
            CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::done);
        }
    }
}

SCENARIO("what stands beside an amount and may belong to it is not ignored", "[intake]") {
    DeskWorld world;
    const std::pair<std::string, std::string> around[] = {{"(", ")"},     {"1`", ""},     {"1 , ", ""},
                                                          {"45€", ""},    {"", "€50"},    {"", " CR"},
                                                          {"\uFF0D", ""}, {"\uFF11", ""}, {"", "\u0665"}};
    int number = 0;
    for (const auto& [before, after] : around) {
        world.parser.change = [&](atr::ParseResult& parsed) {
            // The same page with something beside the amount: the evidence moves, the claim stays.
            std::string& text = parsed.texts[0].text;
            const std::size_t at = text.find("100");
            text.insert(at + 3, after);
            text.insert(at, before);
            for (auto& field : parsed.fields)
                for (auto& evidence : field.evidence) {
                    const std::size_t shift = evidence.begin > at    ? before.size() + after.size()
                                              : evidence.begin == at ? before.size()
                                                                     : 0;
                    evidence.begin += shift;
                    evidence.end += shift;
                }
        };
        const auto result = world.submit({.number = "B-" + std::to_string(++number)});
        INFO(before << "100" << after << ": " << result.reason);
        CHECK(result.kind == SubmitKind::waiting_approval);
        CHECK(result.reason.find("what stands beside the amount") != std::string::npos);
    }
    CHECK(world.rail.moved() == 0);
}

SCENARIO("a nought that is the end of digits which the parser does not know is no amount", "[intake]") {
    DeskWorld world;
    world.parser.change = [](atr::ParseResult& parsed) {
        for (auto& field : parsed.fields)
            if (field.path == "amount_due") {
                field.value = field.evidence.front().quote = "00";
                field.evidence.front().begin = field.evidence.front().end - 2;
            }
    };
    const auto result = world.submit({.amount = "\u0665\u0662.00"});
    CHECK(result.kind == SubmitKind::unreadable);
}

SCENARIO("an expired approval cannot be used, and frees its invoice to be submitted again", "[intake]") {
    DeskWorld world;
    const auto result = world.submit({.amount = "1500"});
    world.executor.advance(8LL * 86'400'000);
    CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::expired);
    CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::not_pending);
    CHECK(world.submit({.amount = "1500"}).kind == SubmitKind::waiting_approval);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("an approval that nobody decides in time is closed by itself, and its invoice may come again", "[intake]") {
    DeskWorld world;
    ApprovalExpiry expiry(world.host().store, world.desks.approvals, world.executor, world.clock);
    const auto old = world.submit({.amount = "1500"});
    world.executor.advance(4LL * 86'400'000);
    const auto young = world.submit({.number = "INV-2", .amount = "1600"});
    CHECK(world.executor.await(expiry.run()).value() == 0);
    world.executor.advance(4LL * 86'400'000);
    CHECK(world.executor.await(expiry.run()).value() == 1);
    CHECK(world.approval(old.invoice.approval_id).status == "expired");
    CHECK(world.payment(old.payment.id).state == PaymentState::cancelled);
    CHECK(world.approval(young.invoice.approval_id).status == "pending");
    CHECK(world.submit({.amount = "1500"}).kind == SubmitKind::waiting_approval);
    CHECK(world.submit({.number = "INV-2", .amount = "1600"}).duplicate_approval_id == young.invoice.approval_id);
}

SCENARIO("200 invoices against funds for 100 pay exactly 100, and the others wait", "[intake]") {
    DeskWorld world("1000");
    auto policy = world.policy();
    policy.critical_runway_months = 0;
    world.store_one(policy);
    TaskScope scope(world.executor);
    std::vector<SubmitResult> results;
    const auto one = [&](int i) -> Task<> {
        const DeskWorld::Text text{.number = "F-" + std::to_string(1000 + i), .amount = "10"};
        Task<SubmitResult> task = world.desks.invoices.submit(world.submission(text.written()));
        SubmitResult result = co_await task;
        results.push_back(std::move(result));
    };
    for (int i = 0; i < 200; ++i) scope.spawn(one(i));
    world.executor.run_until([&] { return scope.running() == 0; });
    CHECK(std::count_if(results.begin(), results.end(), [](const auto& r) { return r.kind == SubmitKind::paid; }) ==
          100);
    CHECK(std::count_if(results.begin(), results.end(),
                        [](const auto& r) { return r.kind == SubmitKind::waiting_approval; }) == 100);
    CHECK(world.available() == "0");
    CHECK(world.books_equal_rail());
}

SCENARIO("what cannot be decided on its own is asked or refused, with the rule that says so", "[intake]") {
    DeskWorld world;
    struct Row {
        DeskWorld::Text text;
        SubmitKind kind;
        std::string reason;
    };
    const Row rows[] = {
        {{.amount = "-5"}, SubmitKind::rejected, "the amount due is negative"},
        {{.amount = "0"}, SubmitKind::rejected, "nothing is due"},
        {{.extra = "document_type: credit_note\n"}, SubmitKind::rejected, "a credit note asks for no payment"},
        {{.number = "R-1", .extra = "document_type: reminder\n"},
         SubmitKind::waiting_approval,
         "a reminder: the invoice itself is not on file"},
        {{.number = "C-1", .currency = "XYZ"},
         SubmitKind::waiting_approval,
         "no payment rail for XYZ is configured; nothing is converted silently"},
        {{.number = "D-1", .amount = "1.12345678901234567890"},
         SubmitKind::waiting_approval,
         "the amount has more decimals, or more digits, than MNEE can be paid in"},
        {{.number = "S-2", .extra = "total_net: 80\ntax_total: 10\ntotal_with_tax: 100\n"},
         SubmitKind::waiting_approval,
         "net 80 and tax 10 do not add up to 100"},
        {{.amount = "1e40"}, SubmitKind::unreadable, "the amount due is not a decimal of up to 38 digits"},
        {{.amount = "NaN"}, SubmitKind::unreadable, "the amount due is not a decimal of up to 38 digits"},
    };
    for (const auto& row : rows) {
        const auto result = world.submit(row.text);
        INFO(row.text.written());
        CHECK(result.kind == row.kind);
        CHECK(result.reason == row.reason);
    }
    CHECK(world.rail.moved() == 0);
}

SCENARIO("a field without evidence in the document is not believed", "[intake]") {
    DeskWorld world;
    world.parser.change = [](atr::ParseResult& parsed) { parsed.fields[1].evidence[0].quote = "999"; };
    const auto result = world.submit({});
    CHECK(result.kind == SubmitKind::waiting_approval);
    CHECK(world.rail.moved() == 0);
}

SCENARIO("hints must agree with the document", "[intake]") {
    DeskWorld world;
    auto submission = world.submission(DeskWorld::Text{}.written());
    submission.hints.amount = "99";
    CHECK(world.executor.await(world.desks.invoices.submit(submission)).kind == SubmitKind::waiting_approval);
    submission = world.submission(DeskWorld::Text{.number = "INV-2"}.written());
    submission.hints.amount = "100.00";
    submission.hints.invoice_number = "INV-2";
    submission.hints.currency = "mnee";
    CHECK(world.executor.await(world.desks.invoices.submit(submission)).kind == SubmitKind::paid);
}

SCENARIO("what is no invoice is refused with everything that is missing, and nothing is stored", "[intake]") {
    DeskWorld world;
    CHECK(world.submit_raw("").kind == SubmitKind::unreadable);
    CHECK(world.submit_raw(" \n\t ").reason == "the document is empty");
    CHECK(world.submit_raw("hello\xff").reason == "the text is not valid UTF-8 at byte 5");
    CHECK(world.submit_raw(std::string(102401, 'x')).kind == SubmitKind::unreadable);
    const auto nothing = world.submit_raw("hello");
    CHECK(nothing.problems.size() == 2);
    atr::Query query;
    CHECK(world.executor
              .await(world.host().store.list<Invoice>([&] {
                  query.index = "by_created";
                  return query;
              }()))
              ->items.empty());
}

SCENARIO("a payment that the rail refuses frees the invoice to be submitted again", "[intake]") {
    DeskWorld world;
    world.rail.next_submissions({support::Submission::refuse});
    CHECK(world.submit({}).kind == SubmitKind::failed);
    CHECK(world.available() == "100000");
    CHECK(world.submit({}).kind == SubmitKind::paid);
}

SCENARIO("a pause holds every payment, and is checked until the commit", "[intake]") {
    DeskWorld world;
    world.pause(true);
    const auto result = world.submit({});
    CHECK(result.kind == SubmitKind::waiting_approval);
    CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::obstacle);
    world.pause(false);
    CHECK(world.approve(result.invoice.approval_id).kind == ApprovalKind::done);
}

SCENARIO("the hash that an approver is told is the stored one, also when something else changed the payment meanwhile",
         "[intake]") {
    DeskWorld world;
    const auto waiting = world.submit({.vendor = "Nobody Knows Ltd"});
    REQUIRE(waiting.kind == SubmitKind::waiting_approval);
    world.add_vendor("Nobody Knows", "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd");
    const Approval asked = world.approval(waiting.invoice.approval_id);
    payments::Resolver resolver({world.host().store, world.host().saga, world.rails, world.assets, world.clock});
    TaskScope scope(world.executor);
    std::optional<payments::ResolveKind> proposed;
    std::optional<ApprovalResult> approved;
    const auto propose = [](payments::Resolver& by, std::string payment_id,
                            std::optional<payments::ResolveKind>& out) -> Task<> {
        payments::ResolveRequest request;
        request.payment_id = std::move(payment_id);
        request.outcome = payments::resolution::paid_elsewhere;
        request.reference = "cheque 17";
        request.by = "rita";
        Task<payments::ResolveResult> task = by.resolve(std::move(request));
        const payments::ResolveResult result = co_await task;
        out = result.kind;
    };
    const auto approve = [](ApprovalDesk& desk, Approval what, std::optional<ApprovalResult>& out) -> Task<> {
        Task<ApprovalResult> task =
            desk.approve({.approval_id = what.id, .by = "anna", .payload_hash = what.payload_hash});
        ApprovalResult result = co_await task;
        out = std::move(result);
    };
    scope.spawn(propose(resolver, waiting.payment.id, proposed));
    scope.spawn(approve(world.desks.approvals, asked, approved));
    world.executor.run_until([&] { return scope.running() == 0; });
    REQUIRE(proposed == payments::ResolveKind::proposed);
    REQUIRE(approved->kind == ApprovalKind::payload_changed);
    CHECK(approved->approval.payload_hash == world.approval(waiting.invoice.approval_id).payload_hash);
    CHECK(approved->approval.payload_hash == world.payment(waiting.payment.id).payload_hash);
    CHECK(world.approve(waiting.invoice.approval_id).kind == ApprovalKind::done);
}
