#include "http/response_writer.hpp"

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "http/problem.hpp"
#include "http/request_ids.hpp"
#include "http/unique_fd.hpp"

using namespace treasurer::http;

namespace {

constexpr std::time_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's own example

/// What a client would see of `out`.
std::string sent(OutputBuffer& out) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const UniqueFd server(ends[0]);
    const UniqueFd client(ends[1]);
    REQUIRE(out.flush(server.get()) == OutputBuffer::Flush::done);
    ::shutdown(server.get(), SHUT_WR);
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(client.get(), buffer, sizeof buffer, 0)) > 0;) text.append(buffer, n);
    return text;
}

std::string written(Response response, const Exchange& exchange = {.request_id = "r1"}) {
    ResponseWriter writer;
    OutputBuffer out;
    writer.write(std::move(response), exchange, kNow, out);
    return sent(out);
}

}  // namespace

TEST_CASE("an answer carries its date, id and length", "[http][response]") {
    CHECK(written(Response::json(200, "{}")) ==
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
          "X-Request-ID: r1\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("a shared body is sent like an own one", "[http][response]") {
    const auto snapshot = std::make_shared<const std::string>("{\"a\":1}");
    CHECK(written(Response::json(200, snapshot)) == written(Response::json(200, *snapshot)));
    CHECK(snapshot.use_count() == 1);
}

TEST_CASE("HEAD gets the length and no body", "[http][response]") {
    const auto text = written(Response::json(200, "{}"), {.request_id = "r1", .is_head = true});
    CHECK(text.find("Content-Length: 2\r\n") != std::string::npos);
    CHECK(text.substr(text.size() - 4) == "\r\n\r\n");
}

TEST_CASE("204 and 304 have neither length nor body", "[http][response]") {
    for (const int status : {204, 304}) {
        auto response = Response::empty(status);
        response.body = "never seen";
        const auto text = written(std::move(response));
        CHECK(text.find("Content-Length") == std::string::npos);
        CHECK(text.find("never") == std::string::npos);
    }
}

TEST_CASE("the connection's fate is said where it is not the default", "[http][response]") {
    const auto says = [](const Exchange& exchange, const char* what) {
        return written(Response::empty(200), exchange).find(what) != std::string::npos;
    };
    CHECK_FALSE(says({.request_id = "r"}, "Connection:"));
    CHECK(says({.request_id = "r", .keep_alive = false}, "Connection: close\r\n"));
    CHECK(says({.request_id = "r", .version = 10}, "Connection: keep-alive\r\n"));
}

TEST_CASE("a header cannot smuggle lines into the answer", "[http][response]") {
    const std::vector<std::pair<std::string, std::string>> hostile{{"X-A", "b\r\nSet-Cookie: c"},
                                                                   {"X-A", "b\nc"},
                                                                   {"X-A", std::string("b\0c", 3)},
                                                                   {"X A", "b"},
                                                                   {"X-A\r\nX", "b"}};
    for (const auto& [name, value] : hostile) {
        auto response = Response::json(200, "secret");
        response.headers.add(name, value);
        const auto text = written(std::move(response));
        CHECK(text.starts_with("HTTP/1.1 500 "));
        CHECK(text.find("secret") == std::string::npos);
        CHECK(text.find("Set-Cookie") == std::string::npos);
    }
}

TEST_CASE("a status that ends no exchange becomes a 500", "[http][response]") {
    for (const int status : {0, 100, 199, 600, -1})
        CHECK(written(Response::empty(status)).starts_with("HTTP/1.1 500 "));
}

TEST_CASE("framing set by a handler is dropped", "[http][response]") {
    auto response = Response::json(200, "{}");
    response.headers.add("content-length", "999");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("Connection", "upgrade");
    response.headers.add("ETag", "\"1\"");
    const auto text = written(std::move(response));
    CHECK(text.find("999") == std::string::npos);
    CHECK(text.find("chunked") == std::string::npos);
    CHECK(text.find("upgrade") == std::string::npos);
    CHECK(text.find("ETag: \"1\"\r\n") != std::string::npos);
}

TEST_CASE("a problem document has its six members", "[http][problem]") {
    const auto problem = problem_response(404, "not_found", "No \"such\" thing.", "r1");
    CHECK(problem.status == 404);
    CHECK(problem.headers.find("content-type") == "application/problem+json");
    CHECK(problem.body == R"({"type":"urn:treasurer:problem:not_found","title":"Not Found","status":404,)"
                          R"("detail":"No \"such\" thing.","code":"not_found","request_id":"r1"})");
}

TEST_CASE("small answers share a write and large bodies keep their place", "[http][output]") {
    OutputBuffer out;
    const auto large = std::make_shared<const std::string>(100'000, 'L');
    out.tail().append("one,");
    out.append(std::string("two,"));
    out.append(large);
    CHECK(large.use_count() == 2);
    out.tail().append(",three");
    CHECK(out.size() == 4 + 4 + 100'000 + 6);
    CHECK(sent(out) == "one,two," + *large + ",three");
    CHECK(out.empty());
    CHECK(large.use_count() == 1);
    out.tail().append("again");
    CHECK(sent(out) == "again");
}

TEST_CASE("ids of requests are UUIDs of version 7, unless the client's own is sane", "[http][ids]") {
    RequestIds ids(7);
    const std::chrono::system_clock::time_point now{std::chrono::milliseconds(0x0123456789ab)};
    const auto id = ids.next(now);
    CHECK(id.size() == 36);
    CHECK(id.starts_with("01234567-89ab-7"));
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    CHECK(ids.next(now) != id);
    CHECK(ids.choose("client.id_1-2", now) == "client.id_1-2");
    for (const auto* insane : {"", "a b", "a\"b", "\xc3\xa4"}) CHECK(ids.choose(insane, now) != insane);
    CHECK(ids.choose(std::string(65, 'a'), now).size() == 36);
}
