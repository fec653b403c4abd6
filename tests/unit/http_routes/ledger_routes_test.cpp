// The chart of accounts over HTTP: a tree that sums, per asset, now and at any moment of the past.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

struct Accounts : ApiWorld {
    Accounts() { assets = ledger::Assets{{{"MNEE", 5}, {"EUR", 2}}}; }

    /// Anew each time: days pass in these tests, and a token does not last them.
    std::string sign_in() { return ApiWorld::sign_in("boss-" + std::to_string(++signed_in)); }
    int signed_in = 0;

    void receive(const std::string& amount, const std::string& asset, const std::string& at) {
        ledger::Transfer in;
        in.id = ids.next();
        in.debit_account = ledger::treasury_account(at);
        in.credit_account = ledger::receipts_account(at);
        in.amount = *atr::Money::parse(amount, asset);
        in.units = *assets.units(in.amount);
        in.at_ms = clock.unix_ms();
        UnitOfWork unit = host().store.begin();
        ledger::book(unit, in);
        REQUIRE(await(host().store.commit(std::move(unit))).ok());
    }
    /// "account asset" -> the line.
    std::map<std::string, json> lines(const std::string& query = "") {
        const auto answer = ask("GET", "/api/v1/ledger/accounts" + query, {{"Authorization", sign_in()}});
        REQUIRE(answer->status == 200);
        const json items = answer.json().at("items");
        std::map<std::string, json> out;
        for (const auto& line : items)
            out[line.at("account").get<std::string>() + " " + line.at("asset").get<std::string>()] = line;
        return out;
    }
};

}  // namespace

SCENARIO("an account shows what is below it, each asset by itself", "[http][ledger]") {
    Accounts world;
    world.receive("250.5", "EUR", "sepa");
    world.receive("7", "MNEE", "sepa");
    REQUIRE(world.submit({}).kind == intake::SubmitKind::paid);  // 100 MNEE, from 100000
    const auto all = world.lines();
    CHECK(all.at("assets:treasury MNEE").at("balance") == "99907");
    CHECK(all.at("assets:treasury MNEE").at("leaf") == false);
    CHECK(all.at("assets:treasury:bank MNEE").at("balance") == "99900");
    CHECK(all.at("assets:treasury:bank MNEE").at("available") == "99900");
    CHECK(all.at("assets:treasury:bank MNEE").at("leaf") == true);
    CHECK(all.at("assets EUR").at("balance") == "250.5");
    CHECK(all.at("expenses MNEE").at("debits") == "100");
    CHECK(all.count("expenses EUR") == 0);
    CHECK_FALSE(all.at("expenses MNEE").contains("available"));

    WHEN("it is asked for what is under one account") {
        const auto under = world.lines("?under=assets:treasury");
        CHECK(under.size() == 5);  // itself and sepa in two assets, bank in one
        CHECK(under.count("assets:treasury EUR") == 1);
        CHECK(under.count("assets EUR") == 0);
        CHECK(world.lines("?under=assets:treas").empty());  // a name is not a prefix
        CHECK(world.lines("?under=equity:receipts:sepa").size() == 2);
    }
}

SCENARIO("accounts are told as they stood at any moment, before the days in between are closed and after",
         "[http][ledger]") {
    Accounts world;
    const UnixMillis began = world.clock.unix_ms();
    world.clock.advance(3'600'000);
    world.receive("250", "EUR", "sepa");
    const UnixMillis between = world.clock.unix_ms() + 1;
    world.clock.advance(3 * ledger::day_ms);
    world.receive("50", "EUR", "sepa");
    const auto held = [&](const std::string& query) {
        const auto lines = world.lines(query);
        const auto found = lines.find("assets:treasury:sepa EUR");
        return found == lines.end() ? std::string("none") : found->second.at("balance").get<std::string>();
    };
    const bool closed = GENERATE(false, true);
    if (closed) REQUIRE(*world.await(world.history.close_days()) > 0);
    CHECK(held("") == "300");
    CHECK(held("?as_of=" + time_text(began)) == "none");
    CHECK(held("?as_of=" + time_text(between)) == "250");
    CHECK(held("?as_of=" + time_text(between).substr(0, 10)) == "250");  // a day alone: its end
    CHECK(world.ask("GET", "/api/v1/ledger/accounts?as_of=yesterday", {{"Authorization", world.sign_in()}})->status ==
          422);
}
