// Lists by time: created_from is included, created_to is not; a day alone means the whole of it.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

/// An invoice a day, for three days, all paid.
struct ThreeDays : ApiWorld {
    ThreeDays() {
        for (const char* number : {"INV-1", "INV-2", "INV-3"}) {
            Text text;
            text.number = number;
            text.amount = "1" + std::string(number).substr(4);
            const auto taken = submit(text);
            REQUIRE(taken.kind == intake::SubmitKind::paid);
            invoices.push_back(taken.invoice.id);
            times.push_back(taken.invoice.created_ms);
            clock.advance(ledger::day_ms);
        }
        boss = sign_in("boss");
    }
    RouterBench::Answer get(const std::string& target) { return ask("GET", target, {{"Authorization", boss}}); }
    std::size_t count(const std::string& target) {
        const auto answer = get(target);
        INFO(target << " " << answer->content());
        REQUIRE(answer->status == 200);
        const json body = answer.json();
        return body.is_array() ? body.size() : body.at("items").size();
    }
    std::string day(std::size_t index) const { return time_text(times[index]).substr(0, 10); }

    std::string boss;
    std::vector<std::string> invoices;
    std::vector<UnixMillis> times;
};

}  // namespace

SCENARIO("lists are narrowed by time, also within one status", "[http][dates]") {
    ThreeDays world;
    const std::string second = time_text(world.times[1]), third = time_text(world.times[2]);
    for (const std::string list :
         {"/api/v1/invoices?status=paid", "/api/v1/invoices?limit=9", "/api/v1/payments?state=settled",
          "/api/v1/payments?limit=9", "/api/dashboard/logs?limit=9"}) {
        INFO(list);
        const std::size_t all = world.count(list);
        REQUIRE(all >= 3);
        REQUIRE(all % 3 == 0);
        const std::size_t of_one = all / 3;
        CHECK(world.count(list + "&created_from=" + second) == 2 * of_one);
        CHECK(world.count(list + "&created_from=" + second + "&created_to=" + third) == of_one);
        CHECK(world.count(list + "&created_from=" + world.day(1) + "&created_to=" + world.day(1)) == of_one);
        CHECK(world.count(list + "&created_to=" + world.day(0)) == of_one);
        CHECK(world.count(list + "&created_from=2099-01-01") == 0);
    }
    CHECK(world.count("/api/v1/invoices?status=failed&created_from=" + second) == 0);
    CHECK(world.count("/api/v1/ledger/transfers?created_from=" + second) <
          world.count("/api/v1/ledger/transfers?created_from=" + world.day(0)));
    CHECK(world.count("/api/v1/approvals?created_from=" + second) == 0);
}

SCENARIO("a page of a range is followed by the rest of that range", "[http][dates]") {
    ThreeDays world;
    for (const std::string list : {"/api/v1/invoices", "/api/dashboard/logs"}) {
        const std::string range = "limit=1&created_from=" + world.day(1);
        std::string target = list + "?" + range;
        std::size_t found = 0;
        for (; !target.empty() && found < 20; ++found) {
            const auto page = world.get(target);
            REQUIRE(page->status == 200);
            const std::string link = page.header("Link");
            target = link == "absent" ? "" : link.substr(1, link.find('>') - 1);
        }
        INFO(list);
        CHECK(found == world.count(list + "?limit=9&created_from=" + world.day(1)));
    }
}

SCENARIO("a range that cannot be read, or cannot be served, is refused by its name", "[http][dates]") {
    ThreeDays world;
    const auto pointer = [&](const std::string& query) {
        const auto answer = world.get(query);
        REQUIRE(answer->status == 422);
        return answer.json().at("errors").at(0).at("pointer").get<std::string>();
    };
    CHECK(pointer("/api/v1/invoices?created_from=yesterday") == "/created_from");
    CHECK(pointer("/api/v1/invoices?created_to=2026-13-01") == "/created_to");
    CHECK(pointer("/api/v1/invoices?created_from=2026-03-02&created_to=2026-03-01") == "/created_to");
    CHECK(pointer("/api/v1/payments?invoice_id=" + world.invoices[0] + "&created_from=2026-03-02") == "/invoice_id");
    CHECK(pointer("/api/v1/vendors?created_from=2026-03-02") == "/created_from");
}
