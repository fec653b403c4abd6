#include <catch2/catch.hpp>

#include "reconcile/break_desk.hpp"
#include "reconcile/reconciliation_service.hpp"
#include "records/journal.hpp"
#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;
using reconcile::QuarantineKeeper;
using reconcile::ReconciliationService;

namespace {

/// A company whose store was just restored.
struct Restored : Books {
    QuarantineKeeper keeper{store, clock, {"bank"}, {.at_least = Millis{60'000}}};

    Restored() {
        fund();
        Quarantine quarantine;
        quarantine.active = true;
        quarantine.life = "life-2";
        quarantine.since_ms = clock.unix_ms();
        quarantine.reason = "restored in a test";
        UnitOfWork unit = store.begin();
        unit.create(quarantine);
        commit(std::move(unit));
    }
    Quarantine now() {
        const auto out = await(keeper.current());
        REQUIRE(out);
        return *out;
    }
    bool considered(Extent extent = Extent::full) {
        const auto lifted = await(keeper.consider(run(extent), now().life));
        REQUIRE(lifted);
        return *lifted;
    }
};

}  // namespace

SCENARIO("a quarantine is lifted by a full comparison that finds no difference, late enough", "[quarantine]") {
    Restored books;
    books.pay("10");
    CHECK_FALSE(books.considered());
    CHECK(books.now().active);
    CHECK(books.keeper.active());
    books.clock.advance(60'000);
    CHECK_FALSE(books.considered(Extent::tail));
    CHECK(books.considered());
    const Quarantine lifted = books.now();
    CHECK_FALSE(lifted.active);
    CHECK(lifted.life == "life-2");
    CHECK(lifted.released_by == "host:reconciliation");
    CHECK_FALSE(books.keeper.active());
    CHECK_FALSE(books.considered());
}

SCENARIO("how long a quarantine has lasted is told by the store's clock, not by a host's", "[quarantine]") {
    Restored books;
    const std::int64_t wrong_ms = GENERATE(-10'800'000, 10'800'000);
    support::ManualClock wrong;
    wrong.advance(books.clock.unix_ms() - wrong.unix_ms() + wrong_ms);
    QuarantineKeeper of_another_host{books.store, wrong, {"bank"}, {.at_least = Millis{60'000}}};
    const auto considered = [&] {
        const auto lifted = books.await(of_another_host.consider(books.run(), books.now().life));
        REQUIRE(lifted);
        return *lifted;
    };
    CHECK_FALSE(considered());
    books.clock.advance(59'999);
    CHECK_FALSE(considered());
    books.clock.advance(1);
    CHECK(considered());
    AND_WHEN("it is entered once more") {
        REQUIRE(books.await(of_another_host.enter("lost once more")));
        THEN("the time begins anew") {
            CHECK_FALSE(books.considered());
            books.clock.advance(60'000);
            CHECK(books.considered());
        }
    }
}

SCENARIO("a movement that the books do not know holds the quarantine", "[quarantine]") {
    Restored books;
    books.clock.advance(3'600'000);
    GIVEN("a payment that left after the backup was made") {
        books.rail.note(Books::out_event("0192d4e07c1a7cc398c4dc0c0c07398f", "5", "theirs"));
        CHECK_FALSE(books.considered());
    }
    GIVEN("one that is still on its way") {
        auto event = Books::out_event("0192d4e07c1a7cc398c4dc0c0c07398f", "5", "theirs");
        event.state = atr::RailState::pending;
        event.is_final = false;
        books.rail.note(event);
        const auto report = books.run();
        CHECK(report.equal());
        CHECK(report.unexplained_pending == 1);
        CHECK(report.in_flight.front().why == "unknown_payment");
        CHECK_FALSE(books.considered());
    }
    GIVEN("one that the books still have waiting for approval") {
        Payment waiting;
        waiting.id = books.ids.next();
        waiting.amount = *atr::Money::parse("5", "MNEE");
        waiting.rail = "bank";
        waiting.enter(PaymentState::waiting_approval, books.clock.unix_ms());
        UnitOfWork unit = books.store.begin();
        unit.create(waiting);
        books.commit(std::move(unit));
        books.send(waiting);
        CHECK_FALSE(books.considered());
    }
    CHECK(books.now().active);
}

SCENARIO("what two persons did with a movement that the books lack does not lift the quarantine, an admin does",
         "[quarantine]") {
    Restored books;
    const std::string action = GENERATE("book", "explained");
    books.rail.note(Books::out_event("0192d4e07c1a7cc398c4dc0c0c07398f", "5", "theirs"));
    books.clock.advance(3'600'000);
    reconcile::BreakDesk desk{books.store, books.assets, books.clock, books.claims};
    for (const auto& found : books.run().breaks)
        for (const char* by : {"rita", "paul"})
            books.await(desk.resolve({reconcile::break_id(found), action, "found in the bank's statement", by}));
    REQUIRE(books.run().equal());
    CHECK_FALSE(books.considered());
    CHECK(books.now().active);
    REQUIRE(books.await(books.keeper.release("ann", "its invoice was found and rejected", "request-1")));
    CHECK_FALSE(books.now().active);
    THEN("the next one is lifted by itself again, unless money is still missing in the books") {
        REQUIRE(books.await(books.keeper.enter("lost once more")));
        books.clock.advance(3'600'000);
        CHECK(books.considered() == (action == "book"));
    }
}

SCENARIO("a rail that the books know and nobody compares holds the quarantine", "[quarantine]") {
    Restored books;
    books.clock.advance(3'600'000);
    const auto report = books.run();
    QuarantineKeeper none{books.store, books.clock, {}, {}};
    CHECK_FALSE(*books.await(none.consider(report, books.now().life)));
    QuarantineKeeper other{books.store, books.clock, {"another"}, {}};
    CHECK_FALSE(*books.await(other.consider(report, books.now().life)));
    CHECK_FALSE(*books.await(books.keeper.consider(report, "of a life that was lost while it was made")));
    CHECK(*books.await(books.keeper.consider(report, books.now().life)));
}

SCENARIO("a person may lift a quarantine, and stands in the audit trail", "[quarantine]") {
    Restored books;
    books.rail.note(Books::out_event("", "5", "theirs"));
    const auto released = books.await(books.keeper.release("ann", "5 MNEE were paid by hand", "request-1"));
    REQUIRE(released);
    CHECK_FALSE(books.now().active);
    CHECK(books.now().release_reason == "5 MNEE were paid by hand");
    const auto audit = books.await(books.store.list<AuditEntry>({}));
    REQUIRE(audit->items.size() == 1);
    CHECK(audit->items[0].action == "quarantine.released");
    CHECK(audit->items[0].actor == "ann");
    CHECK(books.await(books.keeper.release("ann", "again", "")).outcome() == atr::Outcome::conflict);
}

SCENARIO("what the rail did for a payment that the books never sent puts them into quarantine, once", "[quarantine]") {
    Restored books;
    REQUIRE(books.await(books.keeper.release("ann", "nothing was lost", "")));
    ReconciliationService service{books.reconciliation, books.executor, books.clock, {}, &books.keeper};
    const auto compared = [&] { REQUIRE(books.await(service.run())); };
    books.clock.advance(1000);
    const bool is_final = GENERATE(true, false);
    auto event = Books::out_event("0192d4e07c1a7cc398c4dc0c0c07398f", "5", "theirs");
    event.at_unix_ms = books.clock.unix_ms();
    if (!is_final) event.state = atr::RailState::pending;
    event.is_final = is_final;
    GIVEN("an id as only a treasurer makes it") {
        books.rail.note(event);
        compared();
        CHECK(books.now().active);
        CHECK(books.now().life != "life-2");
        CHECK(books.now().reason.find("0192d4e0-7c1a-7cc3-98c4-dc0c0c07398f") != std::string::npos);
        books.clock.advance(1000);
        REQUIRE(books.await(books.keeper.release("ann", "its invoice was found", "")));
        compared();
        CHECK_FALSE(books.now().active);
    }
    GIVEN("a movement of others, or under an id of theirs") {
        event.payment_id = GENERATE("", "invoice 17", "0192d4e07c1a4cc398c4dc0c0c07398f");
        books.rail.note(event);
        compared();
        CHECK_FALSE(books.now().active);
    }
}

SCENARIO("while the quarantine is active every comparison is a full one", "[quarantine]") {
    Restored books;
    ReconciliationService service{books.reconciliation, books.executor, books.clock, {}, &books.keeper};
    service.start(books.scope);
    books.executor.advance(45'000);
    CHECK(service.last()->extent == Extent::full);
    CHECK(books.now().active);
    books.executor.advance(30'000);
    CHECK_FALSE(books.now().active);
    books.executor.advance(30'000);
    CHECK(service.last()->extent == Extent::tail);
    service.stop();
    books.executor.advance(60'000);
}
