/// Time-outs, draining and starting: when the edge ends a connection, and when itself.
#include <catch2/catch.hpp>

#include "http/unsent_budget.hpp"
#include "tests/integration/http_edge/edge_under_test.hpp"

using namespace treasurer;
using namespace treasurer::test;
using namespace std::chrono_literals;

namespace {

/// Everything generous except what a test shortens.
http::EdgeSettings patient() {
    http::EdgeSettings settings;
    settings.header_timeout = settings.body_timeout = settings.idle_timeout = settings.write_timeout = 1h;
    settings.linger_timeout = 1h;
    return settings;
}

}  // namespace

TEST_CASE("a connection that never speaks is closed", "[http][edge][time]") {
    auto settings = patient();
    settings.header_timeout = 30ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    CHECK(client.at_end());
    CHECK(server.edge.stats().timed_out == 1);
}

TEST_CASE("a head that takes too long is a 408", "[http][edge][time]") {
    auto settings = patient();
    settings.header_timeout = 1s;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    const auto answer = client.ask("GET / HTTP/1.1\r\nHos");
    CHECK(answer.status == 408);
    CHECK(answer.has("Connection: close"));
    CHECK(client.at_end());
}

TEST_CASE("bytes in a trickle buy no time", "[http][edge][time]") {
    auto settings = patient();
    settings.header_timeout = 1s;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send("GET / HTTP/1.1\r\nX: ");
    while (!client.readable_within(2) && client.send("a")) {
    }
    CHECK(client.read().status == 408);
    CHECK(client.at_end());
}

TEST_CASE("a later head that takes too long is a 408 as well", "[http][edge][time]") {
    auto settings = patient();
    settings.header_timeout = 1s;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    CHECK(client.ask(get("/")).status == 200);
    CHECK(client.ask("GET / HT").status == 408);
    CHECK(client.at_end());
}

TEST_CASE("a body that takes too long is a 408", "[http][edge][time]") {
    auto settings = patient();
    settings.body_timeout = 30ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    const auto answer = client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK(answer.status == 408);
    CHECK(client.at_end());
}

TEST_CASE("a body that comes fast enough earns its time", "[http][edge][time]") {
    auto settings = patient();
    settings.body_timeout = 40ms;
    settings.body_bytes_per_second = 10;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 105\r\n\r\n" + std::string(100, 'b'));
    CHECK_FALSE(client.readable_within(120));
    CHECK(client.ask("12345").status == 200);
}

TEST_CASE("an idle connection is closed without a word", "[http][edge][time]") {
    auto settings = patient();
    settings.idle_timeout = 30ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    CHECK(client.ask(get("/")).status == 200);
    CHECK(client.read_to_end().empty());
    CHECK(server.edge.stats().timed_out == 0);
}

TEST_CASE("a client that takes none of its answer is cut off", "[http][edge][time]") {
    auto settings = patient();
    settings.write_timeout = 50ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send(get("/large?size=50000000"));
    REQUIRE(eventually([&] { return server.edge.stats().timed_out == 1; }));
    CHECK(client.read_to_end().size() < 50'000'000);
}

TEST_CASE("what clients do not take is kept up to a budget, and whoever goes beyond it is closed", "[http][edge]") {
    auto settings = patient();
    const bool is_shared = GENERATE(false, true);  // the budget of all, or that of one address
    (is_shared ? settings.unsent_budget_bytes : settings.unsent_bytes_per_address) = 60'000'000;
    (is_shared ? settings.unsent_bytes_per_address : settings.unsent_budget_bytes) = 1'000'000'000;
    EdgeUnderTest server(settings);
    auto first = server.connect(), second = server.connect(), third = server.connect();
    first.send(get("/large?size=50000000"));
    REQUIRE(first.readable_within(10'000));
    second.send(get("/large?size=50000000"));
    REQUIRE(eventually([&] { return server.edge.stats().slow_readers == 1; }));
    CHECK(second.read_to_end().size() < 50'000'000);
    CHECK(third.ask(get("/")).status == 200);
    CHECK(first.read().body.size() == 50'000'000);
    auto fourth = server.connect();  // what the first has taken is free again
    fourth.send(get("/large?size=50000000"));
    CHECK(fourth.read().body.size() == 50'000'000);
    CHECK(server.edge.stats().slow_readers == 1);
}

TEST_CASE("who does not read takes nothing from other addresses", "[http][edge]") {
    http::UnsentBudget budget(100, 40);
    CHECK(budget.take(1, 30));
    CHECK_FALSE(budget.take(1, 20));
    CHECK(budget.take(1, 10));
    CHECK(budget.take(2, 50));  // its first may be larger than a share
    CHECK_FALSE(budget.take(2, 1));
    CHECK_FALSE(budget.take(3, 20));
    budget.give_back(1, 40);
    CHECK(budget.take(3, 20));
    CHECK_FALSE(budget.take(4, 31));
    CHECK(budget.take(4, 30));
}

TEST_CASE("a client that takes its answer in crumbs is cut off", "[http][edge][time]") {
    auto settings = patient();
    settings.write_timeout = 50ms;
    settings.write_bytes_per_second = 1 << 30;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send(get("/large?size=50000000"));
    std::size_t taken = 0;
    for (std::size_t part = 1; part > 0 && server.edge.stats().timed_out == 0; taken += part) part = client.take(64);
    CHECK(taken < 50'000'000);
    CHECK(server.edge.stats().timed_out == 1);
}

TEST_CASE("a handler may take as long as it likes", "[http][edge][time]") {
    auto settings = patient();
    settings.header_timeout = 1s;  // a head counts from connecting
    settings.body_timeout = settings.idle_timeout = settings.write_timeout = 20ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send(get("/hold"));
    auto held = server.held.take();
    CHECK_FALSE(client.readable_within(1200));
    held.responder.send(http::Response::text(200, "at last"));
    CHECK(client.read().body == "at last");
}

TEST_CASE("a client that does not close after the last answer is closed", "[http][edge][time]") {
    auto settings = patient();
    settings.linger_timeout = 30ms;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    CHECK(client.ask(get("/", "Connection: close\r\n")).status == 200);
    CHECK(client.at_end());
    CHECK(eventually([&] { return server.edge.stats().open_connections == 0; }));
}

TEST_CASE("draining finishes what is in flight and nothing else", "[http][edge][drain]") {
    EdgeUnderTest server(patient());
    auto idle = server.connect();
    auto fresh = server.connect();
    auto busy = server.connect();
    auto reading = server.connect();
    CHECK(idle.ask(get("/")).status == 200);
    reading.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nha");
    busy.send(get("/hold") + get("/never-begun"));
    auto held = server.held.take();
    REQUIRE(eventually([&] { return server.edge.stats().accepted == 4; }));
    REQUIRE(eventually([&] { return server.edge.stats().body_bytes_in_flight > 0; }));  // the half of a body is read

    bool all_finished = false;
    const auto port = server.edge.port();
    std::thread drain([&] { all_finished = server.edge.drain(10s); });
    CHECK(idle.at_end());
    CHECK(fresh.at_end());
    CHECK_THROWS(RawHttpClient(port));
    held.responder.send(http::Response::text(200, "finished"));
    const auto answer = busy.read();
    CHECK(answer.body == "finished");
    CHECK(answer.has("Connection: close"));
    CHECK(busy.at_end());
    CHECK(reading.ask("lf").body == "POST / half");
    CHECK(reading.at_end());
    { const auto closed = std::move(busy); }
    { const auto closed = std::move(reading); }
    drain.join();
    CHECK(all_finished);
    CHECK(server.edge.stats().open_connections == 0);
}

TEST_CASE("draining waits no longer than told", "[http][edge][drain]") {
    EdgeUnderTest server(patient());
    auto client = server.connect();
    client.send(get("/hold"));
    auto held = server.held.take();
    CHECK_FALSE(server.edge.drain(20ms));
    CHECK(client.at_end());
    held.responder.send(http::Response::empty(200));
}

TEST_CASE("an edge that cannot listen says where and why", "[http][edge][start]") {
    EdgeUnderTest server;
    const auto why = [](http::EdgeSettings settings) {
        http::Edge edge(std::move(settings), [](http::Request&&, http::Responder) {});
        const auto started = edge.start();
        return started ? std::string("it started") : started.error().message;
    };
    const auto port = std::to_string(server.edge.port());
    CHECK(why({.port = server.edge.port()}) == "cannot listen on 127.0.0.1:" + port + ": Address already in use");
    CHECK(why({.address = "nowhere"}) == "cannot listen on nowhere:0: the address is neither IPv4 nor IPv6");
    CHECK(why({.address = "203.0.113.1"}) == "cannot listen on 203.0.113.1:0: Cannot assign requested address");
    CHECK(why({.threads = 0}) == "the HTTP edge needs at least one thread");
}

TEST_CASE("an edge can be restarted on its port at once", "[http][edge][start]") {
    std::uint16_t port = 0;
    {
        EdgeUnderTest server;
        port = server.edge.port();
        auto client = server.connect();
        CHECK(client.ask(get("/")).status == 200);
        server.edge.stop();
    }
    EdgeUnderTest again({.port = port});
    CHECK(again.connect().ask(get("/")).status == 200);
}

TEST_CASE("the client's address is told to the handler", "[http][edge]") {
    EdgeUnderTest server({.address = "::"});
    auto client = server.connect();
    client.send(get("/hold"));
    auto held = server.held.take();
    CHECK(held.request.remote_address == "127.0.0.1");
    CHECK(held.request.request_id.size() == 36);
    held.responder.send(http::Response::empty(200));
    CHECK(client.read().status == 200);
}
