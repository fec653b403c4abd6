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

namespace {

/// What others count, as a test wants it.
struct Others {
    std::uint64_t queries = 5'000;
    CacheAsked asked{.hits = 70, .misses = 30};
    std::optional<std::int64_t> memory, connections;

    KpiSources sources() {
        return {.database_queries = [this] { return queries; },
                .cache = [this] { return asked; },
                .cache_memory_bytes = [this] { return memory; },
                .database_connections = [this] { return connections; }};
    }
};

nlohmann::json read(const Kpis& kpis) {
    return nlohmann::json::parse(kpis.json());
}

}  // namespace

TEST_CASE("setting the figures back leaves the Prometheus counters alone", "[observe]") {
    support::ManualClock clock;
    Metrics metrics;
    Others others;
    Kpis kpis(metrics, clock, "MNEE");
    kpis.reads_from(others.sources());
    auto& route = kpis.times().of("x");
    kpis.invoice_processed();
    kpis.transaction_rejected();
    others.asked = {.hits = 73, .misses = 31};
    clock.advance(10'000);
    others.queries += 100;
    for (int i = 0; i < 99; ++i) route.record(1000);
    route.record(500'000);
    for (int i = 0; i < 99; ++i) kpis.request_answered(200);
    kpis.request_answered(503);
    auto json = read(kpis);
    CHECK(json["invoices_processed"] == 1);
    CHECK(json["transactions_rejected"] == 1);
    CHECK(json["api_requests"] == 100);
    CHECK(json["errors"] == 1);
    CHECK(json["cache_hit_rate"] == 0.75);
    CHECK(json["database_queries_per_sec"] == 10.0);
    CHECK(json["errors_per_sec"] == 0.1);
    CHECK(json["response_time_p50"].get<double>() == Approx(1.0).epsilon(1 / 32.0));
    CHECK(json["response_time_p99"].get<double>() == Approx(1.0).epsilon(1 / 32.0));

    kpis.reset();
    json = read(kpis);
    for (const char* count : {"invoices_processed", "transactions_rejected", "api_requests", "errors"})
        CHECK(json[count] == 0);
    CHECK(json["cache_hit_rate"].is_null());
    CHECK(json["response_time_p99"].is_null());
    CHECK(json["database_queries_per_sec"] == 0.0);
    CHECK(json["errors_per_sec"] == 0.0);
    const auto text = metrics.prometheus();
    CHECK(text.find("treasurer_api_requests_total 100\n") != std::string::npos);
    CHECK(text.find("treasurer_invoices_processed_total 1\n") != std::string::npos);
    CHECK(text.find("treasurer_http_request_seconds_count{route=\"x\"} 100\n") != std::string::npos);

    others.asked.misses += 4;
    route.record(2000);
    clock.advance(2'000);
    others.queries += 100;
    json = read(kpis);
    CHECK(json["cache_hit_rate"] == 0.0);
    CHECK(json["database_queries_per_sec"] == 50.0);
    CHECK(json["response_time_p99"].get<double>() == Approx(2.0).epsilon(1 / 32.0));
}

TEST_CASE("rates and response times are those of the last minute", "[observe]") {
    support::ManualClock clock;
    Metrics metrics;
    Others others;
    Kpis kpis(metrics, clock, "MNEE");
    kpis.reads_from(others.sources());
    const auto minute = [&](int queries, int errors, std::int64_t micros) {
        for (int i = 0; i < 6; ++i) {
            others.queries += static_cast<std::uint64_t>(queries) / 6;
            for (int e = 0; e < errors / 6; ++e) kpis.request_answered(500);
            kpis.times().of("x").record(micros);
            clock.advance(10'000);
            kpis.look();
        }
    };
    minute(60'000, 600, 90'000);
    CHECK(read(kpis)["database_queries_per_sec"] == 1000.0);
    CHECK(read(kpis)["errors_per_sec"] == 10.0);
    minute(600, 6, 1'000);
    CHECK(read(kpis)["database_queries_per_sec"] == 10.0);
    CHECK(read(kpis)["errors_per_sec"] == 0.1);
    CHECK(read(kpis)["response_time_p99"].get<double>() == Approx(1.0).epsilon(1 / 32.0));
    CHECK(read(kpis)["errors"] == 606);
}

TEST_CASE("what a server does not say is null, and a number once it says it", "[observe]") {
    support::ManualClock clock;
    Metrics metrics;
    Others others;
    Kpis kpis(metrics, clock, "MNEE");
    kpis.reads_from(others.sources());
    CHECK(read(kpis)["redis_memory_usage"].is_null());
    CHECK(read(kpis)["postgres_connections"].is_null());
    others.memory = 4096;
    others.connections = 0;
    CHECK(read(kpis)["redis_memory_usage"] == 4096);
    CHECK(read(kpis)["postgres_connections"] == 0);
}
