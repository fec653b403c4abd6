/// The statement: everything that moved, in order, also what nobody of ours started.
#include <set>

#include "bank.hpp"

using namespace bank;

SCENARIO("the statement comes in pages that lose nothing and repeat nothing", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    for (int i = 1; i <= 9; ++i) REQUIRE(desk.submit(payment(i)).has_value());
    const auto whole = desk.statement();
    REQUIRE(whole.size() == 10);
    for (std::uint32_t limit : {1U, 3U, 10U, 100U}) {
        INFO("pages of " << limit);
        const auto paged = desk.statement(limit);
        REQUIRE(paged.size() == whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i) CHECK(paged[i].event_id == whole[i].event_id);
    }
    const auto end = desk.page("", 100).value().next_position;
    CHECK(end == desk.balance()["position"]);
    CHECK(desk.page(end, 100).value().events.empty());
    CHECK(desk.page(end, 100).value().next_position == end);
    THEN("what moves later is on the next page") {
        REQUIRE(desk.submit(payment(10)).has_value());
        const auto next = desk.page(end, 100).value();
        REQUIRE(next.events.size() == 1);
        CHECK(next.events[0].payment_id == payment_id(10));
    }
}

SCENARIO("duplicate notices repeat every event under the same event_id", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.duplicate_notices = true; });
    for (int i = 1; i <= 4; ++i) REQUIRE(desk.submit(payment(i)).has_value());
    for (std::uint32_t limit : {2U, 5U, 100U}) {
        INFO("pages of " << limit);
        CHECK(desk.page("", limit).value().events.size() <= limit);
        std::map<std::string, int> seen;
        for (const auto& event : desk.statement(limit)) ++seen[event.event_id];
        CHECK(seen.size() == 5);
        for (const auto& [event, times] : seen) CHECK(times == 2);
    }
    CHECK(desk.page("", 1).value().events.size() == 1);
    CHECK(desk.held() == "99996");
}

SCENARIO("what is booked by hand moves the balance and stands on the statement", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.opening_balance = 10; });
    REQUIRE(desk.submit(payment(1)).has_value());
    bank.sql("INSERT INTO movements (direction, asset, units) VALUES ('in', 'MNEE', '250000')");
    bank.sql(
        "INSERT INTO movements (event_id, direction, asset, units, counterparty, at_unix_ms)"
        " VALUES ('fee-1', 'out', 'MNEE', '1', '{\"name\":\"the bank\"}', 7)");
    CHECK(desk.held() == "11.49999");
    CHECK(desk.sum() == "11.49999");
    const auto events = desk.statement();
    REQUIRE(events.size() == 4);
    CHECK(events[2].direction == ATR_DIR_IN);
    CHECK(events[2].money.to_string() == "2.5 MNEE");
    CHECK(events[2].event_id.starts_with("manual-"));
    CHECK(events[3].event_id == "fee-1");
    CHECK(events[3].payment_id.empty());
    CHECK(events[3].counterparty_json == R"({"name":"the bank"})");
    CHECK(events[3].at_unix_ms == 7);
    THEN("it can be spent, and no more than it") {
        CHECK(desk.submit(payment(2, "11.5")).error().code == ATR_E_INSUFFICIENT_FUNDS);
        CHECK(desk.submit(payment(3, "11.49999")).has_value());
        CHECK(desk.held() == "0");
        CHECK(desk.sum() == "0");
    }
    THEN("an entry that makes no sense is refused by the table itself") {
        for (const char* values : {"('in', 'MNEE', '-5')", "('in', 'MNEE', '1.5')", "('in', 'MNEE', '0')",
                                   "('in', 'MNEE', '')", "('sideways', 'MNEE', '5')"})
            CHECK_THROWS(bank.sql(std::string("INSERT INTO movements (direction, asset, units) VALUES ") + values));
    }
    THEN("an asset the book does not know stops the bank with the reason, and no payment is refused for it") {
        bank.sql("INSERT INTO movements (direction, asset, units) VALUES ('in', 'DOGE', '5')");
        const auto answer = desk.submit(payment(4));
        CHECK(answer.outcome() == Outcome::retry);
        CHECK(answer.error().code == ATR_E_CORRUPT);
        CHECK(answer.error().message.find("DOGE") != std::string::npos);
    }
}

SCENARIO("balances are exact at 38 digits, in several assets", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) {
        s.assets = {"MNEE:5", "USDC@eip155:1:18"};
        s.opening_balance = 0;
    });
    CHECK(desk.statement().empty());
    const std::string units = "12345678901234567890" + std::string(17, '0') + "1";
    bank.sql("INSERT INTO movements (direction, asset, units) VALUES ('in', 'USDC@eip155:1', '" + units + "')");
    auto wanted = payment(1);
    wanted.money = atr::Money::parse("0.000000000000000001", "USDC@eip155:1").value();
    REQUIRE(desk.submit(wanted).has_value());
    CHECK(desk.held("USDC@eip155:1") == "12345678901234567890");
    CHECK(desk.sum("USDC@eip155:1") == "12345678901234567890");
    CHECK(desk.held("MNEE") == "0");
}

SCENARIO("a position the book never gave out is refused", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    for (const char* position : {"-1", "x", "1x", " 1", "99999999999999999999", "2"}) {
        INFO("position '" << position << "'");
        CHECK(desk.page(position, 10).error().code == ATR_E_BAD_INPUT);
    }
    const auto other = desk.call([&](const atr::Call& c) { return desk.rail->statement(c, "petty cash", "", 10); });
    CHECK(other.error().code == ATR_E_BAD_INPUT);
    CHECK(desk.call([&](const atr::Call& c) { return desk.rail->balance(c, "treasury"); }).has_value());
}
