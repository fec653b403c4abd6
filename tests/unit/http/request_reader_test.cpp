#include "http/request_reader.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/http_exchanges.hpp"

using namespace treasurer::http;
using treasurer::test::http_exchanges;
using treasurer::test::HttpExchange;

namespace {

constexpr ReaderLimits kTableLimits{.max_header_bytes = treasurer::test::kTableHeaderBytes,
                                    .max_target_bytes = treasurer::test::kTableTargetBytes,
                                    .max_body_bytes = treasurer::test::kTableBodyBytes};

struct Outcome {
    std::vector<int> statuses;
    bool closes = false;
    std::vector<Request> requests;
    std::string code = {};
};

/// Feeds `bytes` in portions of the sizes that `next_size` gives, as a connection would.
template <class NextSize>
Outcome read(RequestReader& reader, std::string_view bytes, NextSize next_size) {
    const auto budget = std::make_shared<BodyBudget>(1 << 20);
    Outcome outcome;
    while (!bytes.empty() && !outcome.closes) {
        auto portion = bytes.substr(0, next_size());
        bytes.remove_prefix(portion.size());
        while (!portion.empty() && !outcome.closes) {
            auto progress = reader.read(portion);
            REQUIRE(progress.taken <= portion.size());
            portion.remove_prefix(progress.taken);
            if (progress.step == RequestReader::Step::head) {
                progress.step = reader.admit_body(kTableLimits.max_body_bytes, budget);
                if (progress.step != RequestReader::Step::refused) continue;
            }
            if (progress.step == RequestReader::Step::request) {
                outcome.requests.push_back(reader.take());
                outcome.statuses.push_back(200);
                outcome.closes = !outcome.requests.back().keep_alive;
            } else if (progress.step == RequestReader::Step::refused) {
                outcome.statuses.push_back(reader.refusal().status);
                outcome.code = reader.refusal().code;
                outcome.closes = true;
            } else if (progress.step == RequestReader::Step::need_more) {
                CHECK(portion.empty());
            }
        }
    }
    return outcome;
}

RequestReader table_reader() {
    return RequestReader(kTableLimits);
}

Outcome read_whole(std::string_view bytes) {
    auto reader = table_reader();
    return read(reader, bytes, [&] { return bytes.size(); });
}

Request only_request(std::string_view bytes) {
    auto outcome = read_whole(bytes);
    INFO(bytes);
    REQUIRE(outcome.requests.size() == 1);
    return std::move(outcome.requests.front());
}

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

}  // namespace

TEST_CASE("every exchange is read by the rules", "[http][reader]") {
    for (const auto& exchange : http_exchanges()) {
        INFO(exchange.rule);
        const auto outcome = read_whole(exchange.bytes);
        CHECK(outcome.statuses == exchange.statuses);
        CHECK(outcome.closes == exchange.closes);
    }
}

TEST_CASE("how the bytes are portioned changes nothing", "[http][reader]") {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    for (const auto& exchange : http_exchanges()) {
        INFO(exchange.rule << ", seed " << seed);
        auto reader = table_reader();
        CHECK(read(reader, exchange.bytes, [] { return 1; }).statuses == exchange.statuses);
        auto other = table_reader();
        CHECK(read(other, exchange.bytes, [&] { return 1 + random() % 20; }).statuses == exchange.statuses);
    }
}

TEST_CASE("garbage is refused or waited for, never believed and never fatal", "[http][reader][random]") {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    INFO("seed " << seed);
    const auto exchanges = http_exchanges();
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = exchanges[random() % exchanges.size()].bytes;
        for (auto changes = 1 + random() % 4; changes > 0 && !bytes.empty(); --changes) {
            const auto at = random() % bytes.size();
            switch (random() % 3) {
                case 0:
                    bytes[at] = static_cast<char>(random());
                    break;
                case 1:
                    bytes.erase(at, 1 + random() % 4);
                    break;
                default:
                    bytes.insert(at, 1, "\r\n :,0%\t"[random() % 8]);
            }
        }
        const auto whole = read_whole(bytes);
        auto reader = table_reader();
        const auto in_bytes = read(reader, bytes, [] { return 1; });
        REQUIRE(whole.statuses == in_bytes.statuses);
        for (const auto& request : whole.requests) {
            REQUIRE(request.body.size() <= kTableLimits.max_body_bytes);
            REQUIRE(request.path.find('\0') == std::string::npos);
        }
    }
}

TEST_CASE("a request says everything that was asked", "[http][reader]") {
    const auto request = only_request(
        "POST /api/v1/vendors?name=A%26B+Co&empty=&flag&name=second HTTP/1.1\r\n"
        "Host: treasurer.example:8080\r\nX-Thing:  one \r\nx-thing: two\r\nContent-Length: 2\r\n\r\nhi");
    CHECK(request.method == "POST");
    CHECK(request.target == "/api/v1/vendors?name=A%26B+Co&empty=&flag&name=second");
    CHECK(request.path == "/api/v1/vendors");
    CHECK(request.query_value("name") == "A&B Co");
    CHECK(request.query_value("empty") == "");
    CHECK(request.query_value("flag") == "");
    CHECK_FALSE(request.query_value("none").has_value());
    CHECK(request.query.size() == 4);
    CHECK(request.version == 11);
    CHECK(request.host == "treasurer.example:8080");
    CHECK(request.headers.find("X-THING") == "one");
    CHECK(request.headers.size() == 4);
    CHECK(request.headers[2].value == "two");
    CHECK(request.body == "hi");
    CHECK(request.keep_alive);
}

TEST_CASE("escapes are decoded exactly once", "[http][reader]") {
    CHECK(only_request(get("/%41%2525")).path == "/A%25");
    CHECK(only_request(get("/a+b")).path == "/a+b");
    CHECK(only_request(get("/?a=%2525")).query_value("a") == "%25");
    CHECK(only_request(get("/?a=%0a%2F")).query_value("a") == "\n/");
}

TEST_CASE("an absolute target's authority is the host", "[http][reader]") {
    const auto request = only_request(get("http://b.example:81/x?y=1"));
    CHECK(request.host == "b.example:81");
    CHECK(request.path == "/x");
    CHECK(only_request(get("http://b.example?y=1")).path == "/");
}

TEST_CASE("chunks become one body, and trailers vanish", "[http][reader]") {
    const auto request = only_request(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Admin: yes\r\n\r\n");
    CHECK(request.body == "hello world");
    CHECK_FALSE(request.headers.contains("X-Admin"));
}

TEST_CASE("a client that expects 100-continue is told once, before its body", "[http][reader]") {
    auto reader = table_reader();
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    const auto progress = reader.read(head);
    CHECK(progress.step == RequestReader::Step::head);
    CHECK(progress.taken == head.size());
    CHECK(reader.admit_body(2, std::make_shared<BodyBudget>(4096)) == RequestReader::Step::send_continue);
    CHECK(reader.read("a").step == RequestReader::Step::need_more);
    CHECK(reader.read("b").step == RequestReader::Step::request);
}

TEST_CASE("the stages follow the bytes", "[http][reader]") {
    using Stage = RequestReader::Stage;
    auto reader = table_reader();
    CHECK(reader.stage() == Stage::idle);
    reader.read("\r\n");
    CHECK(reader.stage() == Stage::idle);
    reader.read("POST / HT");
    CHECK(reader.stage() == Stage::head);
    reader.read("TP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
    reader.admit_body(2, std::make_shared<BodyBudget>(4096));
    reader.read("a");
    CHECK(reader.stage() == Stage::body);
    CHECK(reader.body_bytes() == 1);
    CHECK(reader.partial().method == "POST");
    reader.read("b");
    CHECK(reader.stage() == Stage::complete);
    reader.take();
    CHECK(reader.stage() == Stage::idle);
}

TEST_CASE("bodies are charged for what arrived, and for as long as the request lives", "[http][reader][budget]") {
    const auto budget = std::make_shared<BodyBudget>(8192);
    const ReaderLimits limits{.max_header_bytes = 1024, .max_target_bytes = 256, .max_body_bytes = 8192};
    const auto head = [](int size) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    };
    RequestReader reader(limits);
    reader.read(head(5000));
    reader.admit_body(8192, budget);
    CHECK(budget->used() == 0);
    reader.read(std::string(5000, 'x'));
    std::optional<Request> request = reader.take();
    CHECK(budget->used() == 8192);

    SECTION("then the next body is turned away before it is read") {
        RequestReader other(limits);
        CHECK(other.read(head(1)).step == RequestReader::Step::head);
        CHECK(other.admit_body(8192, budget) == RequestReader::Step::refused);
        CHECK(other.refusal().status == 503);
        CHECK(other.refusal().retry_after_s > 0);
    }
    SECTION("chunks are turned away when they arrive") {
        RequestReader other(limits);
        CHECK(other.read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").step ==
              RequestReader::Step::head);
        CHECK(other.admit_body(8192, budget) == RequestReader::Step::need_more);
        CHECK(other.read("1\r\na").step == RequestReader::Step::refused);
        CHECK(other.refusal().status == 503);
    }
    SECTION("requests without a body go on") {
        RequestReader other(limits);
        CHECK(other.read(get("/")).step == RequestReader::Step::request);
    }
    SECTION("a moved request keeps the charge, its end gives it back") {
        std::optional<Request> moved = std::move(*request);
        request.reset();
        CHECK(budget->used() == 8192);
        moved.reset();
        CHECK(budget->used() == 0);
    }
    request.reset();
    SECTION("a refused body gives back its part") {
        RequestReader other(limits);
        other.read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        other.admit_body(8192, budget);
        other.read("1\r\na");
        CHECK(budget->used() > 0);
        CHECK(other.read("nonsense").step == RequestReader::Step::refused);
        CHECK(budget->used() == 0);
    }
}

TEST_CASE("a large head in single bytes is read as the same request", "[http][reader]") {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 1000; ++i) bytes += "X-" + std::to_string(i) + ": value\r\n";
    bytes += "\r\n";
    RequestReader reader({.max_header_bytes = 64 * 1024});
    const auto outcome = read(reader, bytes, [] { return 1; });
    REQUIRE(outcome.requests.size() == 1);
    CHECK(outcome.requests[0].headers.find("x-999") == "value");
}

TEST_CASE("a request with a body stops at its head, before a byte of the body is taken", "[http][reader]") {
    auto reader = table_reader();
    const std::string head = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    const auto progress = reader.read(head + "hello");
    CHECK(progress.step == RequestReader::Step::head);
    CHECK(progress.taken == head.size());
    CHECK(reader.partial().path == "/a");
    CHECK(reader.plan().length == 5);
    SECTION("its body is bounded by what is allowed just for it") {
        CHECK(reader.admit_body(4, std::make_shared<BodyBudget>(64)) == RequestReader::Step::refused);
        CHECK(reader.refusal().status == 413);
    }
    SECTION("without leave it is taken as it is, and the stream is over") {
        const auto request = reader.take_without_body();
        CHECK(request.path == "/a");
        CHECK(request.unread_bytes == 5);
        CHECK_FALSE(request.keep_alive);
        CHECK(reader.read("hello").step == RequestReader::Step::refused);
    }
}

TEST_CASE("an announced body holds no memory before it comes", "[http][reader][budget]") {
    BodyBuffer buffer;
    buffer.begin(std::size_t{64} << 20, std::make_shared<BodyBudget>(std::size_t{64} << 20));
    REQUIRE_FALSE(buffer.expect(std::size_t{64} << 20));
    REQUIRE_FALSE(buffer.append("x"));
    std::string body;
    BodyCharge charge;
    buffer.move_to(body, charge);
    CHECK(body.capacity() < 4096);
    CHECK(charge.bytes() == 4096);
}

TEST_CASE("a share of the budget can be spent without spending the whole", "[http][reader][budget]") {
    const auto whole = std::make_shared<BodyBudget>(80);
    BodyBudget share(10, whole);
    CHECK(share.take(10));
    CHECK_FALSE(share.could_take(1));
    CHECK_FALSE(share.take(1));
    CHECK(whole->used() == 10);
    CHECK(whole->take(70));
    share.give_back(10);
    CHECK(whole->used() == 70);
    CHECK(whole->take(5));
    CHECK_FALSE(share.take(6));
    CHECK(share.used() == 0);
    CHECK(share.take(5));
}
