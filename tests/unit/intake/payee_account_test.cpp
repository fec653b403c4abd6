// Where the money goes: to the account of the vendor master alone, and never unasked where the document names another.
#include "tests/support/desk_world.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using intake::ApprovalKind;
using intake::SubmitKind;
using support::DeskWorld;

namespace {

constexpr const char* another_wallet = "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd";

std::string wallet_line(const std::string& wallet) {
    return "payee.wallet: " + wallet + "\n";
}

bool asks_about_account(const Approval& approval) {
    return std::any_of(approval.reasons.begin(), approval.reasons.end(), [](const Reason& reason) {
        return reason.rule == policy::payee_account_rule &&
               reason.detail.find(policy::names_another_account) != std::string::npos;
    });
}

}  // namespace

SCENARIO("an approver is told that the account became another than the document names", "[intake][payee]") {
    DeskWorld world;
    const auto waiting = world.submit({.amount = "1500", .extra = wallet_line(DeskWorld::wallet)});
    const std::string& id = waiting.invoice.approval_id;
    CHECK(!asks_about_account(world.approval(id)));
    const auto vendor = world.executor.await(world.desks.vendors.find_by_name("Acme Hosting"));
    REQUIRE(world.executor.await(world.desks.vendors.add_account((*vendor)->id, {"bank", "MNEE", another_wallet},
                                                                 Millis{86'400'000}, "admin", "r")));
    world.executor.advance(86'400'001);
    const auto asked = world.approve(id);
    CHECK(asked.kind == ApprovalKind::payload_changed);
    CHECK(asks_about_account(world.approval(id)));
    CHECK(world.rail.moved() == 0);
    CHECK(world.approve(id).kind == ApprovalKind::done);  // by somebody who was told
    CHECK(world.payment(waiting.payment.id).creditor.address == another_wallet);
}

SCENARIO("an approver is told that a vendor entered meanwhile has another account or another legal form",
         "[intake][payee]") {
    DeskWorld world;
    const auto waiting =
        world.submit({.amount = "100", .vendor = "Nobody Knows Ltd", .extra = wallet_line(DeskWorld::wallet)});
    const std::string& id = waiting.invoice.approval_id;
    world.add_vendor("Nobody Knows GmbH", another_wallet);
    CHECK(world.approve(id).kind == ApprovalKind::payload_changed);
    CHECK(asks_about_account(world.approval(id)));
    const auto reasons = world.approval(id).reasons;
    CHECK(std::any_of(reasons.begin(), reasons.end(), [](const Reason& reason) {
        return reason.detail.find("companies of different legal forms") != std::string::npos;
    }));
    CHECK(world.rail.moved() == 0);
}

SCENARIO("a document that names another of the vendor's own accounts goes to a person", "[intake][payee]") {
    DeskWorld world;
    support::FakeRail other(world.executor, world.clock, "other");
    world.rails.add(other);
    auto vendor = **world.executor.await(world.desks.vendors.find_by_name("Acme Hosting"));
    vendor.accounts.push_back({"second", "other", "MNEE", another_wallet, 0});
    vendor.accounts.push_back({"third", "other", "EUR", "DE02120300000000202051", 0});
    world.store_one(vendor);
    const auto of = [&](const char* number, const std::string& lines) {
        return world.submit({.number = number, .extra = lines});
    };
    const auto named = of("N-1", wallet_line(another_wallet));
    CHECK(named.kind == SubmitKind::waiting_approval);
    CHECK(named.reason == policy::names_another_account);
    CHECK(of("N-2", wallet_line(DeskWorld::wallet)).kind == SubmitKind::paid);
    CHECK(of("N-3", wallet_line(DeskWorld::wallet) + wallet_line(another_wallet)).kind == SubmitKind::paid);
    CHECK(of("N-4", "payee.iban: DE02 1203 0000 0000 2020 51\n").kind == SubmitKind::paid);  // for another asset
    CHECK(other.moved() == 0);
}

SCENARIO("a vendor has one account for an asset on a rail", "[intake][payee]") {
    DeskWorld world;
    intake::NewVendor wanted;
    wanted.name = "Two Purses";
    wanted.accounts.push_back({"bank", "MNEE", DeskWorld::wallet});
    wanted.accounts.push_back({"bank", "EUR", another_wallet});
    CHECK(world.executor.await(world.desks.vendors.add(wanted, "admin", "r-1")));
    wanted.name = "Two Wallets";
    wanted.accounts.back().asset = "MNEE";
    const auto refused = world.executor.await(world.desks.vendors.add(wanted, "admin", "r-2"));
    REQUIRE(!refused);
    CHECK(refused.error().message.find("two accounts for MNEE on rail 'bank'") != std::string::npos);
}

SCENARIO("an amount or a number that is not what its own quote says goes to a person", "[intake][payee]") {
    DeskWorld world;
    const std::string path = GENERATE("amount_due", "invoice_number");
    world.parser.change = [&](atr::ParseResult& parsed) {
        for (auto& field : parsed.fields)
            if (field.path == path) field.value = path == "amount_due" ? "10" : "INV-2";
    };
    const auto result = world.submit({.amount = "100"});
    CHECK(result.kind == SubmitKind::waiting_approval);
    CHECK(result.reason.find("the value of " + path) == 0);
    CHECK(world.rail.moved() == 0);
}
