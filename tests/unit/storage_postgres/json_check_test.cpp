/// What a column of type json is given: all that another reader of JSON takes, and nothing that it refuses.
#include "storage_postgres/json_check.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace storage_postgres {
namespace {

constexpr int deep_enough = 1'000'000;

/// The reference ends at a NUL and skips a byte order mark, which a column of type json does not.
bool is_json_by_reference(const std::string& text) {
    return text.find('\0') == std::string::npos && !text.starts_with('\xef') && nlohmann::json::accept(text);
}

std::string nested(int depth, char open, char close, const std::string& inner) {
    return std::string(static_cast<std::size_t>(depth), open) + inner +
           std::string(static_cast<std::size_t>(depth), close);
}

const std::string hostile[] = {
    "",
    " ",
    "\n",
    "{}",
    "[]",
    "null",
    "true",
    "false",
    "nul",
    "nullx",
    "truefalse",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\"\"",
    ",",
    ":",
    "[,]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"a\":2}",
    "{1:2}",
    "{} {}",
    "[] ]",
    "{\"a\":1}}",
    " \t\r\n[ 1 , 2 ] \t\r\n",
    "\f[]",
    "\v[]",
    "\xc2\xa0[]",
    "// x\n[]",
    "[/**/]",
    // numbers
    "0",
    "-0",
    "-",
    "+1",
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "1.5",
    "-1.5e3",
    "1e",
    "1e+",
    "1e-",
    "1E+2",
    "1e05",
    "0e0",
    "0.0",
    "0x1",
    "1a",
    "Infinity",
    "NaN",
    "-Infinity",
    "1e308",
    "1e309",
    "-1e309",
    "1e-400",
    "123e-9999999999",
    "0e99999999999",
    "1e999",
    "2.5e307",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558632766878171540458953514"
    "382464e188",
    // strings
    "\"a",
    "a\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\/\\b\\f\\n\\r\\t\"",
    "\"\\a\"",
    "\"\\0\"",
    "\"\\x41\"",
    "\"\\\"",
    "\"\\",
    "\"\t\"",
    "\"\n\"",
    "\"\x1f\"",
    "\"\x7f\"",
    "\"\\u0000\"",
    "\"\\u0041\"",
    "\"\\u00zz\"",
    "\"\\u004\"",
    "\"\\u\"",
    "\"\\U0041\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ud83dx\"",
    "\"\\ud83d\\\"",
    "\"\\ud83d\\ud83d\"",
    "\"\\ude00\\ud83d\"",
    std::string("\"\0\"", 3),
    std::string("\"\\\0\"", 4),
    std::string("{}\0", 3),
    std::string("\0{}", 3),
    std::string("[1\0]", 4),
    // UTF-8
    "\"\xc3\xa9\"",
    "\"\xe2\x82\xac\"",
    "\"\xf0\x9f\x98\x80\"",
    "\"\x80\"",
    "\"\xc3\"",
    "\"\xc3(\"",
    "\"\xc0\x80\"",
    "\"\xc1\xbf\"",
    "\"\xe0\x80\x80\"",
    "\"\xe0\x9f\xbf\"",
    "\"\xed\xa0\x80\"",
    "\"\xed\xbf\xbf\"",
    "\"\xed\x9f\xbf\"",
    "\"\xef\xbf\xbf\"",
    "\"\xe2\x82\"",
    "\"\xf0\x80\x80\x80\"",
    "\"\xf0\x8f\xbf\xbf\"",
    "\"\xf4\x8f\xbf\xbf\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xf5\x80\x80\x80\"",
    "\"\xff\"",
    "\"\xfe\"",
    "\"\xf0\x9f\x98\"",
    "\xef\xbb\xbf{}",
};

/// A document of the generator's own, now and then with a byte changed, dropped, doubled or cut off.
class Documents {
public:
    explicit Documents(std::uint32_t seed) : random_(seed) {}

    std::string next() {
        std::string out = value(0);
        for (auto faults = below(4); faults > 0; --faults) spoil(out);
        return out;
    }

private:
    std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
    template <class Array>
    std::string one_of(const Array& from) {
        return std::string(std::begin(from)[below(std::size(from))]);
    }
    std::string space() {
        return below(8) ? "" : one_of(std::initializer_list<const char*>{" ", "\n", "\t", "\r", "\f"});
    }

    std::string value(int depth) {
        const auto kind = below(depth > 5 ? 4 : 7);
        if (kind < 2) return space() + string() + space();
        if (kind < 3) return space() + number() + space();
        if (kind < 4) return space() + one_of(std::initializer_list<const char*>{"true", "false", "null"}) + space();
        const bool is_object = kind < 6;
        std::string out;
        for (auto members = below(5); members > 0; --members)
            out += (out.empty() ? "" : ",") + (is_object ? space() + string() + space() + ":" : "") + value(depth + 1);
        return is_object ? "{" + out + "}" : "[" + out + "]";
    }

    std::string number() {
        std::string out = below(3) ? "" : "-";
        out += std::to_string(below(3) ? below(100) : random_());
        if (!below(3)) out += "." + std::to_string(below(1000));
        if (!below(4))
            out += one_of(std::initializer_list<const char*>{"e", "E", "e+", "e-"}) + std::to_string(below(400));
        return below(20) ? out : out + std::string(below(400), '7');
    }

    std::string string() {
        std::string out = "\"";
        for (auto parts = below(6); parts > 0; --parts)
            out += one_of(std::initializer_list<const char*>{"a", "key", "\\n", "\\\"", "\\\\", "\\u00e9",
                                                             "\\ud83d\\ude00", "\\ud83d", "\xc3\xa9", "\xe2\x82\xac",
                                                             "\xf0\x9f\x98\x80", "\xed\xa0\x80", "[", "{"});
        return out + "\"";
    }

    void spoil(std::string& text) {
        if (text.empty()) return;
        const auto at = below(text.size());
        switch (below(5)) {
            case 0:
                text[at] = static_cast<char>(below(256));
                break;
            case 1:
                text.erase(at, 1);
                break;
            case 2:
                text.insert(at, 1, text[below(text.size())]);
                break;
            case 3:
                text.resize(at);
                break;
            default:
                break;  // as it was
        }
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("JSON is what another reader of JSON takes, hostile text included", "[json]") {
    for (const auto& text : hostile) {
        CAPTURE(text);
        CHECK(is_json(text, deep_enough) == is_json_by_reference(text));
    }
}

TEST_CASE("JSON is what another reader of JSON takes, whatever is written", "[json]") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    Documents documents(seed);
    int taken = 0, refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = documents.next();
        const bool wanted = is_json_by_reference(text);
        ++(wanted ? taken : refused);
        if (is_json(text, deep_enough) == wanted) continue;
        CAPTURE(text);
        REQUIRE(is_json(text, deep_enough) == wanted);
    }
    CHECK(taken > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("JSON of a string of every two and three bytes is judged as another reader judges it", "[json]") {
    for (unsigned first = 0; first < 256; ++first)
        for (unsigned second = 0; second < 256; ++second)
            for (const unsigned third : {0x00u, 0x22u, 0x41u, 0x80u, 0x9fu, 0xbfu, 0xc0u}) {
                const std::string text = {'"', static_cast<char>(first), static_cast<char>(second),
                                          static_cast<char>(third), '"'};
                if (is_json(text, 1) == is_json_by_reference(text)) continue;
                CAPTURE(first, second, third);
                REQUIRE(is_json(text, 1) == is_json_by_reference(text));
            }
}

TEST_CASE("arrays and objects nest as deep as is allowed and no deeper; brackets in strings do not nest", "[json]") {
    for (const int depth : {1, 2, 199, 200}) {
        CHECK(is_json(nested(depth, '[', ']', "1"), 200));
        CHECK(is_json("{\"a\":" + nested(depth - 1, '[', ']', "{}") + "}", 201));
    }
    CHECK_FALSE(is_json(nested(201, '[', ']', ""), 200));
    CHECK_FALSE(is_json("{\"a\":" + nested(200, '[', ']', "") + "}", 200));
    CHECK_FALSE(is_json(nested(1'000'000, '[', ']', ""), 200));
    CHECK(is_json("[" + nested(150, '[', ']', "") + "," + nested(150, '[', ']', "") + "]", 200));
    CHECK(is_json("[\"" + std::string(1000, '[') + "\"]", 1));
    CHECK_FALSE(is_json("[]", 0));
    CHECK(is_json("1", 0));
}

}  // namespace storage_postgres
