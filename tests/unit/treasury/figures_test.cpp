#include "treasury/figures.hpp"

#include <catch2/catch.hpp>

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "tests/support/store_bench.hpp"
#include "treasury/rollups.hpp"

using namespace treasurer;
using treasury::FiguresSettings;
using treasury::TreasuryFigures;

namespace {

constexpr UnixMillis day_ms = 86'400'000;

atr::Decimal decimal(const std::string& text) {
    return *atr::Decimal::parse(text);
}

struct Treasury : support::StoreBench {
    ledger::Assets assets{{{"MNEE", 5}}};
    int next = 1;

    ledger::Transfer transfer(const std::string& amount) {
        ledger::Transfer out;
        out.id = "transfer-" + std::to_string(next++);
        out.debit_account = ledger::treasury_account("bank");
        out.credit_account = ledger::receipts_account("bank");
        out.amount = *atr::Money::parse(amount, "MNEE");
        out.units = *assets.units(out.amount);
        out.at_ms = clock.unix_ms();
        return out;
    }
    void commit(UnitOfWork unit) { REQUIRE(await(store.commit(std::move(unit))).ok()); }
    void fund(const std::string& amount) {
        UnitOfWork unit = store.begin();
        ledger::book(unit, transfer(amount));
        commit(std::move(unit));
    }
    ledger::Transfer hold(const std::string& amount) {
        auto out = transfer(amount);
        out.kind = ledger::TransferKind::pending;
        out.debit_account = ledger::vendor_account("acme");
        out.credit_account = ledger::treasury_account("bank");
        UnitOfWork unit = store.begin();
        ledger::book(unit, out);
        commit(std::move(unit));
        return out;
    }
    void pay(const std::string& amount) {
        const auto pending = hold(amount);
        UnitOfWork unit = store.begin();
        ledger::book(unit, pending.posting(clock.unix_ms()));
        treasury::note_settled(unit, pending.amount, pending.units, clock.unix_ms());
        commit(std::move(unit));
    }
    TreasuryFigures figures(FiguresSettings settings = {}) {
        treasury::Figures figures(store, assets, clock, settings);
        auto out = await(figures.of("MNEE", "bank"));
        REQUIRE(out);
        return *out;
    }
};

}  // namespace

SCENARIO("figures tell booked, available and held funds exactly", "[treasury]") {
    Treasury treasury;
    treasury.fund("1000.00001");
    treasury.pay("100.1");
    treasury.hold("50");
    const auto figures = treasury.figures();
    CHECK(figures.booked == decimal("899.90001"));
    CHECK(figures.available == decimal("849.90001"));
    CHECK(figures.held == decimal("50"));
}

SCENARIO("an empty treasury burns nothing and has no runway to tell", "[treasury]") {
    Treasury treasury;
    const auto figures = treasury.figures();
    CHECK(figures.booked.is_zero());
    CHECK(figures.monthly_burn.is_zero());
    CHECK_FALSE(figures.runway_months);
}

SCENARIO("young books are divided by thirty days at least, older ones by their age, at most by the window",
         "[treasury]") {
    Treasury treasury;
    treasury.fund("10000");
    treasury.pay("600");
    CHECK(treasury.figures().monthly_burn == decimal("600"));
    treasury.clock.advance(29 * day_ms);
    CHECK(treasury.figures().monthly_burn == decimal("600"));
    treasury.clock.advance(30 * day_ms);  // the 60th day
    CHECK(treasury.figures().monthly_burn == decimal("300"));
    treasury.clock.advance(29 * day_ms);
    treasury.pay("300");
    CHECK(treasury.figures().monthly_burn == decimal("303.37079"));  // 900 over 89 days
    treasury.clock.advance(day_ms);
    CHECK(treasury.figures().monthly_burn == decimal("300"));  // 900 over the window of 90
    THEN("what was paid before the window no longer counts") {
        treasury.clock.advance(day_ms);
        CHECK(treasury.figures().monthly_burn == decimal("100"));
        treasury.clock.advance(90 * day_ms);
        CHECK(treasury.figures().monthly_burn.is_zero());
        CHECK_FALSE(treasury.figures().runway_months);
    }
}

SCENARIO("a floor keeps a young treasury from looking as if it lasted for ever", "[treasury]") {
    Treasury treasury;
    treasury.fund("1000");
    FiguresSettings settings;
    settings.burn_floor = decimal("400");
    CHECK(treasury.figures(settings).monthly_burn == decimal("400"));
    CHECK(treasury.figures(settings).runway_months == decimal("2.5"));
    settings.burn_floor_asset = "EUR";
    CHECK(treasury.figures(settings).monthly_burn.is_zero());
}

SCENARIO("runway is rounded down and never below zero", "[treasury]") {
    struct Case {
        std::string available, burn, months;
    };
    const auto test = GENERATE(Case{"15000.5", "5000", "3"}, Case{"14999.99999", "5000", "2.9"},
                               Case{"14800", "5000", "2.9"}, Case{"14999", "5000", "2.9"}, Case{"1", "3", "0.3"},
                               Case{"2", "3", "0.6"}, Case{"-5", "3", "0"}, Case{"0", "3", "0"});
    CHECK(treasury::runway(decimal(test.available), decimal(test.burn)) == decimal(test.months));
    CHECK_FALSE(treasury::runway(decimal(test.available), {}));
}

SCENARIO("an asset the books do not count is refused", "[treasury]") {
    Treasury treasury;
    treasury::Figures figures(treasury.store, treasury.assets, treasury.clock, {});
    CHECK(treasury.await(figures.of("XAU", "bank")).outcome() == atr::Outcome::rejected);
}
