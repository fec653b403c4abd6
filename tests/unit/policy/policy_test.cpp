// Policy as a table: one fact changed at a time, and the rule that answers it.
#include "policy/policy.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace treasurer;
using namespace treasurer::policy;

namespace {

Facts good() {
    Facts out;
    out.amount = *atr::Money::parse("100", "MNEE");
    out.vendor_name = "Acme";
    out.vendor_known = out.payee_account_known = out.rail_known = out.funds_known = true;
    out.available = 10000;
    out.burn_paid = 1000;
    return out;
}
Policy usual() {
    Policy out;
    out.auto_approval_limit = 500;
    out.critical_runway_months = 3;
    return out;
}
const Reason& reason(const Decision& decision, const std::string& rule) {
    for (const auto& found : decision.reasons)
        if (found.rule == rule) return found;
    throw std::runtime_error("no rule " + rule);
}

}  // namespace

TEST_CASE("when every rule passes, it is paid, and the trace says why", "[policy]") {
    const auto decision = decide(usual(), good());
    CHECK(decision.outcome == Outcome::pay);
    CHECK(decision.main_reason().empty());
    CHECK(decision.obstacles().empty());
    CHECK(decision.thought.find("Decision: pay.") != std::string::npos);
}

TEST_CASE("each fact that is not as it should be is answered by its own rule", "[policy]") {
    struct Row {
        const char* rule;
        const char* result;
        std::function<void(Facts&)> change;
    };
    const Row rows[] = {
        {"document_type", refuse, [](Facts& f) { f.document_type = DocumentType::credit_note; }},
        {"document_type", ask, [](Facts& f) { f.document_type = DocumentType::reminder; }},
        {"document_type", ask, [](Facts& f) { f.document_type = DocumentType::other; }},
        {"amount", refuse, [](Facts& f) { f.amount.amount = 0; }},
        {"amount", refuse, [](Facts& f) { f.amount.amount = -1; }},
        {"amount", hold, [](Facts& f) { f.amount_fits_asset = false; }},
        {"rail", hold, [](Facts& f) { f.rail_known = false; }},
        {"vendor", hold, [](Facts& f) { f.vendor_known = false; }},
        {"payee_account", hold, [](Facts& f) { f.payee_account_known = false; }},
        {"payee_account", hold, [](Facts& f) { f.payee_cooling_off = true; }},
        {"payee_account", ask, [](Facts& f) { f.payee_differs = true; }},
        {"invoice_number", ask, [](Facts& f) { f.invoice_number_known = false; }},
        {"confidence", ask, [](Facts& f) { f.confidence_bp = 6999; }},
        {"cross_checks", ask, [](Facts& f) { f.doubts = {"sums"}; }},
        {"duplicate", ask, [](Facts& f) { f.possible_duplicate_of = "x"; }},
        {"auto_approval_limit", ask, [](Facts& f) { f.amount.amount = *atr::Decimal::parse("500.00001"); }},
        {"auto_approval_limit", ask, [](Facts& f) { f.amount.asset = "EUR"; }},
        {"funds", hold, [](Facts& f) { f.available = 99; }},
        {"funds", hold, [](Facts& f) { f.funds_known = false; }},
        {"critical_runway", ask, [](Facts& f) { f.burn_paid = 9000; }},
    };
    for (const auto& row : rows) {
        Facts facts = good();
        row.change(facts);
        const auto decision = decide(usual(), facts);
        INFO(row.rule << " " << decision.thought);
        CHECK(reason(decision, row.rule).result == std::string(row.result));
        CHECK(decision.outcome == (row.result == std::string(refuse) ? Outcome::refuse : Outcome::ask));
        CHECK(decision.main_reason() == reason(decision, row.rule).detail);
        CHECK(decision.obstacles().empty() == (row.result == std::string(ask)));
    }
}

TEST_CASE("the critical runway is compared exactly, not as it is rounded for reading", "[policy]") {
    Facts facts = good();
    facts.available = 3100;
    CHECK(decide(usual(), facts).outcome == Outcome::pay);
    facts.available = *atr::Decimal::parse("3099.99");
    const auto decision = decide(usual(), facts);
    CHECK(decision.outcome == Outcome::ask);
    CHECK(decision.main_reason() == "it leaves 2999.99 MNEE, and a runway of 3 months takes 3000 MNEE");
}

TEST_CASE("a payment's runway is what its own burn leaves too", "[policy]") {
    Facts facts = good();
    facts.burn_rise = 1;
    facts.available = 3400;  // 3,300 left, at a burn of 1,100
    CHECK(reason(decide(usual(), facts), "critical_runway").detail == "it leaves a runway of 3 months");
    facts.available = 3399;
    CHECK(decide(usual(), facts).outcome == Outcome::ask);
    facts.burn_paid = 0;
    facts.available = 399;  // the first payment of all
    CHECK(reason(decide(usual(), facts), "critical_runway").detail ==
          "it leaves 299 MNEE, and a runway of 3 months takes 300 MNEE");
    CHECK(runway(usual(), facts, 99).result == std::string(pass));
    CHECK(runway(usual(), facts, 101).result == std::string(ask));  // with the rail's fee
}

TEST_CASE("what may be paid beside a payment is what its runway can spare, with the burn that it adds", "[policy]") {
    Facts facts = good();  // 9,900 left, 3,000 needed
    CHECK(least_left(usual(), facts, 100) == atr::Decimal(3000));
    facts.burn_rise = 1;  // 9,900 - 1,650 = 3 x (1,000 + 100 + 1,650)
    CHECK(least_left(usual(), facts, 100) == atr::Decimal(8250));
    facts.burn_floor = 3200;  // 300 until there are 9,600; only beyond 2,100 the burn would rise above its floor
    CHECK(least_left(usual(), facts, 100) == atr::Decimal(9600));
    facts.burn_floor = 4000;  // nothing to spare: nothing beside it
    CHECK(least_left(usual(), facts, 100) == atr::Decimal(9900));
    facts.amount.asset = "EUR";
    CHECK(least_left(usual(), facts, 100) == atr::Decimal(0));
}

TEST_CASE("an account that cools off does not hide that the document names another", "[policy]") {
    Facts facts = good();
    facts.payee_cooling_off = facts.payee_differs = true;
    const auto decision = decide(usual(), facts);
    CHECK(reason(decision, "payee_account").result == std::string(hold));
    CHECK(decision.main_reason().find("the document names another account") != std::string::npos);
}

TEST_CASE("exactly the limit needs no person", "[policy]") {
    Facts facts = good();
    facts.amount.amount = 500;
    CHECK(decide(usual(), facts).outcome == Outcome::pay);
}

TEST_CASE("a pause holds everything", "[policy]") {
    Policy paused = usual();
    paused.paused = true;
    CHECK(decide(paused, good()).obstacles().front().rule == "pause");
}

TEST_CASE("the thought says what it did not look at, and why", "[policy]") {
    Facts facts = good();
    facts.vendor_known = facts.rail_known = false;
    const std::string thought = decide(usual(), facts).thought;
    CHECK(thought.find("there is no vendor whose payee account could be looked at") != std::string::npos);
    CHECK(thought.find("there is no rail whose funds could be looked at") != std::string::npos);
    CHECK(thought.find(". not looked at") == std::string::npos);
}

TEST_CASE("a refusal outweighs every question", "[policy]") {
    Facts facts = good();
    facts.vendor_known = false;
    facts.amount.amount = -3;
    const auto decision = decide(usual(), facts);
    CHECK(decision.outcome == Outcome::refuse);
    CHECK(decision.main_reason() == "the amount due is negative");
}
