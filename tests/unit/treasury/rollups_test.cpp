#include "treasury/rollups.hpp"

#include <catch2/catch.hpp>

#include "records/schema.hpp"
#include "runtime/utc_time.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

SCENARIO("moments are told as UTC days and RFC 3339", "[treasury]") {
    CHECK(utc_day(0) == "1970-01-01");
    CHECK(utc_day(1'709'164'800'000) == "2024-02-29");
    CHECK(utc_day(1'709'251'199'999) == "2024-02-29");
    CHECK(utc_day(1'709'251'200'000) == "2024-03-01");
    CHECK(rfc3339(1'709'251'199'999) == "2024-02-29T23:59:59.999Z");
    CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999Z");
}

SCENARIO("roll-ups count what was settled, failed and judged, in few keys", "[treasury]") {
    support::StoreBench bench;
    const auto now = bench.clock.unix_ms();
    const atr::Money money = *atr::Money::parse("12.5", "MNEE");
    for (int i = 0; i < 3; ++i) {
        UnitOfWork unit = bench.store.begin();
        treasury::note_settled(unit, money, 1'250'000, now + i);
        treasury::note_failed(unit);
        treasury::note_invoice(unit, "approved");
        treasury::note_invoice(unit, "an outcome nobody planned " + std::to_string(i));
        REQUIRE(bench.await(bench.store.commit(std::move(unit))).ok());
    }
    const auto totals = bench.await(treasury::read_totals(bench.store));
    REQUIRE(totals);
    CHECK(totals->payments_settled == 3);
    CHECK(totals->payments_failed == 3);
    CHECK(totals->settled.at("MNEE") == 3'750'000);
    CHECK(totals->invoices.at("approved") == 3);
    CHECK(totals->invoices.at("other") == 3);
    CHECK(totals->invoices.at("duplicate") == 0);
    CHECK(totals->invoices_judged() == 6);

    const auto key = treasury::spent_key("MNEE", now);
    CHECK(key == "spent|MNEE|2023-11-14");
    const auto spent = bench.await(bench.store.counters(rollups_collection, {key}));
    REQUIRE(spent);
    CHECK(spent->at(key) == 3'750'000);
}
