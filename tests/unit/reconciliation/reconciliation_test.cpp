// Each rule of reconciliation, and each kind of break: made on purpose, and found.
#include "reconcile/reconciliation.hpp"
#include "ledger/rail_fee.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;

SCENARIO("books and rail that tell one story are equal", "[reconciliation]") {
    Books books;
    books.fund("1000");
    for (int i = 1; i <= 10; ++i) books.pay("1.5");
    books.rail.receive("20");
    const auto report = books.run();
    CHECK(report.equal());
    CHECK(report.extent == Extent::full);
    CHECK(report.events_checked == 12);
    CHECK(report.payments_checked == 10);
    REQUIRE(report.balances.size() == 1);
    CHECK(report.balances[0].booked == dec("1005"));
    CHECK(report.balances[0].at_rail == dec("1005"));
    CHECK(report.balances[0].difference.is_zero());
    REQUIRE(report.trial_balance.size() == 1);
    CHECK(report.trial_balance[0].difference.is_zero());
}

SCENARIO("an empty rail and empty books are equal", "[reconciliation]") {
    Books books;
    CHECK(books.run().equal());
    CHECK(books.run(Extent::tail).equal());
}

SCENARIO("repeated notices are harmless", "[reconciliation]") {
    Books books;
    const auto first = books.rail.receive("1000");
    books.follow();
    books.pay("1");
    books.rail.duplicate_notices(true);
    books.pay("2");
    const auto paid = books.rail.events()[1].event_id;
    for (int i = 0; i < 20; ++i) books.pay("1");
    books.rail.repeat(first);
    books.rail.repeat(paid);
    CHECK(books.breaks() == Kinds{});
    CHECK(books.breaks(Extent::tail) == Kinds{});
    CHECK(books.run().balances[0].difference.is_zero());
}

SCENARIO("a notice of a payment repeated after thousands of others is still the same movement", "[reconciliation]") {
    Books books;
    books.fund();
    books.pay("1");
    for (std::size_t i = 0; i < reconcile::RecentEvents::most * 4; ++i) {
        atr::RailEvent nothing = Books::out_event("", "0", "");
        books.rail.note(nothing);
        if (i % 3 == 0) books.rail.receive("0.00001");
    }
    books.rail.repeat(books.rail.events()[1].event_id);
    reconcile::ReconciliationSettings settings;
    reconcile::Reconciliation large(books.store, books.assets, books.clock, {&books.rail}, books.follower, settings);
    const auto report = books.await(large.run(Extent::full));
    REQUIRE(report);
    CHECK(report->equal());
}

SCENARIO("a payment settled at the rail and open in the books is in flight, not a break", "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.reserve("30");
    const auto reference = books.send(payment);
    auto report = books.run();
    CHECK(report.equal());
    REQUIRE(report.in_flight.size() == 1);
    CHECK(report.in_flight[0].payment_id == payment.id);
    CHECK(report.in_flight[0].why == "payment_open");
    CHECK(report.balances[0].booked == dec("1000"));
    CHECK(report.balances[0].at_rail == dec("970"));
    CHECK(report.balances[0].in_flight == dec("-30"));
    CHECK(report.balances[0].difference.is_zero());
    THEN("and is gone when the saga has posted it") {
        books.end(payment, PaymentState::settled, reference);
        report = books.run(Extent::tail);
        CHECK(report.equal());
        CHECK(report.in_flight.empty());
        CHECK(report.extent == Extent::tail);
    }
}

SCENARIO("money that left without us is found", "[reconciliation]") {
    Books books;
    books.fund();
    GIVEN("an event that names no payment") {
        books.rail.note(Books::out_event("", "5", "theirs"));
        const auto report = books.run();
        REQUIRE(report.breaks.size() == 1);
        CHECK(report.breaks[0].kind == reconcile::kind::left_without_us);
        CHECK(report.breaks[0].amount == *atr::Money::parse("5", "MNEE"));
        CHECK(report.breaks[0].event_id == "event-2");
        CHECK(report.balances[0].difference == dec("-5"));
    }
    GIVEN("an event that names a payment we do not know") {
        books.rail.note(Books::out_event(std::string(32, 'a'), "5", "theirs"));
        CHECK(books.breaks() == Kinds{"money_left_without_us"});
    }
    GIVEN("a payment that still waits for approval") {
        Payment payment;
        payment.id = books.ids.next();
        payment.amount = *atr::Money::parse("5", "MNEE");
        payment.rail = "bank";
        UnitOfWork unit = books.store.begin();
        unit.create(payment);
        books.commit(std::move(unit));
        books.send(payment);
        CHECK(books.breaks() == Kinds{"money_left_without_us"});
    }
    THEN("a tail run goes on finding it") {
        books.rail.note(Books::out_event("", "5", "theirs"));
        CHECK(books.breaks(Extent::full) == Kinds{"money_left_without_us"});
        CHECK(books.breaks(Extent::tail) == Kinds{"money_left_without_us"});
    }
}

SCENARIO("a movement is matched by the payment's id where two persons said that it was paid", "[reconciliation]") {
    Books books;
    books.fund();
    Payment payment = books.reserve("5");
    payment.resolution = {{"rita", "paid", "as the bank says", "", 1}, {"paul", "paid", "as the bank says", "", 2}};
    payment = books.end(payment, PaymentState::settled, GENERATE("as the bank says", "predicted", ""));
    books.rail.note(Books::out_event(Books::at_rail(payment), "5", "the rail's own"));
    CHECK(books.breaks() == Kinds{});
    CHECK(books.breaks(Extent::tail) == Kinds{});
    THEN("a second movement is still one too many") {
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
        CHECK(books.breaks() == Kinds{"paid_twice"});
        CHECK(books.breaks(Extent::tail) == Kinds{"paid_twice"});
    }
    THEN("and a movement that never comes is still missed") {
        Payment other = books.reserve("7");
        other.resolution = payment.resolution;
        books.end(other, PaymentState::settled);
        books.clock.advance(61'000);
        CHECK(books.breaks() == Kinds{"no_rail_event"});
    }
}

SCENARIO("what one person alone proposed does not excuse a movement with another reference", "[reconciliation]") {
    Books books;
    books.fund();
    Payment payment = books.reserve("5");
    payment.resolution = {{"rita", "paid", "as the bank says", "", 1}};
    books.end(payment, PaymentState::settled, "the rail's own");
    books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
    CHECK(books.breaks() == Kinds{"paid_twice"});
    CHECK(books.breaks(Extent::tail) == Kinds{"paid_twice"});
}

SCENARIO("a payment that was paid twice is found", "[reconciliation]") {
    Books books;
    books.fund();
    GIVEN("a settled one, with another reference") {
        const auto payment = books.pay("5");
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
        const auto report = books.run();
        REQUIRE(report.breaks.size() == 1);
        CHECK(report.breaks[0].kind == reconcile::kind::paid_twice);
        CHECK(report.breaks[0].payment_id == payment.id);
    }
    GIVEN("the second movement stands first in the statement") {
        const auto payment = books.reserve("5");
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
        books.end(payment, PaymentState::settled, books.send(payment));
        CHECK(books.breaks() == Kinds{"paid_twice"});
    }
    GIVEN("one that is still open, on a rail that is not idempotent") {
        books.rail.idempotent(false);
        const auto payment = books.reserve("5");
        books.send(payment);
        books.send(payment);
        CHECK(books.breaks() == Kinds{"paid_twice"});
    }
    GIVEN("a rail without references") {
        const auto payment = books.reserve("5");
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", ""));
        books.end(payment, PaymentState::settled, "");
        CHECK(books.breaks() == Kinds{});
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", ""));
        CHECK(books.breaks() == Kinds{"paid_twice"});
    }
    GIVEN("the same reference again, which only the balance can tell from a repeated notice") {
        const auto payment = books.pay("5");
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", payment.rail_reference));
        CHECK(books.breaks() == Kinds{"rail_balance_differs"});
    }
}

SCENARIO("an amount or asset that differs is found", "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.reserve("5");
    GIVEN("another amount") {
        books.rail.note(Books::out_event(Books::at_rail(payment), "50", "r"));
        CHECK(books.breaks() == Kinds{"amount_differs"});
        books.end(payment, PaymentState::settled, "r");
        const auto report = books.run();
        REQUIRE(report.breaks.size() == 1);
        CHECK(report.breaks[0].kind == reconcile::kind::amount_differs);
        CHECK(report.balances[0].difference == dec("-45"));
    }
    GIVEN("another asset") {
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", "r", "EUR"));
        books.end(payment, PaymentState::settled, "r");
        CHECK(books.breaks() == Kinds{"amount_differs"});
    }
}

SCENARIO("money that went to another address than the payment's is found", "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.reserve("5");
    const auto paid_to = [&](const char* counterparty) {
        auto event = Books::out_event(Books::at_rail(payment), "5", "r");
        event.counterparty_json = counterparty;
        books.rail.note(event);
    };
    GIVEN("another address") {
        paid_to(R"({"address":"DE02 0000"})");
        CHECK(books.breaks() == Kinds{"payee_differs"});
        books.end(payment, PaymentState::settled, "r");
        CHECK(books.breaks() == Kinds{"payee_differs"});
        CHECK(books.breaks(Extent::tail) == Kinds{"payee_differs"});
    }
    GIVEN("the same one, written in another way") {
        paid_to(R"({"address":"0xACME01"})");
        CHECK(books.breaks() == Kinds{});
    }
    GIVEN("a rail that does not tell") {
        paid_to("{}");
        CHECK(books.breaks() == Kinds{});
    }
}

SCENARIO("money that moved after the books gave the payment up is found", "[reconciliation]") {
    Books books;
    books.fund();
    const auto state = GENERATE(PaymentState::failed, PaymentState::cancelled);
    const auto payment = books.reserve("5");
    books.end(payment, state);
    books.send(payment);
    CHECK(books.breaks() == Kinds{"moved_after_end"});
}

SCENARIO("a payment that another rail moved is found", "[reconciliation]") {
    Books books;
    books.fund();
    auto payment = books.reserve("5");
    payment.rail = "chain";
    UnitOfWork unit = books.store.begin();
    unit.update(payment);
    books.commit(std::move(unit));
    books.send(payment);
    CHECK(books.breaks() == Kinds{"wrong_rail"});
}

SCENARIO("a posted payment without an event at the rail is found", "[reconciliation]") {
    Books books;
    books.fund();
    for (int i = 0; i < 7; ++i) books.pay("1");
    const auto payment = books.pay("5");
    const auto event = books.rail.events().back().event_id;
    books.rail.forget(event);
    books.rail.forge_balance("MNEE", "5");
    THEN("fresh, it is in flight: the statement may come later than the answer") {
        const auto report = books.run();
        CHECK(report.equal());
        REQUIRE(report.in_flight.size() == 1);
        CHECK(report.in_flight[0].why == "event_awaited");
        CHECK(report.in_flight[0].payment_id == payment.id);
        CHECK(report.balances[0].difference.is_zero());
    }
    THEN("later it is a break, whichever way the payments are looked through") {
        books.clock.advance(61'000);
        const std::size_t at_once = GENERATE(1u, 2u, 50'000u);
        reconcile::ReconciliationSettings settings = Books::small_pages();
        settings.posted_at_once = at_once;
        reconcile::Reconciliation run(books.store, books.assets, books.clock, {&books.rail}, books.follower, settings);
        const auto report = books.await(run.run(Extent::full));
        REQUIRE(report);
        REQUIRE(report->breaks.size() == 1);
        CHECK(report->breaks[0].kind == reconcile::kind::no_rail_event);
        CHECK(report->breaks[0].payment_id == payment.id);
    }
}

SCENARIO("a tail run that cannot explain the books looks closer by itself", "[reconciliation]") {
    Books books;
    books.fund();
    CHECK(books.run().equal());
    const auto ghost = books.reserve("5");
    books.end(ghost, PaymentState::settled, "nowhere");
    books.clock.advance(61'000);
    const auto report = books.run(Extent::tail);
    CHECK(report.extent == Extent::full);
    REQUIRE(report.breaks.size() == 1);
    CHECK(report.breaks[0].kind == reconcile::kind::no_rail_event);
}

SCENARIO("a rail whose balance is not the sum of its statement is found", "[reconciliation]") {
    Books books;
    books.fund();
    books.pay("10");
    books.rail.unplaced_balance(GENERATE(false, true));
    books.rail.forge_balance("MNEE", "-3");
    const auto report = books.run();
    REQUIRE(report.breaks.size() == 1);
    CHECK(report.breaks[0].kind == reconcile::kind::rail_balance_differs);
    CHECK(report.breaks[0].amount.amount == dec("-3"));
    CHECK(report.balances[0].at_rail == dec("987"));
    CHECK(report.balances[0].difference == dec("-3"));
}

SCENARIO("books that hold what no event explains are found", "[reconciliation]") {
    Books books;
    books.fund();
    ledger::Transfer ghost;
    ghost.id = "a ghost";
    ghost.debit_account = ledger::treasury_account("bank");
    ghost.credit_account = ledger::receipts_account("bank");
    ghost.amount = *atr::Money::parse("7", "MNEE");
    ghost.units = *books.assets.units(ghost.amount);
    UnitOfWork unit = books.store.begin();
    ledger::book(unit, ghost);
    books.commit(std::move(unit));
    const auto report = books.run();
    REQUIRE(report.breaks.size() == 1);
    CHECK(report.breaks[0].kind == reconcile::kind::ledger_differs);
    CHECK(report.breaks[0].amount.amount == dec("7"));
}

SCENARIO("debits that are not credits are found", "[reconciliation]") {
    Books books;
    books.fund();
    UnitOfWork unit = books.store.begin();
    unit.add(balances_collection, "MNEE|expenses:vendor:acme|debits", 100'000, false, "forged");
    books.commit(std::move(unit));
    const auto report = books.run();
    REQUIRE(report.breaks.size() == 1);
    CHECK(report.breaks[0].kind == reconcile::kind::trial_balance);
    CHECK(report.breaks[0].amount.amount == dec("1"));
}

SCENARIO("payments that go on while it compares make no break", "[reconciliation]") {
    Books books;
    books.fund("100000");
    for (int i = 0; i < 20; ++i) books.pay("1");
    books.rail.latency(Millis{1});
    books.rail.unplaced_balance(GENERATE(false, true));
    bool done = false;
    int paid = 0;
    const auto keep_paying = [&]() -> Task<> {
        while (!done) {
            Payment payment;
            payment.id = books.ids.next();
            payment.amount = *atr::Money::parse("2", "MNEE");
            payment.rail = "bank";
            payment.enter(PaymentState::prepared, books.clock.unix_ms());
            UnitOfWork commit_a = books.store.begin();
            commit_a.create(payment);
            ledger::book(commit_a, books.pending_of(payment));
            Task<Committed> committing_a = books.store.commit(std::move(commit_a));
            co_await committing_a;
            atr::RailPayment wanted;
            wanted.payment_id = Books::at_rail(payment);
            wanted.money = payment.amount;
            CallOptions options;
            Task<atr::Result<atr::Prepared>> preparing = books.rail.prepare(wanted, options);
            atr::Result<atr::Prepared> prepared = co_await preparing;
            Task<atr::Result<atr::RailStatus>> submitting = books.rail.submit(wanted, prepared->blob, options);
            atr::Result<atr::RailStatus> status = co_await submitting;
            co_await delay(books.executor, Millis{1 + paid % 3});
            payment.version = 1;
            payment.enter(PaymentState::settled, books.clock.unix_ms());
            payment.rail_reference = status->rail_reference;
            UnitOfWork commit_b = books.store.begin();
            commit_b.update(payment);
            ledger::book(commit_b, books.pending_of(payment).posting(books.clock.unix_ms()));
            treasury::note_settled(commit_b, payment.amount, 200'000, books.clock.unix_ms());
            Task<Committed> committing_b = books.store.commit(std::move(commit_b));
            co_await committing_b;
            ++paid;
        }
    };
    for (int i = 0; i < 4; ++i) books.scope.spawn(keep_paying());
    reconcile::ReconciliationSettings settings;
    settings.page = 20;  // small, but faster than the payments
    reconcile::Reconciliation live(books.store, books.assets, books.clock, {&books.rail}, books.follower, settings);
    bool moved = false;
    for (int run = 0; run < 10; ++run) {
        const auto report = books.await(live.run(run % 2 == 0 ? Extent::full : Extent::tail));
        REQUIRE(report);
        CAPTURE(run, reconcile::to_json(*report));
        CHECK(report->equal());
        moved = moved || !report->in_flight.empty();
    }
    CHECK(moved);
    done = true;
    books.executor.run_until([&] { return books.scope.running() == 0; });
    CHECK(paid > 20);
    const auto report = books.run();
    CHECK(report.equal());
    CHECK(report.in_flight.empty());
    CHECK(report.balances[0].booked == books.booked());
}

SCENARIO("a rail that cannot be read leaves nothing to report", "[reconciliation]") {
    Books books;
    books.fund();
    books.rail.fail_reads(1);
    CHECK(books.await(books.reconciliation.run(Extent::full)).outcome() == atr::Outcome::retry);
    CHECK(books.breaks() == Kinds{});
}

SCENARIO("the report is written as the API promises", "[reconciliation]") {
    Books books;
    books.fund();
    books.rail.note(Books::out_event("", "5", "theirs"));
    books.clock.advance(5000);
    const Json json = Json::parse(reconcile::to_json(books.run()));
    CHECK(json.at("equal") == false);
    CHECK(json.at("as_of").get<std::string>().ends_with("Z"));
    REQUIRE(json.at("breaks").size() == 1);
    const Json& found = json.at("breaks")[0];
    CHECK(found.at("kind") == "money_left_without_us");
    CHECK(found.at("rail") == "bank");
    CHECK(found.at("asset") == "MNEE");
    CHECK(found.at("amount") == "5");
    CHECK(found.at("event_id") == "event-2");
    CHECK(found.at("age_s") == 0);  // since it was first seen
    CHECK(found.at("first_seen") == json.at("as_of"));
    CHECK(found.at("at") != json.at("as_of"));
    CHECK(json.at("balances")[0].at("difference") == "-5");
    CHECK(json.at("checked").at("events") == 2);
}
