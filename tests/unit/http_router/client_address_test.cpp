#include "http/client_address.hpp"

#include "tests/unit/http_router/test_routes.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

std::vector<net::IpNetwork> networks(std::initializer_list<const char*> texts) {
    std::vector<net::IpNetwork> out;
    for (const char* text : texts) out.push_back(*net::IpNetwork::parse(text));
    return out;
}

/// Two proxies in a row, one of them in IPv6.
ClientAddresses proxied() {
    return ClientAddresses(networks({"10.0.0.0/24", "2001:db8:ffff::1"}));
}

Headers forwarded(const std::vector<std::string>& fields) {
    Headers out;
    for (const auto& field : fields) out.add("X-Forwarded-For", field);
    return out;
}

}  // namespace

TEST_CASE("a client's address is what the proxies that are trusted say, and no stranger's word", "[router][proxies]") {
    struct Row {
        const char* what;
        const char* peer;
        std::vector<std::string> fields;
        const char* client;
    };
    const auto row = GENERATE(values<Row>({
        {"a stranger is himself", "192.0.2.9", {}, "192.0.2.9"},
        {"a stranger says what he likes", "192.0.2.9", {"198.51.100.1"}, "192.0.2.9"},
        {"a stranger speaks as a proxy", "192.0.2.9", {"198.51.100.1, 10.0.0.1"}, "192.0.2.9"},
        {"next to a network is not in it", "10.0.1.0", {"198.51.100.1"}, "10.0.1.0"},
        {"a proxy without a word", "10.0.0.1", {}, "10.0.0.1"},
        {"a proxy names its client", "10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
        {"the client's own word stands before", "10.0.0.1", {"127.0.0.1, 198.51.100.1"}, "198.51.100.1"},
        {"also where that is no address", "10.0.0.1", {"\" or 1=1, , 198.51.100.1"}, "198.51.100.1"},
        {"also where that is a proxy's", "10.0.0.1", {"10.0.0.2, 198.51.100.1"}, "198.51.100.1"},
        {"a row of proxies", "10.0.0.1", {"198.51.100.1, 2001:db8:ffff::1, 10.0.0.2"}, "198.51.100.1"},
        {"the client's word before a row", "10.0.0.1", {"203.0.113.5,198.51.100.1,10.0.0.2"}, "198.51.100.1"},
        {"several fields are one list", "10.0.0.1", {"203.0.113.5", "198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
        {"also in parts", "10.0.0.1", {"203.0.113.5, 198.51.100.1", "10.0.0.2, 10.0.0.3"}, "198.51.100.1"},
        {"a proxy that asks by itself", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        {"an IPv6 client", "10.0.0.1", {"2001:DB8:0::77"}, "2001:db8::77"},
        {"an IPv6 proxy", "2001:db8:ffff::1", {"198.51.100.1"}, "198.51.100.1"},
        {"an IPv4 client inside IPv6", "10.0.0.1", {"::ffff:198.51.100.1"}, "198.51.100.1"},
        {"an IPv4 proxy inside IPv6", "::ffff:10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
        {"a proxy in the row inside IPv6", "10.0.0.1", {"198.51.100.1, ::ffff:10.0.0.2"}, "198.51.100.1"},
        {"a port", "10.0.0.1", {"198.51.100.1:40000"}, "198.51.100.1"},
        {"brackets", "10.0.0.1", {"[2001:db8::77]"}, "2001:db8::77"},
        {"brackets and a port", "10.0.0.1", {"[2001:db8::77]:443"}, "2001:db8::77"},
        {"white space", "10.0.0.1", {" \t198.51.100.1\t ,\t10.0.0.2 "}, "198.51.100.1"},
        {"nobody known", "10.0.0.1", {"unknown"}, "10.0.0.1"},
        {"what is no address ends the list", "10.0.0.1", {"198.51.100.1, garbage, 10.0.0.2"}, "10.0.0.2"},
        {"an empty entry too", "10.0.0.1", {"198.51.100.1, , 10.0.0.2"}, "10.0.0.2"},
        {"an empty field", "10.0.0.1", {""}, "10.0.0.1"},
        {"an empty last entry", "10.0.0.1", {"198.51.100.1,"}, "10.0.0.1"},
        {"an empty last field", "10.0.0.1", {"198.51.100.1", ""}, "10.0.0.1"},
        {"no port behind the colon", "10.0.0.1", {"198.51.100.1:"}, "10.0.0.1"},
        {"a port of letters", "10.0.0.1", {"198.51.100.1:http"}, "10.0.0.1"},
        {"a port too long", "10.0.0.1", {"198.51.100.1:123456"}, "10.0.0.1"},
        {"a bracket that does not close", "10.0.0.1", {"[2001:db8::77"}, "10.0.0.1"},
        {"an IPv4 address in brackets", "10.0.0.1", {"[198.51.100.1]"}, "10.0.0.1"},
        {"letters behind a bracket", "10.0.0.1", {"[2001:db8::77]x"}, "10.0.0.1"},
        {"a zone", "10.0.0.1", {"fe80::1%eth0"}, "10.0.0.1"},
        {"quotes", "10.0.0.1", {"\"198.51.100.1\""}, "10.0.0.1"},
        {"an address in octal", "10.0.0.1", {"0306.063.0144.01"}, "10.0.0.1"},
    }));
    INFO(row.what);
    CHECK(proxied().of(row.peer, forwarded(row.fields)).address == row.client);
}

TEST_CASE("where nobody is trusted, nothing is heard", "[router][proxies]") {
    const ClientAddresses nobody({});
    Headers headers = forwarded({"198.51.100.1"});
    headers.add("X-Forwarded-Proto", "https");
    CHECK(nobody.of("127.0.0.1", headers).address == "127.0.0.1");
    CHECK_FALSE(nobody.of("127.0.0.1", headers).is_secure);
}

TEST_CASE("that a client came by TLS is the nearest proxy's word", "[router][proxies]") {
    const auto secure = [](const char* peer, const std::vector<std::string>& fields) {
        Headers headers;
        for (const auto& field : fields) headers.add("X-Forwarded-Proto", field);
        return proxied().of(peer, headers).is_secure;
    };
    CHECK(secure("10.0.0.1", {"https"}));
    CHECK(secure("10.0.0.1", {"HTTPS"}));
    CHECK(secure("10.0.0.1", {"http, https"}));
    CHECK(secure("10.0.0.1", {"http", "https"}));
    CHECK_FALSE(secure("10.0.0.1", {"https, http"}));
    CHECK_FALSE(secure("10.0.0.1", {"https", "http"}));
    CHECK_FALSE(secure("10.0.0.1", {"http"}));
    CHECK_FALSE(secure("10.0.0.1", {"https, "}));
    CHECK_FALSE(secure("10.0.0.1", {}));
    CHECK_FALSE(secure("192.0.2.9", {"https"}));
}

SCENARIO("limits and the log are about the client, not about the proxy that it came through", "[router][proxies]") {
    RouterBench bench({}, {.per_minute = 2});
    bench.router.add(sync_route("GET", "/open"));
    bench.router.add(sync_route("POST", "/open"));
    const ClientAddresses clients = proxied();
    const Handler handler = clients.before(bench.router.handler());
    const BodyJudge judge = clients.before(bench.router.body_judge());
    const auto through = [&](const char* proxy, const char* client) {
        Request out = RouterBench::request("GET", "/open", {{"X-Forwarded-For", client}});
        out.remote_address = proxy;
        return out;
    };
    const auto status = [&](const char* proxy, const char* client) {
        int out = 0;
        handler(through(proxy, client), Responder([&](std::optional<Response> response) { out = response->status; }));
        return out;
    };
    CHECK(status("10.0.0.1", "198.51.100.1") == 200);
    CHECK(bench.log.lines().back().find("198.51.100.1") != std::string::npos);
    CHECK(status("10.0.0.2", "198.51.100.1") == 200);
    CHECK(status("10.0.0.1", "198.51.100.1") == 429);
    CHECK(status("10.0.0.1", "198.51.100.2") == 200);
    CHECK(status("192.0.2.9", "198.51.100.2") == 200);
    CHECK(status("192.0.2.9", "198.51.100.3") == 200);
    CHECK(status("192.0.2.9", "198.51.100.4") == 429);
    THEN("so is the judgement of a head with a body") {
        Request head = RouterBench::request("POST", "/open", {{"X-Forwarded-For", "198.51.100.1"}});
        CHECK_FALSE(judge(head, 10, "10.0.0.1").is_given);
        head = RouterBench::request("POST", "/open", {{"X-Forwarded-For", "198.51.100.9"}});
        CHECK(judge(head, 10, "10.0.0.1").is_given);
        CHECK_FALSE(judge(head, 10, "192.0.2.9").is_given);
    }
}
