#include <catch2/catch.hpp>

#include "parser_rules/rules_parser.hpp"

namespace parser_rules {
namespace {

atr::Result<atr::ParseResult> parse(std::string_view media_type, std::string_view bytes, RulesSettings settings = {}) {
    atr_call raw{};
    raw.struct_size = sizeof raw;
    RulesParser parser(settings);
    return parser.parse(
        atr::Call(&raw),
        {.media_type = media_type, .filename = "a.txt", .bytes = bytes, .sha256_hex = "", .hints_json = ""});
}

std::int32_t refusal(std::string_view media_type, std::string_view bytes, RulesSettings settings = {}) {
    const auto parsed = parse(media_type, bytes, settings);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().outcome == atr::Outcome::rejected);
    return parsed.error().code;
}

TEST_CASE("the text layer comes with fields that quote it exactly", "[parser_rules][plugin]") {
    const std::string text = "\xEF\xBB\xBFVendor: M\xC3\xBCller GmbH\nRechnung Nr. 7\nSumme: 1.234,50 \xE2\x82\xAC\n";
    const auto parsed = parse("text/plain", text);
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->texts.size() == 1);
    CHECK(parsed->texts[0].text == text);
    CHECK(parsed->fields.size() >= 4);
    for (const auto& field : parsed->fields) {
        CAPTURE(field.path);
        REQUIRE_FALSE(field.evidence.empty());
        for (const auto& evidence : field.evidence) {
            CHECK(evidence.kind == ATR_EV_TEXT);
            CHECK(text.substr(evidence.begin, evidence.end - evidence.begin) == evidence.quote);
        }
    }
}

TEST_CASE("only text/plain in UTF-8 is read", "[parser_rules][plugin]") {
    for (const char* type :
         {"text/plain", "TEXT/PLAIN; charset=UTF-8", "text/plain;charset=us-ascii", "text/plain; charset=\"utf-8\""}) {
        CAPTURE(type);
        CHECK(parse(type, "Total: 1.00 EUR").has_value());
    }
    for (const char* type : {"application/pdf", "text/html", "", "text/plain; charset=iso-8859-1", "text/plainer"}) {
        CAPTURE(type);
        CHECK(refusal(type, "Total: 1.00 EUR") == ATR_E_MEDIA_TYPE);
    }
}

TEST_CASE("a byte that is no UTF-8 is named wherever it stands", "[parser_rules][plugin]") {
    for (std::size_t at = 0; at < 40; ++at) {
        CAPTURE(at);
        std::string text(40, 'x');
        text[at] = '\x80';
        CHECK(parse("text/plain", text).error().message.ends_with("byte " + std::to_string(at)));
        text.replace(at, 1, "\xC3\xA9");
        CHECK(parse("text/plain", text).has_value());
        text[at + 1] = 'x';
        CHECK(parse("text/plain", text).error().message.ends_with("byte " + std::to_string(at)));
    }
}

TEST_CASE("what cannot be read is refused with the reason", "[parser_rules][plugin]") {
    CHECK(refusal("text/plain", "") == ATR_E_BAD_INPUT);
    CHECK(refusal("text/plain", " \n\t\xC2\xA0\r\n") == ATR_E_BAD_INPUT);
    CHECK(refusal("text/plain", "Total \xFF") == ATR_E_BAD_INPUT);
    CHECK(parse("text/plain", "Total \xFF").error().message.find("byte 6") != std::string::npos);
    CHECK(refusal("text/plain", "abc\xC3") == ATR_E_BAD_INPUT);
    CHECK(refusal("text/plain", std::string(102'401, 'x')) == ATR_E_TOO_LARGE);
    CHECK(parse("text/plain", std::string(102'400, 'x')).has_value());
    CHECK(refusal("text/plain", "12345678901", {.max_bytes = 10}) == ATR_E_TOO_LARGE);
}

TEST_CASE("the settings are described and checked", "[parser_rules][plugin]") {
    CHECK(RulesParser::config().read("{}")->max_bytes == 102'400);
    CHECK(RulesParser::config().read(R"({"max_bytes":500})")->max_bytes == 500);
    CHECK_FALSE(RulesParser::config().read(R"({"max_byte":500})").has_value());
    CHECK(RulesParser({}).describe()->find("text/plain") != std::string::npos);
}

}  // namespace
}  // namespace parser_rules
