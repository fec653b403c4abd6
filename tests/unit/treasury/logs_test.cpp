#include "treasury/logs.hpp"

#include <catch2/catch.hpp>
#include <cstdio>

#include "tests/support/store_bench.hpp"

using namespace treasurer;
using treasury::LogsPage;
using treasury::LogsRequest;

namespace {

struct Journal : support::StoreBench {
    treasury::Logs logs{store};

    void fill(int lines) {
        for (int i = 0; i < lines;) {
            UnitOfWork unit = store.begin();
            for (int end = std::min(lines, i + 500); i < end; ++i) {
                char id[24];
                std::snprintf(id, sizeof id, "line-%05d", i);
                Activity line;
                line.id = id;
                line.at_ms = 1'700'000'000'000 + i / 2;  // two lines share a millisecond
                line.event = "PAYMENT";
                line.status = "APPROVED";
                unit.create(line);
            }
            REQUIRE(await(store.commit(std::move(unit))).ok());
        }
    }
    LogsPage page(LogsRequest request) {
        auto out = await(logs.read(std::move(request)));
        REQUIRE(out);
        return *out;
    }
    static std::vector<std::string> ids(const LogsPage& page) {
        std::vector<std::string> out;
        for (const auto& line : Json::parse(page.json)) out.push_back(line.at("id"));
        return out;
    }
};

}  // namespace

SCENARIO("a line of the log has every member, exact numbers, and null where it has nothing to say", "[treasury]") {
    Activity line;
    line.id = "a";
    line.at_ms = 1'700'000'000'250;
    line.event = "PAYMENT";
    line.status = "PAUSED_FOR_APPROVAL";
    line.vendor = "Acme \"Hosting\"\n";
    line.amount = *atr::Money::parse("1500", "MNEE");
    line.balance = "12345678901234567890.5";
    line.required = "500";
    line.thought = "above the limit";
    CHECK(treasury::to_json(line) ==
          R"({"id":"a","timestamp":1700000000.25,"event":"PAYMENT","vendor":"Acme \"Hosting\"\n","amount":1500.0,)"
          R"("currency":"MNEE","status":"PAUSED_FOR_APPROVAL","tx_hash":null,"balance":12345678901234567890.5,)"
          R"("required":500.0,"reason":null,"approval_id":null,"agent_thought":"above the limit",)"
          R"("invoice_id":null,"payment_id":null})");
    CHECK(Json::parse(treasury::to_json(Activity{})).at("amount").is_null());
}

SCENARIO("the log is read newest first, by cursor and by page, to the same lines", "[treasury]") {
    Journal journal;
    journal.fill(120);
    LogsPage page = journal.page({.limit = 50});
    std::vector<std::string> by_cursor = Journal::ids(page);
    CHECK(by_cursor.front() == "line-00119");
    for (unsigned number = 2; !page.next_cursor.empty(); ++number) {
        page = journal.page({.limit = 50, .page = 1, .cursor = page.next_cursor});
        const auto ids = Journal::ids(page);
        CHECK(Journal::ids(journal.page({.limit = 50, .page = number})) == ids);
        by_cursor.insert(by_cursor.end(), ids.begin(), ids.end());
    }
    CHECK(by_cursor.size() == 120);
    CHECK(std::is_sorted(by_cursor.rbegin(), by_cursor.rend()));
    CHECK(journal.page({.limit = 50, .page = 4}).json == "[]");
    CHECK(journal.page({.limit = 50, .page = 200}).json == "[]");
}

SCENARIO("a page past row 10,000 is refused with a pointer to the cursor", "[treasury]") {
    Journal journal;
    journal.fill(10'050);
    CHECK(Journal::ids(journal.page({.limit = 50, .page = 200})).front() == "line-00099");
    const auto refused = journal.await(journal.logs.read({.limit = 50, .page = 201}));
    REQUIRE(refused.outcome() == atr::Outcome::rejected);
    CHECK(refused.error().message.find("`cursor`") != std::string::npos);
    CHECK(journal.await(journal.logs.read({.limit = 50, .page = 4'000'000'000u})).outcome() == atr::Outcome::rejected);
    CHECK(journal.await(journal.logs.read({.limit = 51})).outcome() == atr::Outcome::rejected);
    CHECK(journal.await(journal.logs.read({.limit = 0})).outcome() == atr::Outcome::rejected);
    CHECK(journal.await(journal.logs.read({.limit = 50, .page = 0})).outcome() == atr::Outcome::rejected);
    THEN("the cursor goes on where pages end") {
        const auto last = journal.page({.limit = 50, .page = 200});
        CHECK(Journal::ids(journal.page({.limit = 50, .page = 1, .cursor = last.next_cursor})).size() == 50);
    }
}
