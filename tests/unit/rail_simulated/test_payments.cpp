/// What a payment does at the bank: once, twice, refused, unknown, late.
#include "bank.hpp"

#include <future>
#include <thread>

using namespace bank;
using namespace std::chrono_literals;
using atr::RailState;

SCENARIO("the opening balance is booked once, as a receipt", "[rail_simulated]") {
    Bank bank;
    CHECK(bank.open().held() == "100000");
    const Desk again = bank.open([](auto& s) { s.opening_balance = 5; });
    CHECK(again.held() == "100000");
    const auto events = again.statement();
    REQUIRE(events.size() == 1);
    CHECK(events[0].event_id == "opening");
    CHECK(events[0].direction == ATR_DIR_IN);
    CHECK(events[0].money.to_string() == "100000 MNEE");
    CHECK(events[0].payment_id.empty());
    CHECK(events[0].at_unix_ms == bank.host.now_unix_ms);
}

SCENARIO("a payment is settled, final, and stands on the statement with all that identifies it", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    const auto wanted = payment(1, "12.5");
    const auto prepared = desk.call([&](const atr::Call& c) { return desk.rail->prepare(c, wanted); }).value();
    const auto status = desk.submit(wanted).value();
    CHECK(status.state == RailState::settled);
    CHECK(status.is_final);
    CHECK(status.rail_reference == prepared.predicted_reference);
    CHECK(nlohmann::json::parse(status.charged_money_json) == nlohmann::json{{"amount", "12.5"}, {"asset", "MNEE"}});
    CHECK(desk.lookup(wanted).value().rail_reference == status.rail_reference);
    CHECK(desk.held() == "99987.5");

    const auto event = desk.statement().back();
    CHECK(event.payment_id == wanted.payment_id);
    CHECK(event.rail_reference == status.rail_reference);
    CHECK(event.money == wanted.money);
    CHECK(event.counterparty_json == wanted.creditor_json);
    CHECK(event.at_unix_ms == bank.host.now_unix_ms);
    CHECK(event.position == desk.balance()["position"]);
}

SCENARIO("money moves at most once under repeats when the bank is idempotent", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    const auto first = desk.submit(payment(1)).value();
    bank.pass(1000);
    for (int i = 0; i < 5; ++i) CHECK(desk.submit(payment(1)).value().rail_reference == first.rail_reference);
    CHECK(desk.paid(payment(1)) == 1);
    CHECK(desk.held() == "99999");
    WHEN("another payment comes under the same id") {
        const auto other = desk.submit(payment(1, "2"));
        CHECK(other.outcome() == Outcome::rejected);
        CHECK(other.error().code == ATR_E_IDEMPOTENCY_MISMATCH);
        CHECK(desk.submit(payment(1, "1", "addr-2")).error().code == ATR_E_IDEMPOTENCY_MISMATCH);
        CHECK(desk.paid(payment(1)) == 1);
    }
}

SCENARIO("a repeat pays a second time when the bank is not idempotent", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.idempotent = false; });
    const auto first = desk.submit(payment(1)).value(), second = desk.submit(payment(1)).value();
    CHECK(first.rail_reference != second.rail_reference);
    CHECK(desk.paid(payment(1)) == 2);
    CHECK(desk.held() == "99998");
    CHECK(nlohmann::json::parse(desk.lookup(payment(1)).value().evidence_json)["submissions"] == 2);
    CHECK_FALSE(nlohmann::json::parse(desk.rail->describe().value())["idempotent"]);
}

SCENARIO("a refused payment moves nothing and stays refused", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.refuse_every = 3; });
    struct Case {
        const char* why;
        atr::RailPayment payment;
        int code;
    };
    const Case cases[] = {
        {"more than there is", payment(1, "100000.00001"), ATR_E_INSUFFICIENT_FUNDS},
        {"an address the bank never pays", payment(2, "1", "refuse"), ATR_E_COMPLIANCE},
        {"the third new payment", payment(3), ATR_E_COMPLIANCE},
    };
    for (const auto& one : cases) {
        INFO(one.why);
        for (int repeat = 0; repeat < 2; ++repeat) {
            const auto answer = desk.submit(one.payment);
            CHECK(answer.outcome() == Outcome::rejected);
            CHECK(answer.error().code == one.code);
        }
        const auto status = desk.lookup(one.payment).value();
        CHECK(status.state == RailState::failed);
        CHECK(status.is_final);
        CHECK(status.reason_code == one.code);
        CHECK(desk.paid(one.payment) == 0);
    }
    CHECK(desk.submit(payment(4)).has_value());
    CHECK(desk.held() == "99999");
}

SCENARIO("every Nth answer is lost, by turns after the payment was applied and before", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.unknown_every = 2; });
    CHECK(desk.submit(payment(1)).has_value());
    CHECK(desk.submit(payment(2)).outcome() == Outcome::unknown);
    CHECK(desk.lookup(payment(2)).value().state == RailState::settled);
    CHECK(desk.submit(payment(3)).has_value());
    CHECK(desk.submit(payment(4)).outcome() == Outcome::unknown);
    CHECK(desk.lookup(payment(4)).value().state == RailState::never_received);
    CHECK(desk.paid(payment(2)) == 1);
    CHECK(desk.paid(payment(4)) == 0);
    THEN("the counters are the book's, so another host goes on where this one stopped") {
        const Desk other = bank.open([](auto& s) { s.unknown_every = 2; });
        CHECK(other.submit(payment(4)).value().state == RailState::settled);
        CHECK(other.submit(payment(5)).outcome() == Outcome::unknown);
        CHECK(other.paid(payment(5)) == 1);
    }
}

SCENARIO("never_received is said only when the book proves it", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.visible_after = 500ms; });
    CHECK(desk.lookup(payment(1)).value().state == RailState::never_received);
    CHECK(desk.submit(payment(1)).has_value());
    bank.pass(499);
    const auto hidden = desk.lookup(payment(1));
    CHECK(hidden.outcome() == Outcome::retry);
    CHECK(hidden.error().message == "not visible yet");
    bank.pass(1);
    CHECK(desk.lookup(payment(1)).value().state == RailState::settled);
}

SCENARIO("never_received is final only when a later arrival would be refused", "[rail_simulated]") {
    Bank bank;
    const Desk lenient = bank.open(), strict = bank.open([](auto&s) { s.enforce_not_after = true; });
    auto wanted = payment(1);
    wanted.execute_not_after_unix_ms = bank.host.now_unix_ms + 100;
    CHECK_FALSE(strict.lookup(wanted).value().is_final);
    const auto stalled = support::make_call(bank.host.now_unix_ms);
    bank.pass(101);
    CHECK(strict.lookup(wanted).value().is_final);
    CHECK_FALSE(lenient.lookup(wanted).value().is_final);
    THEN("also a host that slept meanwhile, and still believes in its old time, is refused") {
        const auto blob = strict.rail->prepare(atr::Call(&stalled), wanted).value().blob;
        CHECK(strict.rail->submit(atr::Call(&stalled), wanted, blob).error().code == ATR_E_TIMEOUT);
        CHECK(strict.paid(wanted) == 0);
        CHECK(strict.lookup(wanted).value().state == RailState::failed);
    }
}

SCENARIO("what came in time and waited for the book beyond its time is refused", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.enforce_not_after = true; });
    auto wanted = payment(1);
    wanted.execute_not_after_unix_ms = bank.host.now_unix_ms + 100;
    soci::session another(soci::sqlite3, bank.settings().path);
    another << "BEGIN IMMEDIATE";
    const auto reads = bank.host.clock_reads.load();
    auto submitting = std::async(std::launch::async, [&] { return desk.submit(wanted); });
    while (bank.host.clock_reads == reads) std::this_thread::yield();
    bank.pass(101);
    another << "ROLLBACK";
    CHECK(submitting.get().error().code == ATR_E_TIMEOUT);
    CHECK(desk.paid(wanted) == 0);
}

SCENARIO("a late payment is pending, holds its funds, and settles when its time has come", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.settle_after = 1000ms; });
    const auto status = desk.submit(payment(1, "60000")).value();
    CHECK(status.state == RailState::pending);
    CHECK_FALSE(status.is_final);
    CHECK(desk.held() == "100000");
    CHECK(desk.available() == "40000");
    CHECK(desk.paid(payment(1)) == 0);
    CHECK(desk.submit(payment(2, "60000")).error().code == ATR_E_INSUFFICIENT_FUNDS);
    bank.pass(999);
    CHECK(desk.lookup(payment(1)).value().state == RailState::pending);
    bank.pass(1);
    WHEN("a lookup comes first") {
        CHECK(desk.lookup(payment(1)).value().state == RailState::settled);
        CHECK(desk.lookup(payment(1)).value().is_final);
    }
    WHEN("the statement is read first, by another host") {
        CHECK(bank.open().paid(payment(1)) == 1);
    }
    WHEN("the balance is read first") {
        CHECK(desk.available() == "40000");
    }
    CHECK(desk.held() == "40000");
    CHECK(desk.available() == "40000");
    CHECK(desk.paid(payment(1)) == 1);
    CHECK(desk.statement().back().at_unix_ms == bank.host.now_unix_ms);
}

SCENARIO("a pending payment can be cancelled, a settled one cannot", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open([](auto& s) { s.settle_after = 1000ms; });
    REQUIRE(desk.submit(payment(1)).has_value());
    REQUIRE(desk.submit(payment(2)).has_value());
    for (int repeat = 0; repeat < 2; ++repeat) {
        const auto cancelled = desk.cancel(payment(1)).value();
        CHECK(cancelled.state == RailState::cancelled);
        CHECK(cancelled.is_final);
    }
    CHECK(desk.available() == "99999");
    CHECK(desk.submit(payment(1)).value().state == RailState::cancelled);
    bank.pass(1000);
    CHECK(desk.cancel(payment(2)).outcome() == Outcome::conflict);
    CHECK(desk.cancel(payment(3)).outcome() == Outcome::not_found);
    CHECK(desk.paid(payment(1)) == 0);
    CHECK(desk.paid(payment(2)) == 1);
    CHECK(desk.held() == "99999");
    CHECK(bank.open().cancel(payment(2)).outcome() == Outcome::unsupported);
}

SCENARIO("prepare refuses what the bank cannot pay exactly", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    struct Case {
        const char* why;
        std::function<void(atr::RailPayment&)> change;
        int code;
    };
    const Case cases[] = {
        {"six decimals", [](auto& p) { p.money.amount = atr::Decimal::parse("0.000001").value(); },
         ATR_E_AMOUNT_OUT_OF_RANGE},
        {"zero", [](auto& p) { p.money.amount = 0; }, ATR_E_AMOUNT_OUT_OF_RANGE},
        {"negative", [](auto& p) { p.money.amount = -1; }, ATR_E_AMOUNT_OUT_OF_RANGE},
        {"36 digits before the point",
         [](auto& p) { p.money.amount = atr::Decimal::parse("1" + std::string(35, '0')).value(); },
         ATR_E_AMOUNT_OUT_OF_RANGE},
        {"another asset", [](auto& p) { p.money.asset = "EUR"; }, ATR_E_BAD_INPUT},
        {"another account", [](auto& p) { p.source_account = "petty cash"; }, ATR_E_BAD_INPUT},
        {"a short id", [](auto& p) { p.payment_id.pop_back(); }, ATR_E_BAD_INPUT},
        {"upper-case digits", [](auto& p) { p.payment_id[0] = 'A'; }, ATR_E_BAD_INPUT},
        {"no address", [](auto& p) { p.creditor_json = R"({"name":"Acme"})"; }, ATR_E_PAYEE_INVALID},
        {"an empty address", [](auto& p) { p.creditor_json = R"({"address":""})"; }, ATR_E_PAYEE_INVALID},
        {"an address that is no text", [](auto& p) { p.creditor_json = R"({"address":7})"; }, ATR_E_PAYEE_INVALID},
        {"no JSON", [](auto& p) { p.creditor_json = "Acme"; }, ATR_E_PAYEE_INVALID},
        {"a huge creditor", [](auto& p) { p.creditor_json += std::string(100'000, ' '); }, ATR_E_PAYEE_INVALID},
    };
    for (const auto& one : cases) {
        INFO(one.why);
        auto wanted = payment(1);
        one.change(wanted);
        const auto prepared = desk.call([&](const atr::Call& c) { return desk.rail->prepare(c, wanted); });
        REQUIRE(prepared.outcome() == Outcome::rejected);
        CHECK(prepared.error().code == one.code);
    }
}

SCENARIO("submit refuses bytes that were prepared for something else", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    auto later = payment(1);
    later.execute_not_after_unix_ms = 1;
    for (const auto& other : {payment(2), payment(1, "2"), payment(1, "1", "addr-2"), later}) {
        const auto answer = desk.call([&](const atr::Call& c) {
            return desk.rail->submit(c, payment(1), desk.rail->prepare(c, other).value().blob);
        });
        CHECK(answer.outcome() == Outcome::rejected);
        CHECK(answer.error().code == ATR_E_BAD_INPUT);
    }
    CHECK(desk.lookup(payment(1)).value().state == RailState::never_received);
}

SCENARIO("an answer that takes longer than the deadline is unknown, and was applied", "[rail_simulated]") {
    Bank bank;
    const Desk slow = bank.open([](auto& s) { s.latency = 60'000ms; });
    auto answer = atr::Result<atr::RailStatus>(atr::retry(ATR_E_TIMEOUT, ""));
    for (std::int64_t budget_ms = 50; answer.outcome() == Outcome::retry; budget_ms *= 2)  // long enough to be booked
        answer = slow.call(
            [&](const atr::Call& c) {
                return slow.rail->submit(c, payment(1), slow.rail->prepare(c, payment(1)).value().blob);
            },
            budget_ms);
    CHECK(answer.outcome() == Outcome::unknown);
    CHECK(slow.call([&](const atr::Call& c) { return slow.rail->lookup(c, payment(1), {}, ""); }, 1).outcome() ==
          Outcome::retry);
    CHECK(bank.open().lookup(payment(1)).value().state == RailState::settled);
}

SCENARIO("a fee is taken besides the amount, held with it while pending, and told with the payment's end",
         "[rail_simulated]") {
    Bank bank;
    const bool is_late = GENERATE(false, true);
    const Desk desk = bank.open([&](auto& settings) {
        settings.opening_balance = 10;
        settings.fee = *atr::Decimal::parse("0.25");
        if (is_late) settings.settle_after = std::chrono::milliseconds(1000);
    });
    const auto wanted = payment(1, "4");
    const auto prepared = desk.call([&](const atr::Call& call) { return desk.rail->prepare(call, wanted); });
    CHECK(nlohmann::json::parse(prepared->max_charge_json)["amount"] == "4.25");
    REQUIRE(desk.submit(wanted));
    CHECK(desk.available() == "5.75");
    bank.host.now_unix_ms += 2000;
    const auto status = desk.lookup(wanted);
    REQUIRE(status);
    CHECK(status->state == atr::RailState::settled);
    CHECK(nlohmann::json::parse(status->fee_money_json)["amount"] == "0.25");
    CHECK(desk.held() == "5.75");
    const auto page = desk.page("", 10);
    CHECK(page->events.at(1).money.amount.to_string() == "4");
    CHECK(page->events.at(1).fee.amount.to_string() == "0.25");
    CHECK(desk.submit(payment(2, "5.75")).error().code == ATR_E_INSUFFICIENT_FUNDS);
    CHECK(desk.submit(payment(3, "5.5")));
}

SCENARIO("a receipt that names a payment is what came back of it", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    REQUIRE(desk.submit(payment(1, "4")));
    bank.sql("INSERT INTO movements (direction, asset, units, payment_id) VALUES ('in', 'MNEE', '400000', '" +
             payment_id(1) + "')");
    const auto page = desk.page("", 10);
    CHECK(page->events.back().state == atr::RailState::returned);
    CHECK(page->events.back().payment_id == payment_id(1));
    CHECK(page->events.back().direction == ATR_DIR_IN);
}
