/// Answers that go on after their head, through real sockets.
#include <catch2/catch.hpp>

#include "http/event_stream.hpp"
#include "tests/integration/http_edge/edge_under_test.hpp"

using namespace treasurer;
using namespace treasurer::test;
using namespace std::chrono_literals;

namespace {

/// An edge whose /events is a stream of a hub, and whose /poll is a long poll of it.
class StreamingEdge {
public:
    explicit StreamingEdge(http::EventHubSettings kept = {}, http::EdgeSettings settings = {})
        : hub(std::make_shared<http::EventHub>(kept)),
          edge(std::move(settings),
               [this](http::Request&& request, http::Responder responder) { responder.send(answer(request)); }) {
        hub->lost_track(0);
        const auto started = edge.start();
        if (!started) throw std::runtime_error(started.error().message);
        hub->on_news([this] { edge.wake_streams(); });
    }
    ~StreamingEdge() { hub->on_news(nullptr); }

    RawHttpClient connect() { return RawHttpClient(edge.port()); }
    /// A client that listens by now.
    RawHttpClient listen() {
        auto client = connect();
        client.send(get("/events"));
        if (client.read().status != 200) throw std::runtime_error("no stream");
        if (client.read_chunk().substr(0, 6) != "retry:") throw std::runtime_error("no greeting");
        return client;
    }
    void commit(std::size_t events = 1) {
        const auto seq = ++last_;
        std::vector<atr::Record> records(events, {.collection = "payments", .key = "p", .version = seq});
        hub->changed(seq - 1, records, seq);
    }
    void sign_out() {
        const auto seq = ++last_;
        hub->changed(seq - 1, {{.collection = "revoked_tokens", .key = "t1", .version = seq}}, seq);
    }

    std::shared_ptr<http::EventHub> hub;
    http::Edge edge;

private:
    http::Response answer(const http::Request& request) {
        http::Response out = http::Response::text(200, request.path);
        const auto now = std::chrono::steady_clock::now();
        const http::Listener listener{
            .user = "vera", .token_id = "t1", .until = now + (request.path == "/short" ? 1s : 1h)};
        const http::ListenFrom from{.cursor = hub->place()->position, .generation = hub->place()->generation};
        if (request.path == "/events" || request.path == "/short")
            out.stream = std::make_shared<http::EventStream>(hub, listener, from, now);
        if (request.path == "/poll") out.stream = std::make_shared<http::EventPoll>(hub, listener, from);
        return out;
    }
    std::uint64_t last_ = 0;
};

std::string change(int seq) {
    const auto number = std::to_string(seq);
    return "event: change\nid: " + number +
           "\ndata: {\"type\":\"change\",\"collection\":\"payments\",\"id\":\"p\",\"version\":" + number + "}\n\n";
}

}  // namespace

TEST_CASE("a stream tells what is new as it comes, in chunks, to everybody who listens", "[http][edge][stream]") {
    StreamingEdge server;
    auto one = server.connect();
    one.send(get("/events"));
    const auto head = one.read();
    CHECK(head.status == 200);
    CHECK(head.has("Transfer-Encoding: chunked\r\n"));
    CHECK_FALSE(head.has("Content-Length"));
    CHECK(one.read_chunk() == "retry: 2000\nid: 0\n\n");
    auto other = server.listen();
    for (int seq = 1; seq <= 3; ++seq) {
        server.commit();
        CHECK(one.read_chunk() == change(seq));
        CHECK(other.read_chunk() == change(seq));
    }
    CHECK(server.edge.stats().open_streams == 2);
}

TEST_CASE("a stream that ends is whole, and its connection lives on", "[http][edge][stream]") {
    StreamingEdge server;
    auto client = server.listen();
    client.send(get("/next"));
    server.commit();
    CHECK(client.read_chunk() == change(1));
    server.sign_out();
    CHECK(client.read_chunk().empty());
    CHECK(client.read().body == "/next");
    CHECK(eventually([&] { return server.edge.stats().open_streams == 0; }));
}

TEST_CASE("a stream ends when its listener's time is up, though nothing happens", "[http][edge][stream]") {
    StreamingEdge server;
    auto client = server.connect();
    client.send(get("/short"));
    CHECK(client.read().status == 200);
    CHECK_FALSE(client.read_chunk().empty());
    CHECK(client.read_chunk().empty());
    CHECK(client.ask(get("/next")).body == "/next");
}

TEST_CASE("to HTTP/1.0 a stream is bare, and ends with the connection", "[http][edge][stream]") {
    StreamingEdge server;
    auto client = server.connect();
    client.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto head = client.read();
    CHECK(head.has("Connection: close"));
    CHECK_FALSE(head.has("Transfer-Encoding"));
    REQUIRE(eventually([&] { return server.edge.stats().open_streams == 1; }));
    server.sign_out();
    CHECK(client.read_to_end() == "retry: 2000\nid: 0\n\n");
}

TEST_CASE("HEAD of a stream is a head", "[http][edge][stream]") {
    StreamingEdge server;
    auto client = server.connect();
    client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
    CHECK(client.read(false).status == 200);
    CHECK(client.read().body == "/next");
    CHECK(eventually([&] { return server.edge.stats().open_streams == 0; }));
}

TEST_CASE("long polls are answered one after another on one connection", "[http][edge][stream]") {
    StreamingEdge server;
    auto client = server.connect();
    for (int seq = 1; seq <= 3; ++seq) {
        client.send(get("/poll"));
        CHECK(client.read().status == 200);
        server.commit();
        CHECK(client.read_chunk().find("\"next\":" + std::to_string(seq)) != std::string::npos);
        CHECK(client.read_chunk().empty());
    }
}

TEST_CASE("a listener that leaves is gone at once, though nothing is sent to it", "[http][edge][stream]") {
    StreamingEdge server;
    auto stays = server.listen();
    {
        auto leaves = server.listen();
        auto breaks = server.listen();
        CHECK(eventually([&] { return server.edge.stats().open_streams == 3; }));  // counted once their heads are out
        breaks.reset();
    }
    CHECK(eventually([&] { return server.edge.stats().open_connections == 1; }));
    CHECK(server.edge.stats().open_streams == 1);
    server.commit();
    CHECK(stays.read_chunk() == change(1));
}

TEST_CASE("a listener that does not read for a while misses nothing, and keeps nobody waiting",
          "[http][edge][stream]") {
    constexpr int batches = 100, events = 1000;
    StreamingEdge server({.kept_events = std::size_t{batches} * events});
    auto slow = server.listen();
    auto quick = server.listen();
    const auto holds = [](const std::string& part, int seq) {
        return part.find("id: " + std::to_string(seq) + "\n") != std::string::npos;
    };
    for (int i = 1; i <= batches; ++i) {
        server.commit(events);
        CHECK(holds(quick.read_chunk(), i));
    }
    for (int i = 1; i <= batches; ++i) CHECK(holds(slow.read_chunk(), i));
}

TEST_CASE("a listener that never reads is cut off", "[http][edge][stream]") {
    http::EdgeSettings settings;
    settings.write_timeout = 50ms;
    StreamingEdge server({}, settings);
    auto deaf = server.listen();
    REQUIRE(eventually([&] {
        server.commit(1000);
        return server.edge.stats().timed_out == 1;
    }));
    CHECK(eventually([&] { return server.edge.stats().open_streams == 0; }));
}

TEST_CASE("draining gives a poll the answer that it would have had in the end", "[http][edge][stream][drain]") {
    StreamingEdge server;
    auto poll = server.connect();
    poll.send(get("/poll"));
    REQUIRE(poll.read().status == 200);
    std::thread drain([&] { server.edge.drain(10s); });
    CHECK(poll.read_chunk() == R"({"events":[],"next":0,"reset":false})");
    CHECK(poll.read_chunk().empty());
    CHECK(poll.at_end());
    { const auto closed = std::move(poll); }
    drain.join();
}

TEST_CASE("draining ends every stream in order", "[http][edge][stream][drain]") {
    StreamingEdge server;
    auto one = server.listen();
    auto other = server.listen();
    bool all_finished = false;
    std::thread drain([&] { all_finished = server.edge.drain(10s); });
    CHECK(one.read_chunk().empty());
    CHECK(other.read_chunk().empty());
    CHECK(one.at_end());
    CHECK(other.at_end());
    { const auto closed = std::move(one); }
    { const auto closed = std::move(other); }
    drain.join();
    CHECK(all_finished);
}
