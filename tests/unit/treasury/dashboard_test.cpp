#include "treasury/dashboard.hpp"

#include <catch2/catch.hpp>

#include "records/approval.hpp"
#include "records/payment.hpp"
#include "records/policy.hpp"
#include "tests/support/store_bench.hpp"
#include "treasury/dashboard_parts.hpp"

using namespace treasurer;
using treasury::Dashboard;

namespace {

atr::Decimal dec(const std::string& text) {
    return *atr::Decimal::parse(text);
}

Dashboard sample() {
    Dashboard out;
    out.figures.asset = "MNEE";
    out.figures.rail = "bank";
    out.figures.booked = dec("15000.5");
    out.figures.available = dec("15000");
    out.figures.held = dec("0.5");
    out.figures.monthly_burn = dec("5000");
    out.figures.runway_months = dec("3");
    out.figures.as_of_ms = 1'700'000'000'000;
    out.critical_runway_months = dec("2");
    return out;
}

const treasury::BooksCheck equal_now{true, 0, 1'700'000'000'000};

std::vector<std::string> codes(const Dashboard& dashboard,
                               const std::optional<treasury::BooksCheck>& books = equal_now) {
    std::vector<std::string> out;
    for (const auto& alert : treasury::alerts_of(dashboard, books)) out.push_back(alert.code);
    return out;
}

}  // namespace

SCENARIO("the dashboard is written from exact decimals, as the original service's clients read it", "[treasury]") {
    auto dashboard = sample();
    const std::string text = treasury::to_json(dashboard, equal_now);
    CHECK(text.starts_with(R"({"status":"Online","treasury_balance":15000.5,"currency":"MNEE","monthly_burn":5000.0,)"
                           R"("runway_months":3.0,"alerts":[],"available":15000.0,"held":0.5,)"));
    CHECK(Json::parse(treasury::to_json(dashboard, std::nullopt)).at("books").is_null());

    GIVEN("more digits than a double holds") {
        dashboard.figures.booked = dec("12345678901234567890.12345");
        CHECK(treasury::to_json(dashboard, equal_now).find("\"treasury_balance\":12345678901234567890.12345,") !=
              std::string::npos);
    }
    GIVEN("nothing is spent") {
        dashboard.figures.runway_months.reset();
        CHECK(Json::parse(treasury::to_json(dashboard, equal_now)).at("runway_months").is_null());
    }
    GIVEN("books that were compared") {
        const treasury::BooksCheck compared{false, 2, 1'700'000'000'000};
        const auto books = Json::parse(treasury::to_json(dashboard, compared)).at("books");
        CHECK(books.dump() == R"({"as_of":"2023-11-14T22:13:20.000Z","breaks":2,"equal":false})");
    }
}

SCENARIO("a dashboard is the same when its parts were cached as text", "[treasury]") {
    auto dashboard = sample();
    dashboard.waiting = {.quarantined = true, .approvals = 3, .unknown_payments = 2, .payments_needing_person = 1};
    dashboard.figures.booked = dec("12345678901234567890.12345");
    if (GENERATE(false, true)) dashboard.figures.runway_months.reset();
    Policy policy;
    policy.critical_runway_months = dashboard.critical_runway_months;
    policy.paused = dashboard.paused = GENERATE(false, true);
    const std::string figures = treasury::to_text(dashboard.figures), waiting = treasury::to_text(dashboard.waiting);
    const auto again = treasury::dashboard_of(figures, waiting, dump(policy.to_json()));
    REQUIRE(again);
    CHECK(treasury::to_json(*again, equal_now) == treasury::to_json(dashboard, equal_now));
    THEN("a text that is none is told from one") {
        CHECK_FALSE(treasury::dashboard_of("rubbish", waiting, dump(policy.to_json())));
        CHECK_FALSE(treasury::dashboard_of(figures, "{}", dump(policy.to_json())));
        CHECK_FALSE(treasury::dashboard_of(figures, waiting, "[]"));
    }
}

SCENARIO("books that were never compared, or long ago, raise an alert", "[treasury]") {
    const auto dashboard = sample();
    CHECK(codes(dashboard, std::nullopt) == std::vector<std::string>{"books_not_compared"});
    CHECK(codes(dashboard, treasury::BooksCheck{true, 0, 1, true}) == std::vector<std::string>{"books_not_compared"});
    CHECK(codes(dashboard, treasury::BooksCheck{false, 1, 1, true}) ==
          std::vector<std::string>{"books_not_equal", "books_not_compared"});
}

SCENARIO("each thing a person must know raises its alert", "[treasury]") {
    auto dashboard = sample();
    CHECK(codes(dashboard).empty());
    GIVEN("a runway below the critical one") {
        dashboard.critical_runway_months = dec("3.1");
        CHECK(codes(dashboard) == std::vector<std::string>{"runway_critical"});
        CHECK(treasury::alerts_of(dashboard, equal_now).front().message ==
              "Runway is 3.0 months, below the critical 3.1");
    }
    GIVEN("payments whose outcome is unknown") {
        dashboard.waiting.unknown_payments = 2;
        CHECK(codes(dashboard) == std::vector<std::string>{"payments_unknown"});
        dashboard.waiting.payments_needing_person = 1;
        CHECK(codes(dashboard) == std::vector<std::string>{"payments_need_person", "payments_unknown"});
        dashboard.waiting.payments_needing_person = 2;
        CHECK(codes(dashboard) == std::vector<std::string>{"payments_need_person"});
    }
    GIVEN("books that are not equal") {
        CHECK(codes(dashboard, treasury::BooksCheck{false, 1, 0}) == std::vector<std::string>{"books_not_equal"});
    }
    GIVEN("a pause") {
        dashboard.paused = true;
        CHECK(codes(dashboard) == std::vector<std::string>{"payments_paused"});
        CHECK(Json::parse(treasury::to_json(dashboard, equal_now)).at("alerts").at(0).at("level") == "warning");
    }
}

SCENARIO("the dashboard counts what waits for people", "[treasury]") {
    support::StoreBench bench;
    ledger::Assets assets{{{"MNEE", 5}}};
    UnitOfWork unit = bench.store.begin();
    for (int i = 0; i < 5; ++i) {
        Approval approval;
        approval.id = "approval-" + std::to_string(i);
        approval.status = i < 3 ? "pending" : "approved";
        approval.created_ms = i;
        unit.create(approval);
        Payment payment;
        payment.id = "payment-" + std::to_string(i);
        payment.state = i < 4 ? PaymentState::unknown : PaymentState::settled;
        payment.needs_human = i == 0;
        payment.amount = *atr::Money::parse("1", "MNEE");
        unit.create(payment);
    }
    REQUIRE(bench.await(bench.store.commit(std::move(unit))).ok());

    treasury::Figures figures(bench.store, assets, bench.clock, {});
    treasury::DashboardReader reader(bench.store, figures);
    const auto waiting = bench.await(reader.waiting());
    REQUIRE(waiting);
    CHECK(*waiting ==
          treasury::Waiting{.quarantined = false, .approvals = 3, .unknown_payments = 4, .payments_needing_person = 1});
}
