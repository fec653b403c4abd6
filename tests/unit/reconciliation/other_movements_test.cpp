// What moves at a rail beside payments: fees, receipts, and money that comes back; booked, and found where it is not.
#include "ledger/rail_fee.hpp"
#include "reconcile/reconciliation.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;

SCENARIO("a fee of a payment is booked once it has ended, and the books stay equal", "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.reserve("5");
    auto event = Books::out_event(Books::at_rail(payment), "5", "r");
    event.fee = *atr::Money::parse("0.1", "MNEE");
    books.rail.note(event);
    auto report = books.run();
    CHECK(report.equal());
    CHECK(report.in_flight_total == 2);  // the amount and its fee: the payment is still open
    CHECK(books.booked() == dec("1000"));
    books.end(payment, PaymentState::settled, "r");
    report = books.run();
    CHECK(report.equal());
    CHECK(report.in_flight_total == 0);
    CHECK(books.booked() == dec("994.9"));
    books.run();
    CHECK(books.booked() == dec("994.9"));
}

SCENARIO("what a hold has beyond the amount is held on until the statement tells the fee", "[reconciliation]") {
    Books books;
    books.fund("5.1");
    const bool is_free = GENERATE(false, true);
    Payment payment = books.reserve("5");
    payment.rail = "bank";
    payment.creditor.vendor_id = "acme";
    payment.transfer_id = payment.id;
    payment.hold = *atr::Money::parse("5.1", "MNEE");
    const ledger::Transfer beyond = [&] {  // the test's own hold is of the amount alone
        ledger::Transfer out = books.pending_of(payment);
        out.id = "beyond";
        out.amount = *atr::Money::parse("0.1", "MNEE");
        out.units = *books.assets.units(out.amount);
        return out;
    }();
    UnitOfWork hold = books.store.begin();
    ledger::book(hold, beyond);
    hold.update(payment);
    books.commit(std::move(hold));
    payment = books.load(payment.id);
    auto event = Books::out_event(Books::at_rail(payment), "5", "r");
    if (!is_free) event.fee = *atr::Money::parse("0.1", "MNEE");
    books.rail.note(event);
    books.follow();
    CHECK(books.available_funds() == dec("0"));

    UnitOfWork end = books.store.begin();  // as the saga ends it on a word that tells no fee
    ledger::book(end, beyond.voiding(books.clock.unix_ms()));
    const auto held = books.pending_of(payment);
    ledger::book(end, held.posting(books.clock.unix_ms()));
    ledger::book(end, ledger::fee_hold(held, "bank", beyond.amount, beyond.units, books.clock.unix_ms()));
    payment.enter(PaymentState::settled, books.clock.unix_ms());
    payment.rail_reference = "r";
    end.update(payment);
    books.commit(std::move(end));
    CHECK(books.available_funds() == dec("0"));  // nobody else can reserve what the fee will take

    books.follow();
    CHECK(books.available_funds() == dec(is_free ? "0.1" : "0"));
    CHECK(books.booked() == dec(is_free ? "0.1" : "0"));
    books.follow();
    CHECK(books.available_funds() == dec(is_free ? "0.1" : "0"));
}

SCENARIO("a fee that the books cannot hold is found", "[reconciliation]") {
    Books books;
    books.fund();
    GIVEN("one of a payment that is not ours") {
        auto event = Books::out_event(std::string(32, 'a'), "5", "r");
        event.fee = *atr::Money::parse("0.1", "MNEE");
        books.rail.note(event);
        const auto report = books.run();
        REQUIRE(report.breaks.size() == 2);
        CHECK(report.breaks[0].kind == reconcile::kind::fee_not_booked);
        CHECK(report.breaks[1].kind == reconcile::kind::left_without_us);
        CHECK(report.balances[0].difference == dec("-5.1"));
    }
    GIVEN("one in an asset that the books do not count") {
        const auto payment = books.reserve("5");
        auto event = Books::out_event(Books::at_rail(payment), "5", "r");
        event.fee = *atr::Money::parse("0.1", "GAS");
        books.rail.note(event);
        books.end(payment, PaymentState::settled, "r");
        const auto report = books.run();
        REQUIRE_FALSE(report.breaks.empty());
        CHECK(report.breaks[0].kind == reconcile::kind::fee_not_booked);
    }
}

SCENARIO("a receipt that is not in the books is found", "[reconciliation]") {
    Books books;
    books.fund();
    GIVEN("a position that passed it by") {
        books.rail.receive("5");
        UnitOfWork unit = books.store.begin();
        unit.put(cursors_collection, "statement|bank", R"({"position":"2"})", {}, ATR_VER_ANY, "cursor");
        books.commit(std::move(unit));
        auto report = books.run();
        CHECK(report.equal());
        REQUIRE(report.in_flight.size() == 1);
        CHECK(report.in_flight[0].why == "receipt_new");
        books.clock.advance(61'000);
        CHECK(books.breaks() == Kinds{"receipt_not_booked"});
    }
    GIVEN("an asset the books do not count") {
        books.rail.receive("5", "XAU");
        const auto report = books.run();
        REQUIRE(report.breaks.size() == 1);
        CHECK(report.breaks[0].kind == reconcile::kind::unbookable_receipt);
        CHECK(report.breaks[0].amount.asset == "XAU");
    }
}

SCENARIO("a receipt that is in the books with another amount is found", "[reconciliation]") {
    Books books;
    books.rail.receive("1000");
    ledger::Transfer wrong;
    wrong.id = "receipt|bank|event-1";
    wrong.debit_account = ledger::treasury_account("bank");
    wrong.credit_account = ledger::receipts_account("bank");
    wrong.amount = *atr::Money::parse("999", "MNEE");
    wrong.units = *books.assets.units(wrong.amount);
    UnitOfWork unit = books.store.begin();
    ledger::book(unit, wrong);
    books.commit(std::move(unit));
    CHECK(books.breaks() == Kinds{"receipt_differs"});
}

SCENARIO("a payment that comes back is marked so, its invoice may be paid again, and the books stay equal",
         "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.reserve("5");
    const auto reference = books.send(payment);
    const bool known_at_once = GENERATE(true, false);
    if (known_at_once) books.end(payment, PaymentState::returned, reference);
    atr::RailEvent back = Books::out_event(Books::at_rail(payment), "5", payment.rail_reference);
    back.direction = ATR_DIR_IN;
    back.state = atr::RailState::returned;
    back.event_id = "back";
    books.rail.note(back);
    if (!known_at_once) {
        books.follow();  // still open: its end has to be in the books first
        books.end(payment, PaymentState::settled, reference);
    }
    CHECK(books.breaks() == Kinds{});
    CHECK(books.booked() == dec("1000"));
    CHECK(books.load(payment.id).state == PaymentState::returned);
    const auto invoice = books.await(books.store.find<Invoice>(payment.invoice_id));
    CHECK((*invoice)->status == InvoiceStatus::failed);
    const auto transfer = books.await(books.store.find<ledger::Transfer>("receipt|bank|back"));
    CHECK((*transfer)->purpose == "return");
    CHECK((*transfer)->credit_account == "expenses:vendor:acme");
    const auto spent = books.await(books.store.counters(rollups_collection, {"settled|MNEE"}));
    CHECK(spent->at("settled|MNEE") == 0);
}

SCENARIO("money that a vendor gives back in part is a refund: the payment stays settled", "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.pay("5");
    atr::RailEvent back = Books::out_event(Books::at_rail(payment), "2", "refund-1");
    back.direction = ATR_DIR_IN;
    back.state = GENERATE(atr::RailState::settled, atr::RailState::returned);
    back.event_id = "back";
    books.rail.note(back);
    CHECK(books.breaks() == Kinds{});
    CHECK(books.booked() == dec("997"));
    CHECK(books.load(payment.id).state == PaymentState::settled);
    const auto transfer = books.await(books.store.find<ledger::Transfer>("receipt|bank|back"));
    CHECK((*transfer)->purpose == "refund");
    CHECK((*transfer)->credit_account == "expenses:vendor:acme");
}

SCENARIO("what a vendor gives back in parts under one reference is each booked, and the books stay equal",
         "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.pay("5");
    atr::RailEvent back = Books::out_event(Books::at_rail(payment), "2", "refund-1");
    back.direction = ATR_DIR_IN;
    for (const char* event_id : {"back-1", "back-2", "back-2"}) {  // the last is a repeated notice
        back.event_id = event_id;
        if (books.rail.events().back().event_id == event_id)
            books.rail.repeat(event_id);
        else
            books.rail.note(back);
    }
    CHECK(books.breaks() == Kinds{});
    CHECK(books.booked() == dec("999"));
}

SCENARIO("what is not final moves nothing yet and is looked at again", "[reconciliation]") {
    Books books;
    books.fund();
    const auto pending = books.rail.receive("5", "MNEE", false);
    CHECK(books.breaks() == Kinds{});
    books.rail.finalise(pending);
    const auto report = books.run(Extent::tail);
    CHECK(report.equal());
    CHECK(report.balances[0].booked == dec("1005"));
}

SCENARIO("a movement that vanished from the statement is named by the next run, also one of the tail",
         "[reconciliation]") {
    Books books;
    books.fund();
    const auto payment = books.pay("5");
    CHECK(books.breaks() == Kinds{});
    books.rail.forget(books.rail.events()[1].event_id);
    books.rail.forge_balance("MNEE", "5");
    books.clock.advance(61'000);
    const auto report = books.run(Extent::tail);
    CHECK(report.extent == Extent::full);
    const auto named = std::find_if(report.breaks.begin(), report.breaks.end(),
                                    [](const auto& found) { return found.kind == reconcile::kind::no_rail_event; });
    REQUIRE(named != report.breaks.end());
    CHECK(named->payment_id == payment.id);
}
