#include "reconcile/history.hpp"

#include <catch2/catch.hpp>

#include "reconcile/ledger_verify.hpp"
#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;
using treasurer::ledger::day_ms;
using treasurer::reconcile::LedgerHistory;

namespace {

constexpr const char* available = "MNEE|assets:treasury:bank|available";

struct Past : Books {
    LedgerHistory history{store, executor, clock, small()};

    /// Records and pages as small as can be, so that every border between two is crossed.
    static reconcile::HistorySettings small() {
        reconcile::HistorySettings out;
        out.page = 2;
        out.part = 2;
        return out;
    }
    /// Time passes until something is booked: a day is closed by what comes after it.
    void pass(UnixMillis ms) {
        clock.advance(ms);
        fund("1");
    }
    std::size_t close() {
        const auto closed = await(history.close_days());
        REQUIRE(closed);
        return *closed;
    }
    atr::Int128 held_before(UnixMillis at_ms) {
        const auto balances = await(history.before(at_ms));
        REQUIRE(balances);
        const auto found = balances->find(available);
        return found == balances->end() ? 0 : found->second;
    }
    std::size_t days() {
        atr::Query query;
        query.index = "by_start";
        query.limit = 1000;
        return await(store.list<ledger::LedgerDay>(query))->items.size();
    }
};

}  // namespace

SCENARIO("the balances of any past moment are what the transfers up to it made", "[history]") {
    Past books;
    const UnixMillis began = books.clock.unix_ms();
    std::vector<std::pair<UnixMillis, atr::Int128>> known{{began, 0}};
    books.fund("1000");
    atr::Int128 funds = 1000;
    for (int i = 0; i < 12; ++i) {
        books.clock.advance(7 * 3'600'000);
        known.emplace_back(books.clock.unix_ms(), funds * 100'000);
        books.pay("10");
        funds -= 10;
    }
    const bool closed = GENERATE(false, true);
    if (closed) {
        CHECK(books.close() == 2);  // of four days begun, two ended long enough ago
        CHECK(books.close() == 0);
        CHECK(books.days() == 2);
    }
    for (const auto& [moment, units] : known) {
        INFO(moment - began);
        CHECK(books.held_before(moment) == units);
    }
    CHECK(books.await(reconcile::verify_ledger(books.store))->findings.empty());
}

SCENARIO("a closed day takes no transfer any more: a late one is booked as of now", "[history]") {
    Past books;
    books.fund("1000");
    const UnixMillis then = books.clock.unix_ms();
    books.pass(3 * day_ms);
    CHECK(books.close() > 0);
    ledger::Transfer late;
    late.id = "late";
    late.debit_account = ledger::treasury_account("bank");
    late.credit_account = ledger::receipts_account("bank");
    late.amount = *atr::Money::parse("1", "MNEE");
    late.units = 100'000;
    late.at_ms = then;
    UnitOfWork unit = books.store.begin();
    ledger::book(unit, late);
    const auto refused = books.await(books.store.commit(std::move(unit)));
    CHECK(refused.outcome == atr::Outcome::conflict);
    CHECK(refused.lost == ledger::day_label);
    late.at_ms = books.clock.unix_ms();
    unit = books.store.begin();
    ledger::book(unit, late);
    CHECK(books.await(books.store.commit(std::move(unit))).ok());
}

SCENARIO("days without a transfer are closed too, and two hosts may close the same", "[history]") {
    Past books;
    LedgerHistory other(books.store, books.executor, books.clock, Past::small());
    const UnixMillis began = books.clock.unix_ms();
    books.fund("1000");
    books.pass(10 * day_ms);
    std::optional<atr::Result<std::size_t>> first, second;
    const auto run = [](LedgerHistory& history, std::optional<atr::Result<std::size_t>>& into) -> Task<> {
        Task<atr::Result<std::size_t>> closing = history.close_days();
        into.emplace(co_await closing);
    };
    books.scope.spawn(run(books.history, first));
    books.scope.spawn(run(other, second));
    books.executor.run_until([&] { return books.scope.running() == 0; });
    REQUIRE((first && *first && second && *second));
    const UnixMillis due_ms = books.clock.unix_ms() - reconcile::HistorySettings{}.after.count();
    const auto due = static_cast<std::size_t>((ledger::day_start(due_ms) - ledger::day_start(began)) / day_ms);
    CHECK(due >= 8);
    CHECK(**first + **second >= due);
    CHECK(books.days() == due);
    CHECK(books.held_before(books.clock.unix_ms()) == 100'000'000);
    CHECK(books.await(reconcile::verify_ledger(books.store))->findings.empty());
}

SCENARIO("a day that was closed and not summed up is summed up by whoever comes next", "[history]") {
    Past books;
    books.fund("1000");
    ledger::LedgerDay day = ledger::LedgerDay::of(books.clock.unix_ms());
    UnitOfWork unit = books.store.begin();
    unit.create(day);
    books.commit(std::move(unit));
    books.pass(3 * day_ms);
    CHECK(books.close() == 2);
    CHECK((*books.await(books.store.find<ledger::LedgerDay>(day.id)))->summed);
}

SCENARIO("sums of a past day that were changed by hand are named", "[history]") {
    Past books;
    books.fund("1000");
    const auto day = ledger::LedgerDay::of(books.clock.unix_ms());
    books.pass(3 * day_ms);
    books.close();
    auto part = **books.await(books.store.find<ledger::LedgerDayPart>(ledger::LedgerDayPart::key(day, 0)));
    part.balances.begin().value() = "7";
    UnitOfWork unit = books.store.begin();
    unit.put(ledger::LedgerDayPart::collection, part.id, dump(part.to_json()), {}, ATR_VER_ANY, "forged");
    books.commit(std::move(unit));
    const auto findings = books.await(reconcile::verify_ledger(books.store))->findings;
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0] == "the balances kept at the end of " + day.id + " are not what the transfers say");
}

SCENARIO("a host whose clock is days ahead closes no day that the store is still in", "[history]") {
    Past books;
    books.fund("1000");
    support::ManualClock ahead(books.clock.unix_ms() + 5 * day_ms);
    LedgerHistory early(books.store, books.executor, ahead, Past::small());
    const bool books_too = GENERATE(false, true);
    if (books_too) {
        reconcile::StatementFollower follower(books.store, books.assets, ahead);
        books.rail.receive("7");
        REQUIRE(books.await(follower.follow(books.rail)));
    }
    CHECK(*books.await(early.close_days()) == 0);
    CHECK(books.days() == 0);
    THEN("what it booked ahead keeps no right host from closing what is over") {
        books.pass(3 * day_ms);
        CHECK(books.close() == 2);
    }
}

SCENARIO("a machine whose own clock was ahead while it booked nothing books on when it is set back", "[history]") {
    Past books;
    const UnixMillis then = books.clock.unix_ms();
    books.fund("1000");
    books.clock.set(then + 5 * day_ms);  // the store's clock as well
    CHECK(books.close() == 0);
    books.clock.set(then + 1);
    books.fund("1");
    CHECK(books.booked() == dec("1001"));
}
