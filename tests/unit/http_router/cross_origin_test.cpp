// Pages of other origins, by list; and a request's place in a trace that somebody else began.
#include <catch2/catch.hpp>

#include "http/trace_context.hpp"
#include "tests/unit/http_router/router_bench.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct Origins : RouterBench {
    explicit Origins(std::vector<std::string> origins) : RouterBench({.answers = {.cors = {std::move(origins)}}}) {
        for (const char* method : {"GET", "POST"})
            router.add({.method = method,
                        .pattern = "/thing",
                        .name = method,
                        .access = Access::signed_in(),
                        .handler = SyncHandler([](const RequestContext&) { return Response::json(200, "{}"); })});
    }
};

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736", span = "00f067aa0ba902b7";

}  // namespace

TEST_CASE("a page of an origin on the list may read answers, refusals too; no other may", "[cors]") {
    Origins bench({"https://pay.example", "http://localhost:5173"});
    for (const char* origin : {"https://pay.example", "http://localhost:5173"}) {
        const auto refused = bench.ask("GET", "/thing", {{"Origin", origin}});
        CHECK(refused->status == 401);
        CHECK(refused.header("Access-Control-Allow-Origin") == origin);
        CHECK(refused.header("Access-Control-Expose-Headers").find("ETag") != std::string::npos);
        CHECK(refused.header("Access-Control-Allow-Credentials") == "absent");
        CHECK(refused.header("Vary") == "Origin");
    }
    for (const char* origin : {"https://pay.example.evil.example", "http://pay.example", "https://pay.example:444",
                               "https://PAY.example", "null", "*", ""}) {
        INFO(origin);
        const auto answer = bench.ask("GET", "/thing", {{"Origin", origin}});
        CHECK(answer.header("Access-Control-Allow-Origin") == "absent");
        CHECK(answer.header("Vary") == "Origin");
    }
    const auto token = bench.sign_in("vic", {auth::Role::viewer});
    CHECK(bench.ask("GET", "/thing", {{"Authorization", token}}).header("Vary") == "Accept-Encoding, Origin");
}

TEST_CASE("a preflight is told what the path knows, without signing in", "[cors]") {
    Origins bench({"https://pay.example"});
    const auto allowed =
        bench.ask("OPTIONS", "/thing", {{"Origin", "https://pay.example"}, {"Access-Control-Request-Method", "POST"}});
    CHECK(allowed->status == 204);
    CHECK(allowed.header("Access-Control-Allow-Origin") == "https://pay.example");
    CHECK(allowed.header("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS, POST");
    CHECK(allowed.header("Access-Control-Allow-Headers").find("Idempotency-Key") != std::string::npos);
    CHECK(allowed.header("Access-Control-Max-Age") == "600");
    const auto foreign =
        bench.ask("OPTIONS", "/thing", {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
    CHECK(foreign.header("Access-Control-Allow-Origin") == "absent");
    CHECK(foreign.header("Access-Control-Allow-Methods") == "absent");
    const auto plain = bench.ask("OPTIONS", "/thing", {{"Origin", "https://pay.example"}});
    CHECK(plain.header("Access-Control-Allow-Methods") == "absent");
    const auto nowhere = bench.ask("OPTIONS", "/nowhere",
                                   {{"Origin", "https://pay.example"}, {"Access-Control-Request-Method", "POST"}});
    CHECK(nowhere->status == 404);
    CHECK(nowhere.header("Access-Control-Allow-Methods") == "absent");
}

TEST_CASE("without a list no answer speaks of origins", "[cors]") {
    Origins bench({});
    const auto answer = bench.ask("GET", "/thing", {{"Origin", "https://pay.example"}});
    CHECK(answer.header("Access-Control-Allow-Origin") == "absent");
    CHECK(answer.header("Vary") == "absent");
}

TEST_CASE("a request goes on with the trace it came with, as a span of its own", "[trace]") {
    Origins bench({});
    const auto ask = [&](const std::string& parent) { return bench.ask("GET", "/thing", {{"traceparent", parent}}); };
    const auto first = ask("00-" + trace + "-" + span + "-01");
    const std::string told = first.header("traceparent");
    const auto read = TraceContext::read(told);
    REQUIRE(read);
    CHECK(read->trace_id == trace);
    CHECK(read->parent_id != span);
    CHECK(read->flags == "01");
    CHECK(bench.log.lines().back().find(trace) != std::string::npos);
    CHECK(bench.log.lines().back().find(read->parent_id) != std::string::npos);
    CHECK(ask("00-" + trace + "-" + span + "-01").header("traceparent") != told);
    CHECK(bench.ask("GET", "/thing").header("traceparent") == "absent");
    CHECK(ask("00-" + trace + "-" + span + "-0").header("traceparent") == "absent");
    const auto twice = bench.ask("GET", "/thing", {{"traceparent", told}, {"traceparent", told}});
    CHECK(twice.header("traceparent") == "absent");
}

TEST_CASE("traceparent is read as strictly as its specification", "[trace]") {
    struct Row {
        std::string sent;
        bool read;
    };
    const auto row =
        GENERATE(Row{"00-" + trace + "-" + span + "-00", true}, Row{"00-" + trace + "-" + span + "-ff", true},
                 Row{" 00-" + trace + "-" + span + "-01 ", true}, Row{"01-" + trace + "-" + span + "-01", true},
                 Row{"01-" + trace + "-" + span + "-01-what-comes-later", true}, Row{"", false},
                 Row{"00-" + trace + "-" + span + "-01-more", false}, Row{"01-" + trace + "-" + span + "-01x", false},
                 Row{"ff-" + trace + "-" + span + "-01", false}, Row{"0-" + trace + "-" + span + "-01", false},
                 Row{"00-" + std::string(32, '0') + "-" + span + "-01", false},
                 Row{"00-" + trace + "-" + std::string(16, '0') + "-01", false},
                 Row{"00-4BF92F3577b34da6a3ce929d0e0e4736-" + span + "-01", false},
                 Row{"00-" + trace + "-" + span + "-0G", false}, Row{"00_" + trace + "-" + span + "-01", false},
                 Row{"00-" + trace + span + "--01", false}, Row{"00-" + trace + "-" + span, false});
    INFO(row.sent);
    CHECK(TraceContext::read(row.sent).has_value() == row.read);
}
