// The ledger's rules: what a transfer does, and that any tampering is found and named.
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"

#include <atr/decimal.hpp>
#include <catch2/catch.hpp>

using namespace treasurer::ledger;

namespace {

Transfer transfer(std::string id, TransferKind kind, atr::Int128 units) {
    Transfer out;
    out.id = std::move(id);
    out.kind = kind;
    out.debit_account = vendor_account("v");
    out.credit_account = treasury_account("bank");
    out.amount = atr::Money(*atr::Decimal::from_units(units, 5), "MNEE");
    out.units = units;
    return out;
}
Transfer receipt(atr::Int128 units) {
    Transfer out = transfer("in", TransferKind::direct, units);
    out.debit_account = treasury_account("bank");
    out.credit_account = receipts_account("bank");
    return out;
}
Balances after(std::initializer_list<Transfer> transfers) {
    Balances out;
    for (const auto& one : transfers)
        for (const auto& change : effects(one)) out[change.key] += change.units;
    return out;
}
atr::Int128 available(const Balances& balances) {
    return balances.at("MNEE|assets:treasury:bank|available");
}

}  // namespace

TEST_CASE("a pending transfer holds funds and books nothing", "[ledger]") {
    const auto pending = transfer("p", TransferKind::pending, 30);
    const auto balances = after({receipt(100), pending});
    CHECK(available(balances) == 70);
    CHECK(balances.count("MNEE|assets:treasury:bank|credits") == 0);
}

TEST_CASE("posting books what was held, voiding gives it back", "[ledger]") {
    const auto pending = transfer("p", TransferKind::pending, 30);
    const auto posted = after({receipt(100), pending, pending.posting(1)});
    CHECK(available(posted) == 70);
    CHECK(posted.at("MNEE|expenses:vendor:v|debits") == 30);
    const auto voided = after({receipt(100), pending, pending.voiding(1)});
    CHECK(available(voided) == 100);
    CHECK(pending.posting(1).id == pending.voiding(2).id);  // so storage lets only one of them in
}

TEST_CASE("only a reservation is guarded against going below zero", "[ledger]") {
    for (const auto& change : effects(transfer("p", TransferKind::pending, 30))) CHECK(change.guarded);
    for (const auto& change : effects(transfer("p", TransferKind::pending, 30).posting(1))) CHECK_FALSE(change.guarded);
}

TEST_CASE("debits equal credits, whatever was booked", "[ledger]") {
    const auto pending = transfer("p", TransferKind::pending, 30);
    for (const auto& line :
         trial_balance(after({receipt(100), pending, pending.posting(1), transfer("d", TransferKind::direct, 7)})))
        CHECK(line.difference() == 0);
}

TEST_CASE("verification finds and names each kind of damage", "[ledger]") {
    const auto pending = transfer("p", TransferKind::pending, 30);
    const auto good = after({receipt(100), pending, pending.posting(1)});
    Verification clean;
    for (const auto& one : {receipt(100), pending, pending.posting(1)}) clean.add(one);
    CHECK(clean.findings(good).empty());

    auto changed = good;
    changed["MNEE|expenses:vendor:v|debits"] += 1;
    CHECK(clean.findings(changed).size() == 2);  // the balance, and the trial balance

    auto invented = good;
    invented["nonsense"] = 1;
    CHECK(clean.findings(invented).size() == 2);

    Verification lost_opening;
    lost_opening.add(receipt(100));
    lost_opening.add(pending.posting(1));
    CHECK(lost_opening.findings(good).front() == "transfer p/end ends a pending transfer that does not exist");

    Verification altered;
    auto end = pending.posting(1);
    end.units = 29;
    for (const auto& one : {receipt(100), pending, end}) altered.add(one);
    CHECK(altered.findings(good).front() == "transfer p/end differs from the pending transfer that it ends");
}

TEST_CASE("balance keys are read back as they were written", "[ledger]") {
    const auto name = parse_balance_key(balance_key("USDC@eip155:1", "assets:treasury:chain", Figure::available));
    REQUIRE(name);
    CHECK(name->asset == "USDC@eip155:1");
    CHECK(name->account == "assets:treasury:chain");
    CHECK(name->figure == Figure::available);
    CHECK_FALSE(parse_balance_key("MNEE|x"));
    CHECK_FALSE(parse_balance_key("MNEE|x|nothing"));
}

TEST_CASE("posting less than was held gives the rest back, and no more", "[ledger]") {
    const auto pending = transfer("p", TransferKind::pending, 30);
    const auto part = pending.posting(atr::Money(*atr::Decimal::from_units(20, 5), "MNEE"), 20, 1);
    const auto balances = after({receipt(100), pending, part});
    CHECK(available(balances) == 80);
    CHECK(balances.at("MNEE|expenses:vendor:v|debits") == 20);
    CHECK(balances.at("MNEE|assets:treasury:bank|credits") == 20);
    CHECK(part.id == pending.voiding(1).id);
    CHECK(Transfer::from_json(treasurer::Json::parse(part.to_text())).held_units == 30);
    Verification sound;
    for (const auto& one : {receipt(100), pending, part}) sound.add(one);
    CHECK(sound.findings(balances).empty());
    auto too_much = part;
    too_much.units = 31;
    Verification forged;
    for (const auto& one : {receipt(100), pending, too_much}) forged.add(one);
    CHECK_FALSE(forged.findings(after({receipt(100), pending, too_much})).empty());
}

TEST_CASE("accounts above an account sum what is below, per asset, and only leaves are booked on", "[ledger]") {
    const Balances balances = {{"MNEE|assets:treasury:bank|debits", 100},
                               {"MNEE|assets:treasury:bank|available", 60},
                               {"MNEE|assets:treasury:chain|debits", 30},
                               {"MNEE|assets:treasury:chain|credits", 10},
                               {"EUR|assets:treasury:bank|debits", 5},
                               {"MNEE|assets:treasury|credits", 1},
                               {"not a balance", 99}};
    std::vector<std::string> told;
    for (const AccountLine& line : account_tree(balances))
        told.push_back(line.account + " " + line.asset + (line.is_leaf ? " leaf " : " sum ") +
                       atr::units_to_string(line.debits) + "/" + atr::units_to_string(line.credits) + "/" +
                       atr::units_to_string(line.available));
    CHECK(told == std::vector<std::string>{
                      "assets EUR sum 5/0/0", "assets MNEE sum 130/11/60", "assets:treasury EUR sum 5/0/0",
                      "assets:treasury MNEE leaf 130/11/60", "assets:treasury:bank EUR leaf 5/0/0",
                      "assets:treasury:bank MNEE leaf 100/0/60", "assets:treasury:chain MNEE leaf 30/10/0"});
}

TEST_CASE("a hold may expire when it has an expiry, that has passed, and nothing is prepared under it", "[ledger]") {
    auto hold = transfer("p", TransferKind::pending, 30);
    CHECK_FALSE(may_expire(hold, false, 1'000));  // it has none
    hold.expires_ms = 500;
    CHECK_FALSE(may_expire(hold, false, 499));
    CHECK(may_expire(hold, false, 500));
    CHECK_FALSE(may_expire(hold, true, 500));
    CHECK_FALSE(may_expire(hold, true, 1'000'000));  // never
    CHECK_FALSE(may_expire(hold.voiding(600), false, 1'000));
    CHECK(Transfer::from_json(treasurer::Json::parse(hold.to_text())).expires_ms == 500);
    CHECK(hold.voiding(600).expires_ms == 0);
}

TEST_CASE("funds below zero are a finding unless what had moved already took them there", "[ledger]") {
    const auto held = transfer("p", TransferKind::pending, 80);
    auto moved = transfer("d", TransferKind::direct, 30);
    moved.purpose = purpose::correction;
    Verification sound;
    for (const auto& one : {receipt(100), held, moved}) sound.add(one);
    const auto balances = after({receipt(100), held, moved});
    CHECK(available(balances) == -10);
    CHECK(sound.findings(balances).empty());
    auto too_much = held;
    too_much.units = 101;
    Verification unguarded;
    for (const auto& one : {receipt(100), too_much}) unguarded.add(one);
    CHECK(unguarded.findings(after({receipt(100), too_much})).size() == 1);
}

TEST_CASE("a hold with an expiry that was posted is found", "[ledger]") {
    auto hold = transfer("p", TransferKind::pending, 30);
    hold.expires_ms = 500;
    Verification proof;
    for (const auto& one : {receipt(100), hold, hold.posting(1)}) proof.add(one);
    const auto findings = proof.findings(after({receipt(100), hold, hold.posting(1)}));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front() ==
          "transfer p/end posts a hold that had an expiry: nothing was prepared under it that could be paid");
}
