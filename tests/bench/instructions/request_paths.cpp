// From the bytes of a request to the bytes of its answer, without a socket.
#include "http/json_body.hpp"
#include "http/request_ids.hpp"
#include "http/request_reader.hpp"
#include "http/response_writer.hpp"
#include "tests/bench/instructions/repeat.hpp"
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

struct DashboardWorld : ApiWorld {
    DashboardWorld() {
        cache.advance(storage.last_seq());
        cache.looked(storage.last_seq());
        // A machine that is busy enough makes the router refuse what has waited for long.
        for (int tries = 0; ask("GET", "/api/dashboard", {{"Authorization", boss}})->status != 200;)
            REQUIRE(++tries < 20);
    }
    /// As a connection of the edge does it.
    void answer(std::string_view bytes, OutputBuffer& out) {
        if (reader.read(bytes).step != RequestReader::Step::request) std::abort();
        Request request = reader.take();
        const auto now = std::chrono::system_clock::time_point(std::chrono::milliseconds(clock.unix_ms()));
        const Exchange exchange{.request_id = request_ids.choose(request.headers.find("X-Request-ID"), now)};
        request.request_id = exchange.request_id;
        request.remote_address = "127.0.0.1";
        request.arrival = std::chrono::steady_clock::now();
        router.dispatch(std::move(request), Responder([&](std::optional<Response> response) {
                            if (!response || response->status != 200) std::abort();
                            writer.write(std::move(*response), exchange, 1'796'000'000, out);
                        }));
        if (out.empty()) std::abort();
    }

    std::string boss = sign_in("boss");
    RequestReader reader{ReaderLimits{}};
    ResponseWriter writer;
    RequestIds request_ids{7};
};

}  // namespace

TEST_CASE("dashboard", "[instructions]") {
    const int times = bench::times();
    DashboardWorld world;
    const std::string bytes = "GET /api/dashboard HTTP/1.1\r\nHost: treasurer.example\r\nAuthorization: " + world.boss +
                              "\r\nAccept: application/json\r\nConnection: keep-alive\r\n\r\n";
    for (int i = 0; i < times; ++i) {
        OutputBuffer out;
        world.answer(bytes, out);
        world.executor.run_until_idle();
    }
}

TEST_CASE("invoice_request", "[instructions]") {
    const int times = bench::times();
    const std::string body =
        R"({"raw_text":"INVOICE\nInvoice Number: NF-2025-0412\nInvoice Date: November 3, 2025\nFrom: )"
        R"(Nimbus Forge Hosting LLC\nBill To: Autonomous Treasurer Inc.\n\nDedicated server, )"
        R"(November 2025        150.00\nBackup storage, 2 TB                  30.00\n\nTotal Due: )"
        R"(180.00 MNEE\nWallet: 0x4e1f0c2b6a7d8e9f00112233445566778899aabb\n"})";
    const std::string head =
        "POST /api/process-invoice HTTP/1.1\r\nHost: treasurer.example\r\nAuthorization: Bearer " +
        std::string(300, 'x') + "\r\nContent-Type: application/json\r\nPrefer: wait=10\r\n" +
        "Idempotency-Key: 4f1a8f0e-2a17-4a6c-9f55-1f4f0a3a7f10\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n";
    const auto budget = std::make_shared<BodyBudget>(1 << 20);
    RequestReader reader{ReaderLimits{}};
    for (int i = 0; i < times; ++i) {
        if (reader.read(head).step != RequestReader::Step::head) std::abort();
        reader.admit_body(1 << 20, budget);
        if (reader.read(body).step != RequestReader::Step::request) std::abort();
        const Request request = reader.take();
        const auto object = json_object_of(request);
        if (!object || JsonBody(*object).required_text("raw_text", 102'400).empty()) std::abort();
    }
}
