#include "http/headers.hpp"

#include <catch2/catch.hpp>

#include "http/characters.hpp"
#include "http/connection_caps.hpp"
#include "http/responder.hpp"

using namespace treasurer::http;

TEST_CASE("fields keep their order and are found without case", "[http][headers]") {
    Headers headers;
    headers.add("Accept", "a");
    headers.add("X-One", "1");
    headers.add("ACCEPT", "b");
    CHECK(headers.size() == 3);
    CHECK(headers.find("accept") == "a");
    CHECK(headers[2].name == "ACCEPT");
    CHECK_FALSE(headers.find("accep").has_value());

    headers.set("Accept", "c");
    CHECK(headers.size() == 2);
    CHECK(headers[1].value == "c");
    CHECK(headers.find("x-one") == "1");
    headers.remove("x-one");
    CHECK_FALSE(headers.contains("X-One"));
}

TEST_CASE("headers survive copies and moves", "[http][headers]") {
    Headers headers;
    headers.add("A", "1");
    const auto copy = headers;
    const auto moved = std::move(headers);
    CHECK(copy.find("a") == "1");
    CHECK(moved.find("a") == "1");
}

TEST_CASE("connections are capped in all and by address", "[http][caps]") {
    ConnectionCaps caps(3, 2);
    auto first = caps.admit(1);
    auto second = caps.admit(1);
    CHECK(first.has_value());
    CHECK(second.has_value());
    CHECK_FALSE(caps.admit(1).has_value());
    auto other = caps.admit(2);
    CHECK(other.has_value());
    CHECK_FALSE(caps.admit(3).has_value());
    CHECK(caps.open() == 3);
    first.reset();
    CHECK(caps.admit(1).has_value());
    second.reset();
    CHECK_FALSE(caps.wait_until_none(std::chrono::steady_clock::now()));
    other.reset();
    CHECK(caps.wait_until_none(std::chrono::steady_clock::now()));
}

TEST_CASE("a responder answers once", "[http][responder]") {
    std::vector<std::optional<int>> seen;
    const auto sink = [&seen](std::optional<Response> response) {
        seen.push_back(response ? std::optional(response->status) : std::nullopt);
    };
    SECTION("by the first send") {
        Responder responder(sink);
        CHECK(responder.is_open());
        responder.send(Response::empty(204));
        responder.send(Response::empty(200));
        CHECK_FALSE(responder.is_open());
    }
    SECTION("wherever it was moved") {
        Responder responder(sink);
        Responder moved = std::move(responder);
        responder = std::move(moved);
        responder.send(Response::empty(204));
    }
    if (!seen.empty()) CHECK(seen == std::vector<std::optional<int>>{204});
    seen.clear();
    SECTION("or says that it was dropped") {
        { const Responder responder(sink); }
        CHECK(seen == std::vector<std::optional<int>>{std::nullopt});
    }
}

TEST_CASE("field characters are told alike one by one and eight at a time", "[http]") {
    for (int byte = 0; byte < 256; ++byte)
        for (const std::size_t size : {1U, 7U, 8U, 9U, 16U, 21U})
            for (std::size_t at = 0; at < size; ++at)
                for (const char around : {'a', '\t', '\xff', ' '}) {
                    std::string text(size, around);
                    text[at] = static_cast<char>(byte);
                    const auto expected = is_field_char(text[at]) ? size : at;
                    if (field_chars_at_begin(text) == expected) continue;
                    FAIL("byte " << byte << " at " << at << " of " << size << " around it " << int{around});
                }
    CHECK(field_chars_at_begin("") == 0);
}
