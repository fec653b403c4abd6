// Lists, single records, the dashboard and documents are asked for anew by their tags.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct Cached : ApiWorld {
    std::string boss = sign_in("boss");

    RouterBench::Answer get(const std::string& target, const std::string& tag = "") {
        return ask("GET", target, {{"Authorization", boss}, {"If-None-Match", tag}});
    }
};

}  // namespace

SCENARIO("lists, records and the dashboard are told as unchanged until they change", "[http][caching]") {
    Cached world;
    const auto first = world.submit({.number = "INV-1"});
    REQUIRE(first.kind == intake::SubmitKind::paid);
    for (const std::string target : {"/api/dashboard", "/api/dashboard/logs", "/api/v1/invoices", "/api/v1/payments",
                                     "/api/v1/vendors", "/api/v1/ledger/transfers", "/api/settings/limits"}) {
        INFO(target);
        const auto before = world.get(target);
        REQUIRE(before->status == 200);
        CHECK(before.header("Cache-Control") == "private, no-cache");
        CHECK(world.get(target, before.header("ETag"))->status == 304);
    }
    const std::string one = "/api/v1/invoices/" + first.invoice.id;
    const std::string tag_of_one = world.get(one).header("ETag"),
                      tag_of_list = world.get("/api/v1/invoices").header("ETag"),
                      tag_of_logs = world.get("/api/dashboard/logs").header("ETag");
    REQUIRE(world.submit({.number = "INV-2", .amount = "12"}).kind == intake::SubmitKind::paid);
    CHECK(world.get(one, tag_of_one)->status == 304);
    CHECK(world.get("/api/v1/invoices", tag_of_list)->status == 200);
    CHECK(world.get("/api/dashboard/logs", tag_of_logs)->status == 200);
}

SCENARIO("an invoice's document is asked for each time, by the digest that it is stored by", "[http][caching]") {
    Cached world;
    const auto taken = world.submit({.number = "INV-1"});
    const std::string target = "/api/v1/invoices/" + taken.invoice.id + "/document";
    const auto document = world.get(target);
    CHECK(document.header("ETag") == '"' + taken.invoice.document_sha256 + '"');
    CHECK(document.header("Cache-Control") == "private, no-cache");
    CHECK(world.get(target, document.header("ETag"))->status == 304);
}

SCENARIO("the dashboard is compressed once for all who are given the same", "[http][caching]") {
    Cached world;
    const auto ask = [&] { return world.ask("GET", "/api/dashboard", {{"Authorization", world.boss}}); };
    const auto first = ask(), second = ask();
    REQUIRE(first->shared_body);
    CHECK(first->shared_body == second->shared_body);
}

SCENARIO("a token is kept by nobody", "[http][caching]") {
    ApiWorld world;
    REQUIRE(world.await(world.users.add("ann", "a good password", {auth::Role::viewer})));
    const auto token = world.ask("POST", "/token",
                                 {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept-Encoding", "gzip"}},
                                 "username=ann&password=a+good+password");
    REQUIRE(token->status == 200);
    CHECK(token.header("Cache-Control") == "no-store");
    CHECK(token.header("ETag") == "absent");
    CHECK(token.header("Content-Encoding") == "absent");
}
