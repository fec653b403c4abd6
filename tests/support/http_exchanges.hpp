/// Raw HTTP exchanges, each as bytes in and what must come of them: read by the pure reader and sent through real
/// sockets, so that both are held to one table.
#pragma once

#include <string>
#include <vector>

namespace treasurer::test {

struct HttpExchange {
    std::string rule;
    std::string bytes;
    std::vector<int> statuses;  ///< 200 for each request that reaches the handler, then the refusal if there is one
    bool closes = false;        ///< the server ends the connection after that
};

/// The limits the table is written for.
constexpr std::size_t kTableHeaderBytes = 1024;
constexpr std::size_t kTableTargetBytes = 256;
constexpr std::size_t kTableBodyBytes = 64;

inline std::vector<HttpExchange> http_exchanges() {
    using namespace std::string_literals;
    const auto get = [](const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; };
    const auto field = [](const std::string& line) { return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n"; };
    const auto post = [](const std::string& fields, const std::string& body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n" + body;
    };
    const auto chunked = [&](const std::string& body) { return post("Transfer-Encoding: chunked", body); };
    const auto kept = [](std::string rule, std::string bytes, std::vector<int> statuses = {200}) {
        return HttpExchange{std::move(rule), std::move(bytes), std::move(statuses), false};
    };
    const auto closed = [](std::string rule, std::string bytes, std::vector<int> statuses) {
        return HttpExchange{std::move(rule), std::move(bytes), std::move(statuses), true};
    };

    return {
        // connections
        kept("1.1 keeps alive without being asked", get("/")),
        closed("1.1 closes when asked", field("Connection: close"), {200}),
        closed("close is found in a list, whatever its case", field("Connection: x, CLOSE"), {200}),
        kept("upgrades nobody offers are ignored", field("Connection: Upgrade\r\nUpgrade: h2c")),
        closed("1.0 closes unless asked", "GET / HTTP/1.0\r\n\r\n", {200}),
        kept("1.0 keeps alive when asked", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        closed("close wins over keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", {200}),
        kept("pipelined requests are all answered", get("/1") + get("/2") + get("/3"), {200, 200, 200}),
        closed("what follows a close is dropped", field("Connection: close") + get("/2"), {200}),
        closed("what follows a refusal is dropped", get("/1") + "GET / HTTP/1.1\r\n\r\n" + get("/3"), {200, 400}),
        kept("one empty line before a request is skipped", "\r\n" + get("/")),
        kept("an empty line after a body is skipped", post("Content-Length: 2", "ab") + "\r\n" + get("/"), {200, 200}),
        closed("two empty lines are not", "\r\n\r\n" + get("/"), {400}),

        // request line
        closed("bytes that are no method", "\x16\x03\x01\x02\r\n", {400}),
        closed("a bare LF ends no line", "GET / HTTP/1.1\nHost: a\n\n", {400}),
        closed("a bare CR ends no line", "GET / HTTP/1.1\rHost: a\r\r", {400}),
        closed("two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("two spaces after the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("a tab instead of a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("a space inside the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", {400}),
        closed("no version", "GET /\r\nHost: a\r\n\r\n", {400}),
        closed("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        kept("an unknown method is the router's business", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
        kept("methods have a case", "get / HTTP/1.1\r\nHost: a\r\n\r\n"),
        closed("a method nobody has", std::string(40, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", {501}),
        closed("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", {505}),
        closed("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}),
        closed("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", {505}),
        closed("HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", {505}),
        closed("a version of two digits", "GET / HTTP/1.11\r\nHost: a\r\n\r\n", {400}),
        closed("a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", {400}),
        closed("another protocol", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n", {400}),

        // target
        kept("a query", get("/a?b=c&d")),
        kept("an absolute target", get("http://b.example:81/a?b=c")),
        kept("an absolute target without a path", get("HTTP://b.example?x")),
        closed("an absolute target of another scheme", get("ftp://b/"), {400}),
        closed("an absolute target with a user", get("http://u@b/"), {400}),
        closed("an absolute target without a host", get("http:///a"), {400}),
        closed("a relative target", get("a/b"), {400}),
        closed("a fragment", get("/a#b"), {400}),
        closed("bytes above ASCII in the target", get("/\xc3\xa4"), {400}),
        kept("* with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        closed("* with GET", get("*"), {400}),
        closed("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", {501}),
        kept("escapes", get("/%7euser%20x?q=%c3%a4+b")),
        closed("half an escape", get("/%4"), {400}),
        closed("an escape without digits", get("/%zz"), {400}),
        closed("half an escape in the query", get("/?q=%"), {400}),
        closed("an escaped NUL", get("/a%00b"), {400}),
        closed("an escaped NUL in the query", get("/?a=%00"), {400}),
        closed("an escaped line feed in the path", get("/a%0ab"), {400}),
        closed("an escaped slash in the path", get("/api%2Fadmin"), {400}),
        kept("a target as long as allowed", get("/" + std::string(kTableTargetBytes - 1, 'a'))),
        closed("a target one longer", get("/" + std::string(kTableTargetBytes, 'a')), {414}),

        // Host
        closed("1.1 without Host", "GET / HTTP/1.1\r\n\r\n", {400}),
        closed("two Hosts", field("Host: a"), {400}),
        closed("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}),
        closed("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}),
        closed("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", {400}),
        closed("a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}),
        closed("a Host list", "GET / HTTP/1.1\r\nHost: a, b:c\r\n\r\n", {400}),
        closed("a Host with a port that is none", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", {400}),
        closed("two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", {400}),
        kept("a Host between tabs", "GET / HTTP/1.1\r\nHost:\ta\t\r\n\r\n"),
        kept("a Host with a port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"),
        kept("a Host that is an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        closed("a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", {400}),

        // fields
        kept("names have no case", "GET / HTTP/1.1\r\nhOsT: a\r\n\r\n"),
        kept("an empty value", field("X-Empty:")),
        kept("space around a value", field("X-Padded: \t v \t")),
        kept("bytes above ASCII in a value", field("X-Name: J\xc3\xbcrgen")),
        closed("a folded line", field("X-Long: a\r\n b"), {400}),
        closed("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400}),
        closed("space before the colon", field("X-Name : v"), {400}),
        closed("no name", field(": v"), {400}),
        closed("no colon", field("X-Name"), {400}),
        closed("a name that is no token", field("X(Name): v"), {400}),
        closed("a NUL in a value", field("X-Name: a\0b"s), {400}),
        closed("a control character in a value", field("X-Name: a\x01"), {400}),
        closed("a bare LF in a value", field("X-Name: a\nX-Other: b"), {400}),
        closed("a bare CR in a value", field("X-Name: a\rb"), {400}),
        closed("fields larger than allowed", field("X-Name: " + std::string(kTableHeaderBytes, 'a')), {431}),

        // Content-Length
        kept("a body", post("Content-Length: 5", "hello")),
        kept("an empty body", post("Content-Length: 0", "")),
        kept("leading zeros are digits", post("Content-Length: 005", "hello")),
        kept("a length between tabs", post("Content-Length:\t5\t", "hello")),
        kept("POST without a body", "POST / HTTP/1.1\r\nHost: a\r\n\r\n"),
        kept("GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
        kept("a body, then the next request", post("Content-Length: 5", "hello") + get("/2"), {200, 200}),
        closed("a negative length", post("Content-Length: -5", "hello"), {400}),
        closed("a signed length", post("Content-Length: +5", "hello"), {400}),
        closed("a hexadecimal length", post("Content-Length: 0x5", "hello"), {400}),
        closed("an empty length", post("Content-Length:", "hello"), {400}),
        closed("two lengths", post("Content-Length: 5\r\nContent-Length: 6", "hello"), {400}),
        closed("the same length twice", post("Content-Length: 5\r\nContent-Length: 5", "hello"), {400}),
        closed("a list of lengths", post("Content-Length: 5, 5", "hello"), {400}),
        closed("a length beyond 64 bits", post("Content-Length: 99999999999999999999", ""), {400}),
        kept("a body as large as allowed", post("Content-Length: 64", std::string(64, 'b'))),
        closed("a body one larger", post("Content-Length: 65", std::string(65, 'b')), {413}),

        // Transfer-Encoding
        kept("chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
        kept("chunk sizes have no case", chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n")),
        kept("no chunks", chunked("0\r\n\r\n")),
        kept("chunk extensions", chunked("5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n")),
        kept("trailers", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")),
        kept("chunks, then the next request", chunked("1\r\na\r\n0\r\n\r\n") + get("/2"), {200, 200}),
        kept("the coding's name has no case", post("Transfer-Encoding: CHUNKED", "0\r\n\r\n")),
        closed("a length beside chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), {400}),
        closed("chunks beside a length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), {400}),
        closed("chunks twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), {400}),
        closed("another coding", post("Transfer-Encoding: gzip", ""), {501}),
        closed("two codings", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), {501}),
        closed("identity", post("Transfer-Encoding: identity", ""), {501}),
        closed("a disguised coding", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), {501}),
        closed("a coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        closed("a chunk size that is no number", chunked("x\r\n"), {400}),
        closed("a chunk size with a prefix", chunked("0x5\r\nhello\r\n"), {400}),
        closed("a negative chunk size", chunked("-1\r\n"), {400}),
        closed("no chunk size", chunked("\r\nhello"), {400}),
        closed("space after a chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), {400}),
        closed("a chunk size beyond 60 bits", chunked("fffffffffffffffff\r\n"), {400}),
        closed("a bare LF after a chunk size", chunked("5\nhello\r\n0\r\n\r\n"), {400}),
        closed("a chunk longer than its size", chunked("5\r\nhello!\r\n0\r\n\r\n"), {400}),
        closed("a control character in an extension", chunked("5;a\x01\r\nhello\r\n"), {400}),
        closed("an endless extension", chunked("5;" + std::string(500, 'a') + "\r\nhello\r\n"), {400}),
        closed("a bad trailer", chunked("0\r\nX Sum: 1\r\n\r\n"), {400}),
        closed("endless trailers", chunked("0\r\nX: " + std::string(kTableHeaderBytes, 'a') + "\r\n\r\n"), {431}),
        closed("chunks larger than allowed", chunked("41\r\n" + std::string(65, 'b') + "\r\n0\r\n\r\n"), {413}),
        closed("a chunk that announces more than is allowed", chunked("41\r\n"), {413}),
        closed("a chunk that announces more than is left", chunked("30\r\n" + std::string(48, 'b') + "\r\n11\r\n"),
               {413}),
        closed("a chunk of nearly 2^60 bytes", chunked("fffffffffffffff\r\n"), {413}),
        closed("many chunks larger than allowed",
               chunked("30\r\n" + std::string(48, 'b') + "\r\n30\r\n" + std::string(48, 'b') + "\r\n0\r\n\r\n"), {413}),

        // Expect
        kept("100-continue with the body at hand", post("Content-Length: 2\r\nExpect: 100-continue", "ab")),
        kept("100-continue in any case", post("Content-Length: 2\r\nExpect: 100-Continue", "ab")),
        kept("100-continue without a body", field("Expect: 100-continue")),
        closed("another expectation", post("Content-Length: 2\r\nExpect: 200-ok", "ab"), {417}),
        closed("expecting to send too much", post("Content-Length: 65\r\nExpect: 100-continue", ""), {413}),
        closed("1.0 expects nothing", "POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 2\r\n\r\nab", {200}),
    };
}

}  // namespace treasurer::test
