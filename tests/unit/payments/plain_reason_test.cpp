#include <catch2/catch.hpp>

#include <vector>

#include "ports/plain_reason.hpp"

using namespace treasurer;

TEST_CASE("a plugin's words are passed on where they are about what was asked", "[plain_reason]") {
    const std::string words = "this document is locked by a password";
    for (const auto code : {ATR_E_BAD_INPUT, ATR_E_ENCRYPTED_DOC, ATR_E_INSUFFICIENT_FUNDS, ATR_E_PAYEE_INVALID})
        CHECK(plain_reason(atr::rejected(code, words), "the parser") == words);
}

TEST_CASE("words for operators stay with them", "[plain_reason]") {
    const std::string words = "open /etc/bank.key: SELECT secret FROM keys";
    for (std::int32_t code = 0; code < 400; ++code) {
        atr::Error with_code = atr::rejected(code, words);
        with_code.vendor_code = "53100";
        std::vector<atr::Error> errors{atr::retry(code, words), with_code};
        if (!is_about_what_was_asked(code)) errors.push_back(atr::rejected(code, words));
        for (const auto& error : errors) {
            const auto said = plain_reason(error, "the rail");
            CHECK(said.starts_with("the rail "));
            CHECK(said.find("SELECT") == std::string::npos);
        }
    }
    CHECK_FALSE(is_about_what_was_asked(ATR_E_LIMIT));  // a full disk, with the file's name
    CHECK(plain_reason(atr::retry(ATR_E_UNREACHABLE, words), "the rail") == "the rail cannot be reached");
    CHECK(plain_reason(atr::rejected(ATR_E_INTERNAL, words), "the parser") == "the parser refused it");
    CHECK(plain_reason(atr::retry(4711, words), "the parser") == "the parser failed");
}

TEST_CASE("a refusal without words is told by its kind", "[plain_reason]") {
    CHECK(plain_reason(atr::rejected(ATR_E_BAD_INPUT, ""), "the parser") == "the parser refused it");
}
