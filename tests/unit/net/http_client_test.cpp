#include "net/http_client.hpp"

#include <atr/atr.h>
#include <catch2/catch.hpp>

#include <future>

#include "net/allowed_origins.hpp"
#include "tests/unit/net/hanging_lookup.hpp"
#include "tests/unit/net/scripted_server.hpp"

using namespace treasurer;
using net_test::Peer;
using net_test::ScriptedServer;

namespace {

constexpr const char* whole = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Rail: yes\r\n\r\nok";

HttpRequest to(const ScriptedServer& server, std::string method = "POST") {
    HttpRequest out;
    out.method = std::move(method);
    out.url = server.origin() + "/pay";
    if (out.method == "POST") out.body = R"({"amount":"1"})";
    out.timeout = Millis{10'000};
    out.allowed = {server.origin()};
    return out;
}

}  // namespace

SCENARIO("a whole reply is told as it came, whatever its status", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    std::string seen;
    server.then([&](Peer& peer) {
        seen = peer.read_request();
        peer.write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
        peer.write(whole);
    });
    HttpRequest request = to(server);
    request.headers = {{"Authorization", "Bearer t"}, {"Content-Type", "application/json"}};
    const HttpReply reply = client.send(request);
    CHECK(reply.phase == HttpPhase::replied);
    CHECK(reply.status == 201);
    CHECK(reply.body == "ok");
    CHECK(reply.headers == HttpFields{{"Content-Length", "2"}, {"X-Rail", "yes"}});
    CHECK(seen.starts_with("POST /pay HTTP/1.1\r\n"));
    CHECK(seen.find("Authorization: Bearer t\r\n") != std::string::npos);
    CHECK(seen.ends_with("\r\n\r\n{\"amount\":\"1\"}"));
}

SCENARIO("a name that is looked up for ever does not outlast the deadline", "[http_client]") {
    net_test::HangingLookup lookup;
    net::HttpClient client;
    HttpRequest request;
    request.method = "POST";
    request.url = std::string("http://") + net_test::HangingLookup::name;
    request.allowed = {request.url};
    request.timeout = Millis{200};
    std::future<HttpReply> sending = std::async(std::launch::async, [&] { return client.send(request); });
    // Patience, not a measure: without the rule it comes back only when the lookup does.
    const bool came_back = sending.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
    CHECK(lookup.is_under_way_within(std::chrono::seconds(60)));
    lookup.release();
    CHECK(came_back);
    const HttpReply reply = sending.get();
    CHECK(reply.phase == HttpPhase::not_sent);
    CHECK(reply.code == ATR_E_TIMEOUT);
}

SCENARIO("nothing was sent where no connection came about", "[http_client]") {
    net::HttpClient client;
    HttpRequest request;
    request.method = "POST";
    request.timeout = Millis{5'000};
    GIVEN("a port on which nobody listens") {
        {
            ScriptedServer gone;
            request.url = gone.origin();
        }
        request.allowed = {request.url};
    }
    GIVEN("a name that nobody has") {
        request.url = std::string("http://") + net_test::unknown_name;
        request.allowed = {request.url};
    }
    const HttpReply reply = client.send(request);
    CHECK(reply.phase == HttpPhase::not_sent);
    CHECK_FALSE(reply.is_refused);
    CHECK(reply.code == ATR_E_UNREACHABLE);
    CHECK_FALSE(reply.problem.empty());
}

SCENARIO("once something was sent, only a whole reply says what became of it", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    HttpRequest request = to(server);
    std::int32_t code = ATR_E_UNREACHABLE;
    GIVEN("the connection ends after the request") {
        server.then([](Peer& peer) { peer.read_request(); });
    }
    GIVEN("it is reset") {
        server.then([](Peer& peer) {
            peer.read_request();
            peer.reset();
        });
    }
    GIVEN("the reply is cut in its head") {
        server.then([](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nContent-Le");
        });
    }
    GIVEN("the reply is cut in its body") {
        server.then([](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
    }
    GIVEN("no reply comes in time") {
        request.timeout = Millis{2000};  // from connecting on
        code = ATR_E_TIMEOUT;
        server.then([](Peer& peer) { peer.wait_closed(); });
    }
    GIVEN("the reply is too large") {
        request.max_reply_bytes = 10;
        code = ATR_E_TOO_LARGE;
        server.then([](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890");
        });
    }
    GIVEN("what comes is no HTTP") {
        server.then([](Peer& peer) {
            peer.read_request();
            peer.write("220 mail.example.com ESMTP\r\n");
        });
    }
    const HttpReply reply = client.send(request);
    CHECK(reply.phase == HttpPhase::sent_no_reply);
    CHECK(reply.code == code);
    CHECK(reply.body.empty());
}

SCENARIO("a request that changes something is never sent twice by itself", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    server.then([](Peer& peer) {  // a connection that could be used again, and dies when it is
        peer.read_request();
        peer.write(whole);
        peer.read_request();
        peer.reset();
    });
    REQUIRE(client.send(to(server, "GET")).phase == HttpPhase::replied);
    server.then([](Peer& peer) { peer.read_request(); });  // takes it, and says nothing
    server.then([](Peer& peer) {
        peer.read_request();
        peer.write(whole);
    });
    const int before = server.connections();
    CHECK(client.send(to(server)).phase == HttpPhase::sent_no_reply);
    CHECK(server.connections() == before + 1);
}

SCENARIO("a redirect is an answer, and not followed", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    server.then([&](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 302 Found\r\nLocation: " + server.origin() + "/other\r\nContent-Length: 0\r\n\r\n");
    });
    CHECK(client.send(to(server, "GET")).status == 302);
    CHECK(server.connections() == 1);
}

SCENARIO("a place that is not named is refused before anything is looked up", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    HttpRequest request = to(server);
    request.allowed = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"http://127.0.0.1:1"},
                               std::vector<std::string>{"https://127.0.0.1"});
    const HttpReply reply = client.send(request);
    CHECK(reply.phase == HttpPhase::not_sent);
    CHECK(reply.is_refused);
    CHECK(reply.code == ATR_E_PERMISSION);
    CHECK(server.connections() == 0);
}

SCENARIO("a malformed request is refused", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    HttpRequest request = to(server);
    GIVEN("another scheme") {
        request.url = "file:///etc/passwd";
    }
    GIVEN("a user in the address") {
        request.url = "http://user:pass@127.0.0.1/";
    }
    GIVEN("a method that is two") {
        request.method = "GET / HTTP/1.1\r\nX: ";
    }
    GIVEN("a header field that is two") {
        request.headers = {{"X-A", "1\r\nX-B: 2"}};
    }
    GIVEN("a name that is none") {
        request.headers = {{"X A", "1"}};
    }
    GIVEN("a field of the host's own") {
        request.headers = {{"transfer-Encoding", "chunked"}};
    }
    const HttpReply reply = client.send(request);
    CHECK(reply.is_refused);
    CHECK(server.connections() == 0);
}

SCENARIO("a request that no time is left for is not sent, and may be with more", "[http_client]") {
    ScriptedServer server;
    net::HttpClient client;
    HttpRequest request = to(server);
    request.timeout = Millis{GENERATE(0, -5000)};
    const HttpReply reply = client.send(request);
    CHECK(reply.phase == HttpPhase::not_sent);
    CHECK(!reply.is_refused);
    CHECK(reply.code == ATR_E_TIMEOUT);
    CHECK(server.connections() == 0);
}

TEST_CASE("an allowed origin is matched whole: scheme, host and port", "[http_client]") {
    const auto admits = [](const std::string& entry, const std::string& url) {
        const auto origin = net::origin_of(url);
        REQUIRE(origin);
        CHECK(net::fault_in_allowed(entry).empty());
        return net::is_allowed(*origin, {entry});
    };
    CHECK(admits("https://api.example.com", "https://api.example.com/v1?x=1"));
    CHECK(admits("https://api.example.com", "https://API.example.com:443/"));
    CHECK(admits("https://*.example.com", "https://a.b.example.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://example.com/"));
    CHECK_FALSE(admits("https://*.example.com", "https://evilexample.com/"));
    CHECK_FALSE(admits("https://api.example.com", "http://api.example.com/"));
    CHECK_FALSE(admits("https://api.example.com", "https://api.example.com:8443/"));
    CHECK_FALSE(admits("https://api.example.com", "https://api.example.com.evil.net/"));
    for (const char* bad : {"example.com", "ftp://example.com", "https://", "https://a/path", "https://a?q",
                            "https://*.com", "https://u@a.example"})
        CHECK_FALSE(net::fault_in_allowed(bad).empty());
}
