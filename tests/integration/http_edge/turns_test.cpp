/// Which request a transport thread handles first when it is behind.
#include <sched.h>
#include <catch2/catch.hpp>

#include <filesystem>

#include "http/real_time_turn.hpp"

#include "tests/integration/http_edge/edge_under_test.hpp"

using namespace treasurer;
using namespace treasurer::test;

namespace {

using Paths = std::vector<std::string>;

http::EdgeSettings one_thread() {
    http::EdgeSettings settings;
    settings.threads = 1;
    return settings;
}

bool is_health(const http::Request& request, std::chrono::steady_clock::duration) {
    return request.path == "/health";
}

}  // namespace

TEST_CASE("what is prompt overtakes what came before it on other connections", "[http][edge][turns]") {
    EdgeUnderTest server(one_thread(), {}, is_health);
    auto blocker = server.connect(), early = server.connect(), late = server.connect();
    for (auto* client : {&early, &late}) CHECK(client->ask(get("/warm")).status == 200);
    blocker.send(get("/gate"));
    REQUIRE(eventually([&] { return server.handled().back() == "/gate"; }));
    early.send(get("/a"));
    late.send(get("/health"));
    server.open_gate();
    CHECK(early.read().status == 200);
    CHECK(late.read().status == 200);
    CHECK(blocker.read().status == 200);
    CHECK(server.handled() == Paths{"/warm", "/warm", "/gate", "/health", "/a"});
}

TEST_CASE("a connection that sent many requests at once takes turns with the others", "[http][edge][turns]") {
    EdgeUnderTest server(one_thread(), {}, is_health);
    auto blocker = server.connect(), many = server.connect(), one = server.connect();
    for (auto* client : {&many, &one}) CHECK(client->ask(get("/warm")).status == 200);
    blocker.send(get("/gate"));
    REQUIRE(eventually([&] { return server.handled().back() == "/gate"; }));
    many.send(get("/a") + get("/b") + get("/c"));
    one.send(get("/d"));
    server.open_gate();
    for (const char* path : {"/a", "/b", "/c"}) CHECK(many.read().body.find(path) != std::string::npos);
    CHECK(one.read().status == 200);
    CHECK(server.handled() == Paths{"/warm", "/warm", "/gate", "/a", "/d", "/b", "/c"});
}

TEST_CASE("of a crowd of prompt requests on one connection a few are answered at once, the others in turn",
          "[http][edge][turns]") {
    EdgeUnderTest server(one_thread(), {}, is_health);
    auto blocker = server.connect(), many = server.connect(), one = server.connect();
    for (auto* client : {&many, &one}) CHECK(client->ask(get("/warm")).status == 200);
    blocker.send(get("/gate"));
    REQUIRE(eventually([&] { return server.handled().back() == "/gate"; }));
    constexpr int crowd = 40;
    std::string all;
    for (int i = 0; i < crowd; ++i) all += get("/health");
    many.send(all);
    one.send(get("/a"));
    server.open_gate();
    for (int i = 0; i < crowd; ++i) CHECK(many.read().status == 200);
    CHECK(one.read().status == 200);
    const Paths handled = server.handled();
    const auto place = std::find(handled.begin(), handled.end(), "/a") - handled.begin();
    CHECK(place < 3 + crowd / 2);
}

TEST_CASE("a client that leaves before its turn is forgotten, and the others have theirs", "[http][edge][turns]") {
    EdgeUnderTest server(one_thread(), {}, is_health);
    auto blocker = server.connect(), other = server.connect();
    CHECK(other.ask(get("/warm")).status == 200);
    {
        auto leaving = server.connect();
        CHECK(leaving.ask(get("/warm")).status == 200);
        blocker.send(get("/gate"));
        REQUIRE(eventually([&] { return server.handled().back() == "/gate"; }));
        leaving.send(get("/a"));
        leaving.reset();
    }
    other.send(get("/b"));
    server.open_gate();
    CHECK(other.read().status == 200);
    CHECK(blocker.read().status == 200);
}

TEST_CASE("what has become late when its turn comes uses up no turn", "[http][edge][turns]") {
    int asked = 0;  // by the one transport thread
    const auto is_late = [&asked](const http::Request& request, std::chrono::steady_clock::duration) {
        return request.path == "/late" && ++asked > 1;
    };
    EdgeUnderTest server(one_thread(), {}, is_late);
    auto blocker = server.connect(), many = server.connect(), one = server.connect();
    for (auto* client : {&many, &one}) CHECK(client->ask(get("/warm")).status == 200);
    blocker.send(get("/gate"));
    REQUIRE(eventually([&] { return server.handled().back() == "/gate"; }));
    many.send(get("/late") + get("/a") + get("/b"));
    one.send(get("/c"));
    server.open_gate();
    for (int i = 0; i < 3; ++i) CHECK(many.read().status == 200);
    CHECK(one.read().status == 200);
    CHECK(server.handled() == Paths{"/warm", "/warm", "/gate", "/late", "/a", "/c", "/b"});
}

TEST_CASE("transport threads run before others where the system allows it, and are counted", "[http][edge]") {
    auto settings = http::EdgeSettings{};
    settings.real_time = GENERATE(true, false);
    EdgeUnderTest server(settings);
    const std::size_t wanted = settings.real_time && http::real_time_refusal().empty() ? 2 : 0;
    const auto in_real_time = [] {
        std::size_t out = 0;
        for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
            out += (::sched_getscheduler(std::stoi(task.path().filename())) & ~SCHED_RESET_ON_FORK) == SCHED_FIFO;
        return out;
    };
    CHECK(eventually([&] { return server.edge.stats().real_time_threads == wanted && in_real_time() == wanted; }));
    CHECK(server.connect().ask(get("/")).status == 200);
    CHECK(eventually([&] { return in_real_time() == wanted; }));
}
