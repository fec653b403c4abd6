/// The edge as clients meet it: real sockets against a real edge.
#include <catch2/catch.hpp>

#include "tests/integration/http_edge/edge_under_test.hpp"

using namespace treasurer;
using namespace treasurer::test;
using namespace std::chrono_literals;

TEST_CASE("every raw exchange ends as the table says", "[http][edge]") {
    http::EdgeSettings settings;
    settings.limits = {.max_header_bytes = kTableHeaderBytes,
                       .max_target_bytes = kTableTargetBytes,
                       .max_body_bytes = kTableBodyBytes};
    EdgeUnderTest server(settings);
    for (const auto& exchange : http_exchanges()) {
        INFO(exchange.rule);
        auto client = server.connect();
        client.send(exchange.bytes);
        for (const int& status : exchange.statuses) {
            const auto answer = client.read();
            CHECK(answer.status == status);
            CHECK(answer.has("\r\nDate: "));
            CHECK(answer.has("\r\nX-Request-ID: "));
            CHECK(answer.has("Connection: close") == (exchange.closes && &status == &exchange.statuses.back()));
            if (status == 200) continue;
            CHECK(answer.has("Content-Type: application/problem+json"));
            for (const auto* member : {"type", "title", "status", "detail", "code", "request_id"}) {
                CHECK(answer.body.find('"' + std::string(member) + "\":") != std::string::npos);
            }
        }
        if (exchange.closes) {
            CHECK(client.at_end());
        } else {
            CHECK(client.ask(get("/still-there")).body == "GET /still-there ");
        }
    }
    CHECK(server.edge.stats().handler_failures == 0);
}

TEST_CASE("a request sent byte by byte is answered like any other", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    for (const char byte : post("/slow", "body")) REQUIRE(client.send({&byte, 1}));
    CHECK(client.read().body == "POST /slow body");
}

TEST_CASE("HEAD gets the head that GET gets", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    client.send("HEAD /pool HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
    const auto head = client.read(false);
    CHECK(head.status == 200);
    CHECK(head.has("Content-Length: 10\r\n"));
    CHECK(client.read().body == "GET /next ");
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
    CHECK(client.read(false).status == 413);
    CHECK(client.at_end());
}

TEST_CASE("an answer without content has no length", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    client.send(get("/empty") + get("/next"));
    const auto answer = client.read();
    CHECK(answer.status == 204);
    CHECK_FALSE(answer.has("Content-Length"));
    CHECK(client.read().body == "GET /next ");
}

TEST_CASE("100-continue is sent when the body is wanted", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
    client.send(head + "5\r\n\r\n");
    CHECK(client.read(false).head == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(client.ask("hello").body == "POST / hello");
    client.send(head + "99999999\r\n\r\n");
    CHECK(client.read().status == 413);
    CHECK(client.at_end());
}

TEST_CASE("the client's request id is used if it is sane", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    CHECK(client.ask(get("/", "X-Request-ID: abc-1\r\n")).has("X-Request-ID: abc-1\r\n"));
    CHECK_FALSE(client.ask(get("/", "X-Request-ID: a b\r\n")).has("a b"));
    CHECK(client.ask(post("/", "", "X-Request-ID: abc-2\r\nExpect: x\r\n")).has("X-Request-ID: abc-2\r\n"));
}

TEST_CASE("answers come in the order of the requests, whoever makes them", "[http][edge][async]") {
    EdgeUnderTest server;
    auto client = server.connect();
    std::string requests;
    for (int i = 0; i < 300; ++i) requests += get((i % 3 == 0 ? "/pool?" : "/sync") + std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 300; ++i) {
        const auto expected = i % 3 == 0 ? "pool /pool?" + std::to_string(i) : "GET /sync" + std::to_string(i) + " ";
        REQUIRE(client.read().body == expected);
    }
}

TEST_CASE("a handler's failure is a plain 500, and the connection lives on", "[http][edge][failure]") {
    EdgeUnderTest server;
    auto client = server.connect();
    for (const auto* path : {"/throw", "/drop", "/pool-drop", "/hostile?value=a%0d%0aSet-Cookie:%20b"}) {
        INFO(path);
        const auto answer = client.ask(get(path, "X-Request-ID: r1\r\n"));
        CHECK(answer.status == 500);
        CHECK(answer.has("application/problem+json"));
        CHECK(answer.body.find("\"request_id\":\"r1\"") != std::string::npos);
        CHECK(answer.body.find("secret") == std::string::npos);
        CHECK_FALSE(answer.has("Set-Cookie"));
    }
    CHECK(client.ask(get("/next")).status == 200);
    CHECK(server.edge.stats().handler_failures == 3);
}

TEST_CASE("an answer after the handler threw goes nowhere", "[http][edge][failure]") {
    EdgeUnderTest server;
    auto client = server.connect();
    CHECK(client.ask(get("/throw-late")).status == 500);
    auto thrown = server.held.take();
    client.send(get("/hold"));
    auto waiting = server.held.take();
    thrown.responder.send(http::Response::text(200, "of the first"));
    waiting.responder.send(http::Response::text(200, "of the second"));
    CHECK(client.read().body == "of the second");
}

TEST_CASE("an answer for a client that left reaches nobody", "[http][edge][async]") {
    EdgeUnderTest server;
    auto client = server.connect();
    client.send(get("/hold"));
    auto left = server.held.take();
    client.reset();
    REQUIRE(eventually([&] { return server.edge.stats().open_connections == 0; }));

    auto next = server.connect();  // most likely with the same descriptor on the server's side
    next.send(get("/hold"));
    auto here = server.held.take();
    left.responder.send(http::Response::text(200, "for the one who left"));
    REQUIRE(eventually([&] { return server.edge.stats().late_answers == 1; }));
    here.responder.send(http::Response::text(200, "for the one who is here"));
    CHECK(next.read().body == "for the one who is here");
}

TEST_CASE("an answer after the edge stopped, or is gone, does nothing", "[http][edge][async]") {
    std::optional<Held> stopped;
    std::optional<Held> gone;
    {
        EdgeUnderTest server;
        auto client = server.connect();
        auto other = server.connect();
        client.send(get("/hold"));
        stopped = server.held.take();
        other.send(post("/hold", std::string(5000, 'b')));
        gone = server.held.take();
        server.edge.stop();
        stopped->responder.send(http::Response::empty(200));
        CHECK(client.at_end());
        server.edge.stop();
    }
    gone->responder.send(http::Response::empty(200));
    gone.reset();
}

TEST_CASE("a client that has said its last byte still gets its answers", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    client.send(get("/pool?1") + get("/2"));
    client.end_output();
    CHECK(client.read().body == "pool /pool?1");
    CHECK(client.read().body == "GET /2 ");
    CHECK(client.at_end());
}

TEST_CASE("a body cut short is a 400", "[http][edge]") {
    EdgeUnderTest server;
    for (const std::string cut : {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf", "GET / HT",
                                  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal"}) {
        auto client = server.connect();
        client.send(cut);
        client.end_output();
        const auto answer = client.read();
        CHECK(answer.status == 400);
        CHECK(answer.body.find("incomplete_request") != std::string::npos);
        CHECK(client.at_end());
    }
}

TEST_CASE("large bodies go both ways whole", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    std::string body(5 * 1024 * 1024, ' ');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
    std::thread sender([&] { client.send(post("/echo", body) + get("/next")); });
    const auto answer = client.read();
    sender.join();
    CHECK((answer.body == "POST /echo " + body));
    CHECK(client.read().body == "GET /next ");

    std::string chunks = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 1000; ++i) chunks += "10\r\n0123456789abcdef\r\n";
    CHECK(client.ask(chunks + "0\r\n\r\n").body.size() == std::string("POST /echo ").size() + 16'000);
}

TEST_CASE("a client still sending what is refused gets the refusal", "[http][edge]") {
    EdgeUnderTest server;
    auto client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
    const std::string part(100'000, 'x');
    for (int i = 0; i < 50; ++i) client.send(part);
    CHECK(client.read().status == 413);
    CHECK(client.at_end());
}

TEST_CASE("reading pauses while an answer is awaited, and goes on after it", "[http][edge][flow]") {
    http::EdgeSettings settings;
    settings.max_pipelined_bytes = 4096;
    EdgeUnderTest server(settings);
    auto client = server.connect();
    client.send(get("/hold"));
    auto first = server.held.take();
    const auto request = get("/next");
    std::string flood;
    while (flood.size() < 32 * 1024 * 1024) flood += request;
    std::size_t sent = 0;
    while (client.writable_within(100)) {
        sent += client.send_some(std::string_view(flood).substr(sent));
        REQUIRE(sent < flood.size());  // else the server took 32 MiB for one unanswered request
    }
    first.responder.send(http::Response::text(200, "first"));
    CHECK(client.read().body == "first");
    std::thread rest(
        [&] { client.send(std::string_view(flood).substr(sent, request.size() - sent % request.size())); });
    const auto requests = sent / request.size() + 1;
    std::size_t answered = 0;
    for (; answered < requests && client.read().body == "GET /next "; ++answered) {
    }
    rest.join();
    CHECK(answered == requests);
}

TEST_CASE("request bodies share one budget until their requests are done", "[http][edge][budget]") {
    http::EdgeSettings settings;
    settings.body_budget_bytes = 64 * 1024;
    EdgeUnderTest server(settings);
    auto first = server.connect();
    first.send(post("/hold", std::string(48 * 1024, 'b')));
    {
        auto held = server.held.take();
        auto second = server.connect();
        const auto answer = second.ask(post("/", std::string(48 * 1024, 'b')));
        CHECK(answer.status == 503);
        CHECK(answer.has("Retry-After: 1\r\n"));
        CHECK(second.at_end());
        CHECK(server.connect().ask(get("/")).status == 200);
        held.responder.send(http::Response::empty(200));
    }
    CHECK(first.read().status == 200);
    CHECK(server.edge.stats().body_bytes_in_flight == 0);
    CHECK(server.connect().ask(post("/", std::string(48 * 1024, 'b'))).status == 200);
}

TEST_CASE("connections from one address are capped", "[http][edge][caps]") {
    http::EdgeSettings settings;
    SECTION("by address") {
        settings.max_connections_per_address = 2;
    }
    SECTION("and in all") {
        settings.max_connections = 2;
    }
    EdgeUnderTest server(settings);
    auto first = server.connect();
    auto second = server.connect();
    CHECK(second.ask(get("/")).status == 200);
    auto third = server.connect();
    const auto answer = third.read();
    CHECK(answer.status == 503);
    CHECK(answer.has("Retry-After: 1\r\n"));
    CHECK(answer.body.find("too_many_connections") != std::string::npos);
    CHECK(third.at_end());
    CHECK(server.edge.stats().turned_away == 1);
    first.reset();
    REQUIRE(eventually([&] { return server.edge.stats().open_connections == 1; }));
    CHECK(server.connect().ask(get("/")).status == 200);
}

TEST_CASE("a thousand connections, however they end, leave no descriptor behind", "[http][edge][descriptors]") {
    EdgeUnderTest server;
    CHECK(server.connect().ask(get("/")).status == 200);
    REQUIRE(eventually([&] { return server.edge.stats().open_connections == 0; }));
    const auto before = open_descriptors();
    const std::vector<std::string> beginnings{"",
                                              "GET / HT",
                                              get("/"),
                                              get("/pool"),
                                              get("/hold"),
                                              get("/large?size=3000000"),
                                              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
                                              "nonsense\r\n"};
    for (int i = 0; i < 1000; ++i) {
        auto client = server.connect();
        client.send(beginnings[static_cast<std::size_t>(i) % beginnings.size()]);
        if (i % 2 == 0) client.reset();
    }
    CHECK(eventually([&] { return open_descriptors() == before; }));
    CHECK(server.edge.stats().open_connections == 0);
    server.held.clear();
    CHECK(server.connect().ask(get("/")).status == 200);
}

TEST_CASE("many clients at once are all served", "[http][edge]") {
    EdgeUnderTest server;
    std::atomic<int> right{0};
    std::vector<std::thread> clients;
    for (int c = 0; c < 8; ++c) {
        clients.emplace_back([&, c] {
            auto client = server.connect();
            for (int i = 0; i < 200; ++i) {
                const auto target = "/pool?" + std::to_string(c) + "-" + std::to_string(i);
                if (client.ask(get(target)).body == "pool " + target) ++right;
            }
        });
    }
    for (auto& client : clients) client.join();
    CHECK(right == 1600);
    CHECK(server.edge.stats().requests == 1600);
}

TEST_CASE("a body that nobody wants is not waited for", "[http][edge][head]") {
    EdgeUnderTest server({}, [](const http::Request& head, std::uint64_t, std::string_view client) {
        return http::BodyLeave{.is_given = head.path != "/unwanted" && client == "127.0.0.1"};
    });
    SECTION("the answer comes at the head, before 100 Continue, and ends the connection") {
        auto client = server.connect();
        const auto answer =
            client.ask("POST /unwanted HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n");
        CHECK(answer.status == 401);
        CHECK(answer.body == "unread 5000000");
        CHECK(answer.has("Connection: close"));
        CHECK(client.at_end());
    }
    SECTION("a client that sends it all the same gets the answer, and no later request is found in it") {
        auto client = server.connect();
        client.send("POST /unwanted HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n" + std::string(40'000, ' ') +
                    get("/smuggled"));
        CHECK(client.read().body == "unread 5000000");
        CHECK(client.at_end());
    }
    SECTION("what is announced, or comes in chunks, takes nothing of the budget") {
        auto client = server.connect();
        CHECK(client.ask("POST /unwanted HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n").body ==
              "unread 0");
        CHECK(server.edge.stats().body_bytes_in_flight == 0);
        CHECK(server.edge.stats().requests == 1);
    }
    SECTION("others are read as ever") {
        auto client = server.connect();
        CHECK(client.ask(post("/wanted", "body") + get("/next")).body == "POST /wanted body");
        CHECK(client.read().body == "GET /next ");
    }
}

TEST_CASE("bodies of those who have not signed in leave the others their room", "[http][edge][head]") {
    http::EdgeSettings settings;
    settings.body_budget_bytes = 1024 * 1024;
    settings.limits.max_body_bytes = 600 * 1024;
    EdgeUnderTest server(settings, [](const http::Request& head, std::uint64_t, std::string_view) {
        if (head.path == "/token") return http::BodyLeave{.share = http::BodyShare::anyone};
        if (head.path == "/by-key") return http::BodyLeave{.share = http::BodyShare::unproven};
        return http::BodyLeave{};
    });
    std::vector<RawHttpClient> strangers;
    for (int i = 0; i < 8; ++i) {
        strangers.push_back(server.connect());
        strangers.back().send("POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 16384\r\n\r\n" +
                              std::string(16'383, 's'));
    }
    REQUIRE(eventually([&] { return server.edge.stats().body_bytes_in_flight == 8 * 16 * 1024; }));
    // Handed over without its body, to be counted and refused where its sender is known.
    CHECK(server.connect().ask(post("/token", std::string(16'384, 's'))).body == "unread 16384");
    CHECK(server.connect().ask(post("/by-key", std::string(16'384, 's'))).status == 200);
    CHECK(server.connect().ask(post("/invoices", std::string(600'000, 'i'))).status == 200);
}

TEST_CASE("what a judge allows for one request bounds its body", "[http][edge][head]") {
    EdgeUnderTest server(
        {}, [](const http::Request&, std::uint64_t, std::string_view) { return http::BodyLeave{.max_bytes = 8}; });
    CHECK(server.connect().ask(post("/", "12345678")).status == 200);
    CHECK(server.connect().ask(post("/", "123456789")).status == 413);
    CHECK(server.connect()
              .ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n")
              .status == 413);
}
