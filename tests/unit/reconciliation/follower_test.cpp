#include "reconcile/statement_follower.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "records/store_records.hpp"
#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;

namespace {

/// Something happens between what a follower reads and what it writes: that is where it makes an id.
struct Meanwhile final : Random {
    std::uint64_t next() override {
        if (then) std::exchange(then, nullptr)();
        return ids.next();
    }
    support::SeededRandom ids{7};
    std::function<void()> then;
};

}  // namespace

SCENARIO("the opening balance enters the books at the first start, once", "[reconciliation]") {
    Books books;
    books.rail.receive("100000");
    CHECK(books.follow().booked == 1);
    CHECK(books.booked() == dec("100000"));
    CHECK(books.follow().booked == 0);
    CHECK(books.booked() == dec("100000"));
    THEN("later receipts follow, payments out do not") {
        books.pay("10");
        books.rail.receive("0.00001");
        CHECK(books.follow().booked == 1);
        CHECK(books.booked() == dec("99990.00001"));
    }
    THEN("the position is kept, and begins anew harmlessly when it is lost") {
        UnitOfWork unit = books.store.begin();
        unit.put(cursors_collection, "statement|bank", "not what it should be", {}, ATR_VER_ANY, "cursor");
        books.commit(std::move(unit));
        CHECK(books.follow().booked == 0);
        CHECK(books.follow().position == "1");
    }
}

SCENARIO("a notice that is repeated is booked once", "[reconciliation]") {
    Books books;
    books.rail.duplicate_notices(true);
    const auto first = books.rail.receive("5");
    for (int i = 0; i < 300; ++i) books.rail.receive("1");
    books.rail.repeat(first);
    CHECK(books.follow().booked == 301);
    CHECK(books.booked() == dec("305"));
}

SCENARIO("two hosts that follow one rail at once book every receipt once", "[reconciliation]") {
    Books books;
    for (int i = 0; i < 250; ++i) books.rail.receive("1");
    books.rail.latency(Millis{1});
    CommitPipeline other_pipeline(books.storage, books.executor, books.scope, {});
    Store other_store(books.storage, other_pipeline, books.ids);
    reconcile::StatementFollower other(other_store, books.assets, books.clock);
    std::size_t booked = 0;
    int failed = 0;
    const auto follow = [&](reconcile::StatementFollower& by) -> Task<> {
        Task<atr::Result<reconcile::Followed>> following = by.follow(books.rail);
        const atr::Result<reconcile::Followed> done = co_await following;
        if (done) booked += done->booked;
        failed += done ? 0 : 1;
    };
    for (auto* by : {&books.follower, &other, &books.follower}) books.scope.spawn(follow(*by));
    books.executor.run_until([&] { return books.scope.running() == 0; });
    CHECK(failed == 0);
    CHECK(booked == 250);
    CHECK(books.booked() == dec("250"));
    CHECK(books.transfers() == 250);
}

SCENARIO("a receipt that is not final waits, those behind it do not", "[reconciliation]") {
    Books books;
    books.rail.receive("1");
    CHECK(books.follow().position == "1");
    const auto pending = books.rail.receive("2", "MNEE", false);
    books.rail.receive("4");
    CHECK(books.follow().booked == 1);
    CHECK(books.booked() == dec("5"));
    CHECK(books.follow().position == "1");
    books.rail.finalise(pending);
    const auto done = books.follow();
    CHECK(done.booked == 1);
    CHECK(done.position == "3");
    CHECK(books.booked() == dec("7"));
}

SCENARIO("a receipt that the books cannot count is left out, and booked when they can", "[reconciliation]") {
    Books books;
    books.rail.receive("3", "XAU");
    books.rail.receive("0.000001");
    books.rail.receive("7");
    const auto done = books.follow();
    CHECK(done.booked == 1);
    CHECK(done.unbookable == 2);
    CHECK(books.follow().unbookable == 0);  // it is not looked at again …
    const ledger::Assets more{{{"MNEE", 5}, {"XAU", 2}}};
    reconcile::StatementFollower wiser(books.store, more, books.clock);
    const auto again = books.await(wiser.follow(books.rail));
    REQUIRE(again);
    CHECK(again->booked == 1);  // … until there is an asset to count it in
}

SCENARIO("a rail that cannot be read is an error, and what was booked stays", "[reconciliation]") {
    Books books;
    for (int i = 0; i < 150; ++i) books.rail.receive("1");
    books.rail.fail_reads(1);
    CHECK(books.await(books.follower.follow(books.rail)).outcome() == atr::Outcome::retry);
    CHECK(books.follow().booked == 150);
}

SCENARIO("a settlement that came late ends its payment", "[reconciliation]") {
    Books books;
    books.fund();
    Payment payment = books.reserve("5");
    payment.enter(GENERATE(PaymentState::unknown, PaymentState::pending, PaymentState::prepared),
                  books.clock.unix_ms());
    UnitOfWork unit = books.store.begin();
    unit.update(payment);
    books.commit(std::move(unit));
    auto event = Books::out_event(Books::at_rail(payment), "5", "ref-5");
    const auto state = [&] {
        books.follow();
        return books.load(payment.id).state;
    };
    GIVEN("the rail's final word, which its saga has not heard") {
        event.fee = {dec("0.5"), "MNEE"};
        books.rail.note(event);
        CHECK(state() == payment.state);  // it is left to its saga for a while
        books.clock.advance(60'000);
        CHECK(state() == PaymentState::settled);
        CHECK(books.load(payment.id).rail_reference == "ref-5");
        const auto invoice = books.await(books.store.find<Invoice>(payment.invoice_id));
        CHECK((*invoice)->status == InvoiceStatus::paid);
        CHECK(books.booked() == dec("994.5"));
        CHECK(books.breaks() == Kinds{});
        CHECK(books.follow().settled == 0);
    }
    GIVEN("it came back as well") {
        books.rail.note(event);
        event.direction = ATR_DIR_IN;
        event.state = atr::RailState::returned;
        event.event_id = "back";
        books.rail.note(event);
        books.clock.advance(60'000);
        state();
        CHECK(state() == PaymentState::returned);
        CHECK(books.booked() == dec("1000"));
        CHECK(books.breaks() == Kinds{});
    }
    GIVEN("a word that is not final") {
        event.is_final = false;
        books.rail.note(event);
        books.clock.advance(600'000);
        CHECK(state() == payment.state);
    }
    GIVEN("another amount") {
        event.money.amount = dec("4");
        books.rail.note(event);
        books.clock.advance(600'000);
        CHECK(state() == payment.state);
        CHECK(books.breaks() == Kinds{"amount_differs"});
    }
    GIVEN("another payee") {
        event.counterparty_json = R"({"address":"0xthief"})";
        books.rail.note(event);
        books.clock.advance(600'000);
        CHECK(state() == payment.state);
        CHECK(books.breaks() == Kinds{"payee_differs"});
    }
}

SCENARIO("a payment that nothing of was sent is ended by no statement", "[reconciliation]") {
    Books books;
    books.fund();
    Payment payment = books.reserve("5");
    payment.enter(GENERATE(PaymentState::scheduled, PaymentState::waiting_approval, PaymentState::failed),
                  books.clock.unix_ms());
    UnitOfWork unit = books.store.begin();
    unit.update(payment);
    books.commit(std::move(unit));
    books.rail.note(Books::out_event(Books::at_rail(payment), "5", "ref-5"));
    books.clock.advance(600'000);
    CHECK(books.follow().settled == 0);
    CHECK(books.load(payment.id).state == payment.state);
}

SCENARIO("what goes out for a payment of ours and is not final waits, and tells of its fee when it is",
         "[reconciliation]") {
    Books books;
    books.fund();
    Payment payment = books.reserve("5");
    auto event = Books::out_event(Books::at_rail(payment), "5", "ref-5");
    event.fee = {dec("0.5"), "MNEE"};
    event.event_id = "out-5";
    event.is_final = false;
    const bool is_ours = GENERATE(true, false);
    if (!is_ours) event.payment_id = "0192d4e07c1a7cc398c4dc0c0c07398f";
    books.rail.note(event);
    books.end(payment, PaymentState::settled, "ref-5");
    books.rail.receive("7");
    CHECK(books.follow().position == (is_ours ? "1" : "3"));
    CHECK(books.booked() == dec("1002"));
    books.rail.finalise("out-5");
    CHECK(books.follow().position == "3");
    CHECK(books.booked() == (is_ours ? dec("1001.5") : dec("1002")));
}

SCENARIO("after a loss the statement is read from its beginning, and what is booked stays booked once", "[statement]") {
    Books books;
    books.fund("100");
    books.storage.remember();
    books.rail.receive("7");
    REQUIRE(books.follow().booked == 1);
    // As a host leaves it that had read what is booked in the time that is lost, and writes the position after it.
    const auto cursor = books.await(books.store.get({{cursors_collection, "statement|bank"}}));
    REQUIRE(cursor->size() == 1);
    const std::string body = cursor->front().body;
    books.storage.forget();
    UnitOfWork unit = books.store.begin();
    unit.put(cursors_collection, "statement|bank", body, {}, ATR_VER_ANY, "cursor");
    books.commit(std::move(unit));
    CHECK(books.follow().booked == 0);
    Quarantine quarantine;
    quarantine.active = true;
    quarantine.life = "life-2";
    UnitOfWork entering = books.store.begin();
    entering.create(quarantine);
    books.commit(std::move(entering));
    CHECK(books.follow().booked == 1);
    CHECK(books.follow().booked == 0);
}

SCENARIO("what others have booked, and the store has lost before the position is written, is booked again",
         "[statement]") {
    Books books;
    books.fund("100");
    books.storage.remember();
    books.rail.receive("7");
    Meanwhile random;
    Ids ids(books.clock, random);
    Store store(books.storage, books.pipeline, ids);
    reconcile::StatementFollower late(store, books.assets, books.clock);
    std::optional<atr::Result<reconcile::Followed>> told;
    const auto follow = [&]() -> Task<> {
        Task<atr::Result<reconcile::Followed>> following = late.follow(books.rail);
        told = co_await following;
    };
    // It has read its position, and waits for the rail, while another books the receipt.
    books.rail.latency(Millis{1});
    books.scope.spawn(follow());
    books.executor.run_until_idle();
    books.rail.latency(Millis{0});
    REQUIRE(books.follow().booked == 1);
    REQUIRE_FALSE(told);
    random.then = [&] { CHECK(books.storage.forget() == 1); };
    books.executor.run_until([&] { return told.has_value(); });
    REQUIRE(told->has_value());
    CHECK((*told)->booked == 1);
    CHECK(books.booked() == dec("107"));
    CHECK(books.follow().booked == 0);
}

SCENARIO("what a statement says of a payment is written only where the transfer that it rests on is in the books still",
         "[statement]") {
    Books books;
    books.fund();
    Meanwhile random;
    Ids ids(books.clock, random);
    Store store(books.storage, books.pipeline, ids);
    reconcile::StatementFollower late(store, books.assets, books.clock);
    // The last commit of payment and invoice is lost, and others write both: they have the same versions again.
    const auto lose_the_last = [&](Payment before) {
        CHECK(books.storage.forget() == 1);
        before.enter(before.state, books.clock.unix_ms());
        const auto invoice = books.await(books.store.find<Invoice>(before.invoice_id));
        UnitOfWork unit = books.store.begin();
        unit.update(before);
        unit.update(**invoice);
        books.commit(std::move(unit));
    };
    const auto follow_late = [&] {
        const auto followed = books.await(late.follow(books.rail));
        REQUIRE(followed);
        return *followed;
    };
    GIVEN("a return of a payment whose end is lost") {
        const Payment payment = books.reserve("5");
        auto back = Books::out_event(Books::at_rail(payment), "5", "ref-5");
        back.direction = ATR_DIR_IN;
        back.state = atr::RailState::returned;
        books.rail.note(back);
        books.storage.remember();
        books.end(payment, PaymentState::settled, "ref-5");
        random.then = [&] { lose_the_last(payment); };
        CHECK(follow_late().returned == 0);
        CHECK(books.load(payment.id).state == PaymentState::prepared);
        THEN("it is marked when its end is in the books again") {
            books.end(books.load(payment.id), PaymentState::settled, "ref-5");
            CHECK(books.follow().returned == 1);
            CHECK(books.load(payment.id).state == PaymentState::returned);
        }
    }
    GIVEN("the settlement of a payment whose hold is lost") {
        Payment waiting;
        waiting.id = ids.next();
        waiting.amount = *atr::Money::parse("5", "MNEE");
        waiting.rail = "bank";
        waiting.creditor.vendor_id = "acme";
        waiting.invoice_id = ids.next();
        waiting.enter(PaymentState::waiting_approval, books.clock.unix_ms());
        Invoice invoice;
        invoice.id = waiting.invoice_id;
        invoice.amount_due = waiting.amount;
        UnitOfWork unit = books.store.begin();
        unit.create(waiting);
        unit.create(invoice);
        books.commit(std::move(unit));
        waiting = books.load(waiting.id);
        books.storage.remember();
        Payment sent = waiting;
        sent.transfer_id = sent.id;
        sent.enter(PaymentState::prepared, books.clock.unix_ms());
        unit = books.store.begin();
        unit.update(sent);
        unit.update(**books.await(books.store.find<Invoice>(invoice.id)));
        ledger::book(unit, books.pending_of(sent));
        books.commit(std::move(unit));
        books.rail.note(Books::out_event(Books::at_rail(sent), "5", "ref-5"));
        books.clock.advance(60'000);
        random.then = [&] { lose_the_last(waiting); };
        CHECK(follow_late().settled == 0);
        CHECK(books.load(sent.id).state == PaymentState::waiting_approval);
    }
}
