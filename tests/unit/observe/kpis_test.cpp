#include "observe/kpis.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/manual_clock.hpp"

using namespace treasurer;
using namespace treasurer::observe;

namespace {
atr::Money money(const char* amount, const char* asset = "MNEE") {
    return *atr::Money::parse(amount, asset);
}
}  // namespace

TEST_CASE("the figures of the original service, before anything happened", "[observe]") {
    const support::ManualClock clock(1'700'000'000'000);
    Metrics metrics;
    const Kpis kpis(metrics, clock, "MNEE");
    CHECK(kpis.json() ==
          R"({"invoices_processed":0,"transactions_approved":0,"transactions_rejected":0,"total_amount_processed":0.0,)"
          R"("api_requests":0,"errors":0,"start_time":"2023-11-14T22:13:20.000Z","response_time_p50":null,)"
          R"("response_time_p95":null,"response_time_p99":null,"cache_hit_rate":null,"database_queries_per_sec":0.000,)"
          R"("errors_per_sec":0.000,"redis_memory_usage":null,"postgres_connections":null})");
}

TEST_CASE("amounts are summed exactly, of one asset", "[observe]") {
    const support::ManualClock clock;
    Metrics metrics;
    Kpis kpis(metrics, clock, "MNEE");
    for (int i = 0; i < 10; ++i) kpis.transaction_approved(money("0.1"));
    kpis.transaction_approved(money("12345678901234567890.000000000000000001"));
    kpis.transaction_approved(money("99", "EUR"));
    const auto json = kpis.json();
    CHECK(json.find(R"("total_amount_processed":12345678901234567891.000000000000000001,)") != std::string::npos);
    CHECK(json.find(R"("transactions_approved":12,)") != std::string::npos);
}

TEST_CASE("setting the figures back leaves the Prometheus counters alone", "[observe]") {
    support::ManualClock clock;
    Metrics metrics;
    Kpis kpis(metrics, clock, "MNEE");
    kpis.redis_memory_from([] { return 4096; });
    kpis.invoice_processed();
    kpis.transaction_rejected();
    kpis.cache_asked(true);
    kpis.cache_asked(true);
    kpis.cache_asked(true);
    kpis.cache_asked(false);
    clock.advance(10'000);
    for (int i = 0; i < 100; ++i) kpis.database_queried();
    for (int i = 0; i < 99; ++i) kpis.request_answered(200, 1000);
    kpis.request_answered(503, 500'000);
    auto json = nlohmann::json::parse(kpis.json());
    CHECK(json["api_requests"] == 100);
    CHECK(json["errors"] == 1);
    CHECK(json["cache_hit_rate"] == 0.75);
    CHECK(json["database_queries_per_sec"] == 10.0);
    CHECK(json["errors_per_sec"] == 0.1);
    CHECK(json["response_time_p50"].get<double>() == Approx(1.0).epsilon(0.07));
    CHECK(json["response_time_p99"].get<double>() == Approx(1.0).epsilon(0.07));
    CHECK(json["redis_memory_usage"] == 4096);

    kpis.reset();
    json = nlohmann::json::parse(kpis.json());
    CHECK(json["api_requests"] == 0);
    CHECK(json["cache_hit_rate"].is_null());
    CHECK(json["response_time_p99"].is_null());
    const auto text = metrics.prometheus();
    CHECK(text.find("treasurer_api_requests_total 100\n") != std::string::npos);
    CHECK(text.find("treasurer_invoices_processed_total 1\n") != std::string::npos);
}
