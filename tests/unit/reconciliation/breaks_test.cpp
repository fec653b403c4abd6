// Breaks that people work off: each is kept from when it was first seen; two persons who say the same book it or
// explain it, and the comparison then finds the books equal.
#include "reconcile/break_book.hpp"
#include "reconcile/break_desk.hpp"

#include <catch2/catch.hpp>

#include "reconcile/ledger_verify.hpp"
#include "records/journal.hpp"
#include "tests/support/put_user.hpp"
#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;
using reconcile::BreakResultKind;
namespace kind = reconcile::kind;

namespace {

struct Desk : Books {
    reconcile::BreakDesk desk{store, assets, clock, claims};

    Desk() { fund(); }

    BreakResultKind say(const std::string& id, const std::string& by, const std::string& action) {
        return await(desk.resolve({id, action, "looked at it", by})).kind;
    }
    void two_say(const std::string& id, const std::string& action) {
        CHECK(say(id, "rita", action) == BreakResultKind::proposed);
        clock.advance(1);
        CHECK(say(id, "paul", action) == BreakResultKind::resolved);
    }
    reconcile::BreakRecord record(const std::string& id) {
        const auto found = await(store.find<reconcile::BreakRecord>(id));
        REQUIRE(found);
        REQUIRE(*found);
        return **found;
    }
    /// The only one there is; its id.
    std::string only_break(const std::string& of_kind) {
        const auto report = run();
        REQUIRE(report.breaks.size() == 1);
        CHECK(report.breaks[0].kind == of_kind);
        return reconcile::break_id(report.breaks[0]);
    }
    std::string figure(const std::string& account, ledger::Figure which) {
        const std::string key = ledger::balance_key("MNEE", account, which);
        return assets.amount("MNEE", await(store.counters(balances_collection, {key}))->at(key))->to_string();
    }
    std::string available() { return figure("assets:treasury:bank", ledger::Figure::available); }
    void check_equal() {
        CHECK(breaks() == Kinds{});
        CHECK(breaks(Extent::tail) == Kinds{});
        CHECK(run(Extent::tail).extent == Extent::tail);
        CHECK(booked() == dec(rail.balance_of("MNEE").to_string()));
    }
};

}  // namespace

SCENARIO("a break is as old as when any host first saw it", "[reconciliation]") {
    Desk books;
    books.rail.note(Books::out_event("", "5", "theirs"));
    CHECK(books.only_break(kind::left_without_us) == "bank:event-2:money_left_without_us");
    const UnixMillis first = books.clock.unix_ms();
    books.clock.advance(90'000);
    reconcile::Reconciliation other(books.store, books.assets, books.clock, {&books.rail}, books.follower);
    const auto report = books.await(other.run(Extent::full));
    REQUIRE(report);
    REQUIRE(report->breaks.size() == 1);
    CHECK(report->breaks[0].first_seen_ms == first);
    const Json shown = Json::parse(reconcile::to_json(*report)).at("breaks").at(0);
    CHECK(shown.at("age_s") == 90);
    CHECK(shown.at("actions") == Json({"book", "explained"}));
    CHECK_FALSE(shown.at("cause").get<std::string>().empty());
}

SCENARIO("every kind of break tells what makes it", "[reconciliation]") {
    for (const char* one : kind::all) CHECK_FALSE(reconcile::cause_of(one).empty());
}

SCENARIO("one person decides nothing, and another word takes a proposal's place", "[reconciliation]") {
    Desk books;
    books.rail.note(Books::out_event("", "5", "theirs"));
    const auto id = books.only_break(kind::left_without_us);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::proposed);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::proposed);
    CHECK(books.say(id, "paul", "explained") == BreakResultKind::proposed);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::proposed);
    CHECK(books.only_break(kind::left_without_us) == id);
    CHECK(books.run().breaks.at(0).votes.at(0).by == "rita");
    CHECK(books.available() == "1000");
    CHECK(books.say(id, "paul", "book") == BreakResultKind::resolved);
    CHECK(books.say(id, "paul", "book") == BreakResultKind::not_open);
    CHECK(books.say("bank:event-9:paid_twice", "paul", "book") == BreakResultKind::not_found);
}

SCENARIO("money that left without us is booked to suspense, once, and lowers what is available", "[reconciliation]") {
    Desk books;
    const bool with_fee = GENERATE(false, true);
    auto theirs = Books::out_event("", "5", "theirs");
    if (with_fee) theirs.fee = {dec("0.5"), "MNEE"};
    books.rail.note(theirs);
    const auto found = books.run();
    REQUIRE(found.breaks.size() == (with_fee ? 2 : 1));
    for (const auto& one : found.breaks) books.two_say(reconcile::break_id(one), "book");
    books.check_equal();
    CHECK(books.available() == (with_fee ? "994.5" : "995"));
    CHECK(books.figure("expenses:suspense:bank", ledger::Figure::debits) == "5");
    const auto transfer = books.await(books.store.find<ledger::Transfer>("break|bank|event-2"));
    REQUIRE(*transfer);
    CHECK((*transfer)->purpose == "correction");
    atr::Query query;
    query.index = "by_subject";
    query.eq = {atr::Value::of(std::string("bank:event-2:money_left_without_us"))};
    const auto audit = books.await(books.store.list<AuditEntry>(query));
    REQUIRE(audit->items.size() == 2);
    CHECK(audit->items[1].action == "break.booked");
    THEN("what leaves later is another break") {
        books.rail.note(Books::out_event("", "5", "theirs again"));
        CHECK(books.breaks(Extent::tail) == Kinds{"money_left_without_us"});
    }
}

SCENARIO("a movement of a payment of ours is booked to its vendor", "[reconciliation]") {
    Desk books;
    std::string id;
    SECTION("paid twice") {
        const auto payment = books.pay("5");
        books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
        id = books.only_break(kind::paid_twice);
    }
    SECTION("moved after it was given up") {
        const auto payment = books.reserve("5");
        books.end(payment, PaymentState::failed);
        books.send(payment);
        id = books.only_break(kind::moved_after_end);
    }
    const auto before = books.figure("expenses:vendor:acme", ledger::Figure::debits);
    books.two_say(id, "book");
    books.check_equal();
    CHECK(dec(books.figure("expenses:vendor:acme", ledger::Figure::debits)) == *dec(before).plus(dec("5")));
}

SCENARIO("the invoice of a payment that moved after its end is paid once that is booked, unless it was submitted again",
         "[reconciliation]") {
    Desk books;
    const auto payment = books.reserve("5");
    books.end(payment, PaymentState::failed);
    books.send(payment);
    const auto id = books.only_break(kind::moved_after_end);
    const bool submitted_again = GENERATE(false, true);
    if (submitted_again) books.claims.taken_over = payment.invoice_id;
    books.two_say(id, "book");
    const auto invoice = books.await(books.store.find<Invoice>(payment.invoice_id));
    CHECK((*invoice)->status == (submitted_again ? InvoiceStatus::failed : InvoiceStatus::paid));
    CHECK(books.claims.renewed == (submitted_again ? 0 : 1));
    books.check_equal();
    const auto proof = books.await(reconcile::verify_ledger(books.store));
    REQUIRE(proof);
    CHECK(proof->findings == std::vector<std::string>{});
}

SCENARIO("where the rail moved another amount, the difference is booked", "[reconciliation]") {
    Desk books;
    const std::string moved = GENERATE("7", "3");
    const auto payment = books.reserve("5");
    books.rail.note(Books::out_event(Books::at_rail(payment), moved, "ref"));
    books.end(payment, PaymentState::settled, "ref");
    books.two_say(books.only_break(kind::amount_differs), "book");
    books.check_equal();
    CHECK(books.available() == (moved == "7" ? "993" : "997"));
}

SCENARIO("what comes back of a payment for which more went out is a refund: its invoice stays paid",
         "[reconciliation]") {
    Desk books;
    const auto payment = books.pay("5");
    const std::string moved = GENERATE("5", "10");
    const std::string dealt = GENERATE("unseen", "unnamed", "open", "explained", "book");
    books.rail.note(Books::out_event(Books::at_rail(payment), moved, "another"));
    if (dealt == "unnamed") books.follow();
    if (dealt != "unseen" && dealt != "unnamed") {
        const auto id = books.only_break(kind::paid_twice);
        if (dealt != "open") books.two_say(id, dealt);
    }
    auto back = Books::out_event(Books::at_rail(payment), "5", "back");
    back.direction = ATR_DIR_IN;
    back.state = atr::RailState::returned;
    books.rail.note(back);
    books.follow();
    CHECK(books.load(payment.id).state == PaymentState::settled);
    CHECK((*books.await(books.store.find<Invoice>(payment.invoice_id)))->status == InvoiceStatus::paid);
    CHECK(books.booked() == (dealt == "book" ? *dec("1000").minus(dec(moved)) : dec("1000")));
    if (dealt == "book") books.check_equal();
}

SCENARIO("what is still under way cannot be booked", "[reconciliation]") {
    Desk books;
    const auto payment = books.reserve("5");
    books.rail.note(Books::out_event(Books::at_rail(payment), "7", "ref"));
    const auto id = books.only_break(kind::amount_differs);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::not_open_to_it);
}

SCENARIO("an explained break is no difference any more, and stays listed", "[reconciliation]") {
    Desk books;
    const bool of_an_event = GENERATE(true, false);
    if (of_an_event) {
        books.rail.note(Books::out_event("", "5", "theirs"));
    } else {
        books.end(books.reserve("5"), PaymentState::settled);
        books.clock.advance(61'000);
    }
    const auto id = books.only_break(of_an_event ? kind::left_without_us : kind::no_rail_event);
    books.two_say(id, "explained");
    for (const Extent extent : {Extent::full, Extent::tail, Extent::full}) {
        const auto report = books.run(extent);
        CHECK(report.equal());
        REQUIRE(report.explained.size() == 1);
        CHECK(reconcile::break_id(report.explained[0]) == id);
        CHECK(report.explained[0].votes.size() == 2);
    }
    THEN("another one is a difference all the same") {
        books.rail.note(Books::out_event("", "5", "theirs too"));
        CHECK(books.breaks(Extent::tail) == Kinds{"money_left_without_us"});
    }
}

SCENARIO("what persons explain while a comparison is under way stays explained", "[reconciliation]") {
    Desk books;
    books.rail.note(Books::out_event("", "5", "theirs"));
    auto begun_before = books.run();
    REQUIRE(begun_before.breaks.size() == 1);
    const auto id = reconcile::break_id(begun_before.breaks[0]);
    books.two_say(id, "explained");
    reconcile::BreakBook book{books.store};
    REQUIRE(books.await(book.keep(begun_before)));
    CHECK(begun_before.equal());
    CHECK(begun_before.explained.size() == 1);
    CHECK(books.record(id).state == reconcile::break_state::explained);
    CHECK(books.run().equal());
}

SCENARIO("what was explained while the payment was under way is a difference again when it has ended",
         "[reconciliation]") {
    Desk books;
    const auto payment = books.reserve("5");
    books.rail.note(Books::out_event(Books::at_rail(payment), "7", "ref"));
    const auto id = books.only_break(kind::amount_differs);
    books.two_say(id, "explained");
    CHECK(books.run().equal());
    books.end(payment, PaymentState::settled, "ref");
    CHECK(books.only_break(kind::amount_differs) == id);
    CHECK(books.record(id).what.votes.empty());
    books.two_say(id, "book");
    books.check_equal();
}

SCENARIO("two persons may book what was explained; until the second says so it stays explained", "[reconciliation]") {
    Desk books;
    const auto payment = books.pay("5");
    books.rail.note(Books::out_event(Books::at_rail(payment), "5", "another"));
    const auto id = books.only_break(kind::paid_twice);
    books.two_say(id, "explained");
    auto back = Books::out_event(Books::at_rail(payment), "5", "back");
    back.direction = ATR_DIR_IN;
    books.rail.note(back);
    books.follow();
    CHECK(books.breaks() == Kinds{"explained_came_back"});  // it was booked as it came in alone
    CHECK(books.say(id, "rita", "explained") == BreakResultKind::not_open);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::proposed);
    CHECK(books.say(id, "rita", "book") == BreakResultKind::proposed);
    CHECK(books.record(id).state == "explained");
    CHECK(books.record(id).what.votes.size() == 3);
    CHECK(books.breaks() == Kinds{"explained_came_back"});
    CHECK(books.say(id, "paul", "book") == BreakResultKind::resolved);
    CHECK(books.record(id).what.votes.size() == 4);
    books.check_equal();
    CHECK(books.say(id, "paul", "book") == BreakResultKind::not_open);
}

SCENARIO("an explanation is of what both sides said: when the books change it is a difference again",
         "[reconciliation]") {
    Desk books;
    const auto forge = [&](atr::Int128 units) {
        UnitOfWork unit = books.store.begin();
        unit.add(balances_collection, "MNEE|assets:treasury:bank|debits", units, false, "forged");
        unit.add(balances_collection, "MNEE|income:receipts:bank|credits", units, false, "forged");
        books.commit(std::move(unit));
    };
    forge(100'000);
    const auto id = books.only_break(kind::ledger_differs);
    books.two_say(id, "explained");
    CHECK(books.run().equal());
    forge(-200'000);  // as much, on the other side
    CHECK(books.only_break(kind::ledger_differs) == id);
}

SCENARIO("the fee of a payment that another rail carried is booked by persons", "[reconciliation]") {
    Desk books;
    Payment payment = books.end(books.reserve("5"), PaymentState::failed);
    payment.rail = "elsewhere";
    UnitOfWork unit = books.store.begin();
    unit.update(payment);
    books.commit(std::move(unit));
    auto event = Books::out_event(Books::at_rail(payment), "5", "ref");
    event.fee = {dec("0.5"), "MNEE"};
    books.rail.note(event);
    books.clock.advance(61'000);
    const auto found = books.run();
    REQUIRE(found.breaks.size() == 2);
    for (const auto& one : found.breaks) books.two_say(reconcile::break_id(one), "book");
    books.check_equal();
    CHECK(books.available() == "994.5");
}

SCENARIO("an explanation is of one amount", "[reconciliation]") {
    Desk books;
    UnitOfWork unit = books.store.begin();
    unit.add(balances_collection, "MNEE|expenses:vendor:acme|debits", 100'000, false, "forged");
    books.commit(std::move(unit));
    const auto id = books.only_break(kind::trial_balance);
    books.two_say(id, "explained");
    CHECK(books.run().equal());
    UnitOfWork more = books.store.begin();
    more.add(balances_collection, "MNEE|expenses:vendor:acme|debits", 100'000, false, "forged");
    books.commit(std::move(more));
    CHECK(books.only_break(kind::trial_balance) == id);
    CHECK(books.record(id).state == "open");
    CHECK(books.record(id).what.votes.empty());
}

SCENARIO("a break that is not found any more is gone, and begins anew when it comes back", "[reconciliation]") {
    Desk books;
    const auto forge = [&](atr::Int128 units) {
        UnitOfWork unit = books.store.begin();
        unit.add(balances_collection, "MNEE|expenses:vendor:acme|debits", units, false, "forged");
        books.commit(std::move(unit));
    };
    forge(100'000);
    const auto id = books.only_break(kind::trial_balance);
    forge(-100'000);
    books.clock.advance(1'000);
    CHECK(books.run().equal());
    CHECK(books.record(id).state == "gone");
    books.clock.advance(1'000);
    forge(100'000);
    CHECK(books.only_break(kind::trial_balance) == id);
    CHECK(books.record(id).state == "open");
    CHECK(books.record(id).what.first_seen_ms == books.clock.unix_ms());
}

SCENARIO("a full run proves the ledger as `ledger verify` does; in between, what it found stands", "[reconciliation]") {
    Desk books;
    reconcile::ReconciliationSettings settings;
    settings.prove_at_most = 100;
    reconcile::Reconciliation proving(books.store, books.assets, books.clock, {&books.rail}, books.follower, settings);
    Payment payment = books.pay("5");
    auto report = books.await(proving.run(Extent::full));
    REQUIRE(report);
    CHECK(report->equal());
    CHECK(report->ledger_proven);
    auto invoice = books.await(books.store.find<Invoice>(payment.invoice_id));
    (*invoice)->status = InvoiceStatus::failed;
    UnitOfWork unit = books.store.begin();
    unit.update(**invoice);
    books.commit(std::move(unit));
    for (const Extent extent : {Extent::full, Extent::tail}) {
        report = books.await(proving.run(extent));
        REQUIRE(report);
        REQUIRE(report->breaks.size() == 1);
        CHECK(report->breaks[0].kind == kind::ledger_not_proven);
        CHECK(report->breaks[0].detail.find(payment.id) != std::string::npos);
    }
    THEN("beyond its bound it is left to the command") {
        settings.prove_at_most = 0;
        reconcile::Reconciliation large(books.store, books.assets, books.clock, {&books.rail}, books.follower,
                                        settings);
        report = books.await(large.run(Extent::full));
        REQUIRE(report);
        CHECK(report->equal());
        CHECK_FALSE(report->ledger_proven);
    }
}

SCENARIO("who may not decide any more does not end a break, as the first or as the second", "[reconciliation]") {
    Desk books;
    const auto put_user = [&](const std::string& name, bool disabled = false) {
        support::put_user(books.executor, books.store, name, {"approver"}, disabled);
    };
    for (const char* name : {"anna", "otto"}) put_user(name);
    UnitOfWork unit = books.store.begin();
    unit.add(balances_collection, "MNEE|expenses:vendor:acme|debits", 100'000, false, "forged");
    books.commit(std::move(unit));
    const auto id = books.only_break(kind::trial_balance);
    CHECK(books.say(id, "anna", "explained") == BreakResultKind::proposed);
    GIVEN("the first was disabled before the second speaks") {
        put_user("anna", true);
        CHECK(books.say(id, "anna", "explained") == BreakResultKind::not_entitled);
        CHECK(books.say(id, "otto", "explained") == BreakResultKind::proposed);
        CHECK(books.record(id).state == "open");
        REQUIRE(books.record(id).what.votes.size() == 1);
        CHECK(books.say(id, "rita", "explained") == BreakResultKind::resolved);
    }
    GIVEN("one of them is disabled while the second speaks") {
        const std::string gone = GENERATE("anna", "otto");
        const auto said = support::await_while_disabling(books.executor, books.store, gone,
                                                         books.desk.resolve({id, "explained", "looked at it", "otto"}));
        CHECK(said.kind == (gone == "anna" ? BreakResultKind::proposed : BreakResultKind::not_entitled));
        CHECK(books.record(id).state == "open");
    }
}
