#include "reconcile/reconciliation_service.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;
using reconcile::ReconciliationService;

namespace {

struct Service : Books {
    ReconciliationService service{reconciliation, executor, clock};

    ~Service() {
        service.stop();
        executor.advance(60'000);
    }
};

}  // namespace

SCENARIO("the service compares at once and then every interval, and keeps the last report", "[reconciliation]") {
    Service books;
    books.fund();
    CHECK(books.service.last() == nullptr);
    books.service.start(books.scope);
    books.executor.run_until_idle();
    REQUIRE(books.service.last());
    CHECK(books.service.last()->extent == Extent::full);
    CHECK(books.service.last()->equal());
    books.rail.note(Books::out_event("", "5", "theirs"));
    books.executor.advance(15'000);
    CHECK(books.service.runs() == 2);
    CHECK(books.service.last()->extent == Extent::tail);
    CHECK_FALSE(books.service.last()->equal());
    THEN("a full run comes round again") {
        books.executor.advance(3'585'000);
        CHECK(books.service.last()->extent == Extent::full);
        CHECK(books.service.runs() == 241);
    }
    THEN("an error is told, and the last report stays") {
        books.rail.fail_reads(1);
        const auto before = books.service.last();
        books.executor.advance(15'000);
        REQUIRE(books.service.last_error());
        CHECK(books.service.last() == before);
        books.executor.advance(15'000);
        CHECK_FALSE(books.service.last_error());
        CHECK(books.service.last() != before);
    }
    THEN("it ends at once when it is stopped") {
        books.service.stop();
        books.executor.run_until_idle();
        CHECK(books.scope.running() == 0);
    }
}

SCENARIO("who asks while a run is under way shares it, unless it looks at less", "[reconciliation]") {
    Service books;
    books.fund();
    books.rail.latency(Millis{100});
    std::vector<Extent> answers;
    const auto ask = [&](Extent extent) -> Task<> {
        Task<atr::Result<ReconciliationService::Report>> asking = books.service.run(extent);
        const atr::Result<ReconciliationService::Report> report = co_await asking;
        answers.push_back((*report)->extent);
    };
    GIVEN("a full run") {
        for (const Extent extent : {Extent::full, Extent::full, Extent::tail}) books.scope.spawn(ask(extent));
        books.executor.run_until([&] { return books.scope.running() == 0; });
        CHECK(books.service.runs() == 1);
        CHECK(answers == std::vector<Extent>(3, Extent::full));
    }
    GIVEN("a tail run") {
        REQUIRE(books.await(books.service.run(Extent::full)));
        for (const Extent extent : {Extent::tail, Extent::full, Extent::full, Extent::tail})
            books.scope.spawn(ask(extent));
        books.executor.run_until([&] { return books.scope.running() == 0; });
        CHECK(books.service.runs() == 3);
        CHECK(std::count(answers.begin(), answers.end(), Extent::full) == 2);
    }
}
