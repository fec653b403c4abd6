#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/media_type.hpp"
#include "tests/support/simulated.hpp"

using namespace treasurer;
using namespace treasurer::http;

namespace {

Request with_body(std::string type, std::string body) {
    Request out;
    if (!type.empty()) out.headers.add("Content-Type", type);
    out.body = std::move(body);
    return out;
}

std::string why(const std::string& text) {
    const auto parsed = parse_json(text);
    if (parsed) return "accepted";
    CHECK(parsed.problem().code == ErrorCode::invalid_json);
    return parsed.problem().detail;
}

}  // namespace

TEST_CASE("a JSON number keeps its text and its exact value", "[json]") {
    struct Row {
        std::string sent, kept, exact;
    };
    const auto row = GENERATE(
        Row{"0.1", "0.1", "0.1"}, Row{"1e2", "1e2", "100"}, Row{"1.50E+3", "1.50E+3", "1500"},
        Row{"12345678901234567890.12", "12345678901234567890.12", "12345678901234567890.12"},
        Row{"123456789012345678901234567890", "123456789012345678901234567890", "123456789012345678901234567890"},
        Row{"18446744073709551615", "18446744073709551615", "18446744073709551615"}, Row{"-7", "-7", "-7"},
        Row{"25e-3", "25e-3", "0.025"}, Row{"0e99", "0e99", "0"},
        Row{"0.00000000000000000001", "0.00000000000000000001", "0.00000000000000000001"}, Row{"1e40", "1e40", "none"},
        Row{"1e-39", "1e-39", "none"}, Row{"1e300", "1e300", "none"},
        Row{"99999999999999999999999999999999999999.9", "99999999999999999999999999999999999999.9", "none"});
    const auto parsed = parse_json("{\"amount\": " + row.sent + "}");
    REQUIRE(parsed);
    const auto* number = parsed->find("amount")->number();
    REQUIRE(number);
    CHECK(number->text == row.kept);
    const auto decimal = number->decimal();
    CHECK((decimal ? decimal->to_string() : "none") == row.exact);
}

TEST_CASE("JSON is read strictly", "[json]") {
    CHECK(parse_json(R"({"a":[1,{"b":null}],"c":"ä\u00e4","d":true})"));
    CHECK(why(R"({"a":1,"b":2,"a":3})").find("twice") != std::string::npos);
    CHECK(why(std::string(33, '[') + std::string(33, ']')).find("nested") != std::string::npos);
    CHECK(parse_json(std::string(32, '[') + std::string(32, ']')));
    CHECK(why("[" + std::string(20'000, ' ') + "]") == "accepted");
    std::string many = "[0";
    for (int i = 0; i < 10'000; ++i) many += ",0";
    CHECK(why(many + "]").find("too many values") != std::string::npos);
    CHECK(why(R"({"a":1e999})").find("too large") != std::string::npos);
    const auto bad = GENERATE(as<std::string>{}, "", " ", "{", "{}{}", "{'a':1}", R"({"a":1,})", R"({"a":NaN})",
                              R"({"a":Infinity})", R"({"a":01})", R"({"a":+1})", R"({"a":.5})", "{\"a\":\"\xff\"}",
                              "{\"a\":\"\n\"}", R"({"a":"\ud800"})", "\xef\xbb", "// x\n{}", "nul");
    CHECK(why(bad).find("malformed JSON at byte") != std::string::npos);
}

TEST_CASE("no bytes make the JSON reader fail in any other way than a problem", "[json]") {
    const std::uint64_t seed = 20260102;
    INFO("seed " << seed);
    support::SeededRandom random(seed);
    const std::string alphabet = "{}[]\",:0123456789.eE+-truefalsn \\u\xc3\xa4\xff";
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto left = random.below(30); left > 0; --left) text += alphabet[random.below(alphabet.size())];
        const auto parsed = parse_json(text);
        if (parsed) CHECK(nlohmann::json::accept(text));
    }
}

TEST_CASE("errors in a body name every member at fault by its pointer", "[json]") {
    const auto parsed = json_object_of(with_body("application/json", R"({"raw_text":"","amount":"1,5","limit":1.5,
        "a/b~c":7,"due_date":null,"wallet":"0123456789","ok":"yes","deep":{"x":1}})"));
    REQUIRE(parsed);
    JsonBody body(*parsed);
    body.required_text("raw_text");
    body.required_text("missing");
    body.decimal("amount");
    body.integer("limit", 1, 50);
    body.text("a/b~c");
    body.text("wallet", 5);
    body.boolean("ok");
    CHECK_FALSE(body.text("due_date"));
    body.refuse("vendor", "is not known");
    std::string found;
    for (const auto& error : body.problem().errors) found += error.pointer + " " + error.detail + "; ";
    CHECK(found ==
          "/raw_text must not be empty; /missing is required; /amount must be a decimal number of at most 38 digits; "
          "/limit must be a whole number from 1 to 50; /a~1b~0c must be a string; /wallet may have at most 5 bytes; "
          "/ok must be true or false; /vendor is not known; ");
    CHECK_FALSE(body.ok());
    JsonBody deep(*parsed->find("deep"), "/deep");
    deep.text("x");
    CHECK(deep.problem().errors.front().pointer == "/deep/x");
}

TEST_CASE("a body that can be used is read exactly", "[json]") {
    const auto parsed = json_object_of(with_body("", R"({"amount":0.1,"other":"0.30","limit":50,"flag":false})"));
    REQUIRE(parsed);
    JsonBody body(*parsed);
    CHECK(body.required_decimal("amount") == *atr::Decimal::parse("0.1"));
    CHECK(body.decimal("other") == *atr::Decimal::parse("0.3"));
    CHECK(body.integer("limit", 1, 50) == 50);
    CHECK(body.boolean("flag") == false);
    CHECK(body.ok());
    CHECK(json_object_of(with_body("text/plain", "{}")).problem().code == ErrorCode::unsupported_media_type);
    CHECK(json_object_of(with_body("application/merge-patch+json", "{}")));
    CHECK(json_object_of(with_body("application/json", "[]")).problem().code == ErrorCode::invalid_json);
}

TEST_CASE("forms are read as browsers and curl write them", "[form]") {
    const auto urlencoded = form_of(with_body("application/x-www-form-urlencoded", "a=1+2&b=%C3%A4%26&&c&=x&a=second"));
    REQUIRE(urlencoded);
    CHECK(urlencoded->find("a") == "1 2");
    CHECK(urlencoded->find("b") == "ä&");
    CHECK(urlencoded->find("c") == "");
    CHECK_FALSE(urlencoded->find("d"));
    const auto multipart = form_of(
        with_body(R"(multipart/form-data; charset=utf-8; boundary="a b")",
                  "preamble\r\n--a b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in;voice.txt\"\r\n"
                  "Content-Type: text/plain\r\n\r\nline 1\r\nline 2\r\n--a b\r\ncontent-disposition: form-data; "
                  "name=empty\r\n\r\n\r\n--a b--\r\nepilogue"));
    REQUIRE(multipart);
    REQUIRE(multipart->parts.size() == 2);
    CHECK(multipart->parts[0].filename == "in;voice.txt");
    CHECK(multipart->parts[0].media_type == "text/plain");
    CHECK(multipart->parts[0].value == "line 1\r\nline 2");
    CHECK(multipart->find("empty") == "");
}

TEST_CASE("a delimiter that only begins like the boundary is a malformed body, not another field", "[form]") {
    const auto parsed = form_of(with_body("multipart/form-data; boundary=b",
                                          "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--bb--\r\n"));
    REQUIRE_FALSE(parsed);
    CHECK(parsed.problem().code == ErrorCode::invalid_form);
}

TEST_CASE("broken forms are refused", "[form]") {
    CHECK_FALSE(form_of(
        with_body("application/x-www-form-urlencoded", GENERATE(as<std::string>{}, "a=%", "a=%4", "a=%zz", "%=1"))));
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a=1&";
    CHECK_FALSE(form_of(with_body("application/x-www-form-urlencoded", many)));
    const auto bad =
        GENERATE(as<std::string>{}, "", "x", "--b", "--b\r\n", "--b\r\n\r\n", "--b\r\nX: y\r\n\r\n1\r\n--b--",
                 "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
                 "--b\r\nContent-Disposition: attachment; name=x\r\n\r\n1\r\n--b--",
                 "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1", "--bX\r\n\r\n--b--",
                 "--b\nContent-Disposition: form-data; name=x\n\n1\n--b--");
    CHECK_FALSE(form_of(with_body("multipart/form-data; boundary=b", bad)));
    CHECK_FALSE(form_of(with_body("multipart/form-data; boundary=" + std::string(71, 'b'), "x")));
    CHECK(form_of(with_body("", "a=1")).problem().code == ErrorCode::unsupported_media_type);
}

TEST_CASE("no bytes make the form reader fail in any other way than a problem", "[form]") {
    const std::uint64_t seed = 20260103;
    INFO("seed " << seed);
    support::SeededRandom random(seed);
    const std::vector<std::string> pieces{"--b",        "\r\n",  "--",      "Content-Disposition: form-data",
                                          "; name=\"x", "\"",    "; name=", ":",
                                          "\r\n\r\n",   "value", "\\",      ";"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto left = random.below(20); left > 0; --left) text += pieces[random.below(pieces.size())];
        const auto parsed = form_of(with_body("multipart/form-data; boundary=b", text));
        if (parsed) CHECK(parsed->parts.size() <= 100);
    }
}

TEST_CASE("media types and what is acceptable", "[media_type]") {
    CHECK(parse_media_type(" Application/JSON ; charset=\"utf-8\"")->name == "application/json");
    CHECK(parse_media_type("a/b;x=\"q;\\\"\";y=2")->parameter("x") == "q;\"");
    CHECK(parse_media_type("a/b;x=\"q;\\\"\";y=2")->parameter("Y") == "2");
    CHECK_FALSE(parse_media_type("json"));
    CHECK_FALSE(parse_media_type("a b/c"));
    struct Row {
        const char* accept;
        std::string chosen;
    };
    const auto row = GENERATE(
        Row{nullptr, "text/plain"}, Row{"", "text/plain"}, Row{"*/*", "text/plain"},
        Row{"application/json", "application/json"}, Row{"application/*, text/plain;q=0.9", "application/json"},
        Row{"text/plain;q=0.5, application/json;q=0.50", "text/plain"}, Row{"image/png", ""}, Row{"*/*;q=0", ""},
        Row{"text/*;q=0.2, */*;q=0.3", "application/json"}, Row{"application/json;q=0, */*", "text/plain"},
        Row{"application/json;q=banana", ""}, Row{"application/json, text/plain, */*", "application/json"},  // axios
        Row{"application/json, */*", "application/json"}, Row{"*/*, application/json", "text/plain"},
        Row{"text/plain, application/json", "text/plain"}, Row{"application/json;q=0.9, text/plain", "text/plain"});
    std::optional<std::string_view> accept;
    if (row.accept) accept = row.accept;
    CHECK(choose(accept, {"text/plain", "application/json"}) == row.chosen);
}

TEST_CASE("every error code has its own name and a status of its kind", "[problem]") {
    std::vector<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::outcome_unknown); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        CHECK(status_of(code) >= 400);
        CHECK(status_of(code) <= 503);
        CHECK(std::count(names.begin(), names.end(), to_string(code)) == 0);
        names.push_back(to_string(code));
    }
}

TEST_CASE("what a plugin says of a failure stays inside", "[problem]") {
    const auto outcome =
        GENERATE(atr::Outcome::rejected, atr::Outcome::retry, atr::Outcome::unknown, atr::Outcome::unsupported);
    const auto problem = problem_of({.outcome = outcome, .code = ATR_E_INTERNAL, .message = "innards"});
    CHECK(problem.detail.find("innards") == std::string::npos);
    CHECK(status_of(problem.code) >= 500);
    CHECK(status_of(problem_of(atr::rejected(ATR_E_BAD_INPUT, "too short")).code) == 422);
    CHECK(problem_of(atr::rejected(ATR_E_BAD_INPUT, "too short")).detail == "too short");
}
