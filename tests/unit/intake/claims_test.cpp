// What makes two invoices one, and the checks that need no storage.
#include "intake/claims.hpp"
#include "intake/cross_check.hpp"
#include "intake/utf8.hpp"
#include "records/vendor.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::intake;

TEST_CASE("numbers that look alike have one skeleton, others do not", "[intake]") {
    for (const char* same : {"INV-001", "inv 001", "INV/OO1", "INV-1", "1NV-0001", "lNV_001"})
        CHECK(number_skeleton(same) == number_skeleton("INV-001"));
    CHECK(number_skeleton("1-11") != number_skeleton("11-1"));
    CHECK(number_skeleton("2024-1") != number_skeleton("2024-2"));
    CHECK(number_skeleton("A-10") != number_skeleton("A-100"));
    CHECK(number_skeleton("---").empty());
    for (const char* same : {"INV\u2011001", "INV\u2013001", "\uFF29NV\u00A0001", "INV \u2212 1"})
        CHECK(number_skeleton(same) == number_skeleton("INV-001"));
    CHECK(number_skeleton("INV\u00B7001") == number_skeleton("INV-001"));
    CHECK(number_skeleton("N\u00B015") == number_skeleton("N15"));
    CHECK(number_skeleton("\u0410-77") != number_skeleton("\u0411-77"));  // Cyrillic A and Be
    CHECK(number_skeleton("M\u00DC-15") != number_skeleton("M\u00C4-15"));
    CHECK(number_skeleton("\u0411-77") != number_skeleton("77"));
    CHECK(number_skeleton("1\u201311") != number_skeleton("11\u20131"));
}

TEST_CASE("a claim that raises a question names those that hold it, the newest first, and knows when there are more",
          "[intake]") {
    ClaimRecord claim{"dig|v|1|10 MNEE|2026-11-01", {{"first", true}}};
    const auto stored = [&] { return ClaimRecord::from_json(Json::parse(claim.to_text())); };
    CHECK(stored().holders.size() == 1);
    CHECK(stored().is_held_by("first"));
    for (std::size_t i = 1; i < ClaimRecord::most_holders; ++i) claim.add({"other-" + std::to_string(i), false});
    CHECK(stored().is_held_by("first"));
    CHECK(stored().holders.front().invoice_id == "other-15");
    CHECK_FALSE(stored().holders.front().numbered);
    CHECK(stored().holders.back().numbered);
    CHECK_FALSE(stored().is_full);
    claim.add({"one too many", true});
    CHECK(stored().holders.size() == ClaimRecord::most_holders);
    CHECK(stored().is_full);
}

TEST_CASE("a claim as it was written when one invoice held it is read", "[intake]") {
    const auto claim = ClaimRecord::from_json(Json::parse(R"({"id":"k","invoice_id":"i","numbered":true})"));
    CHECK(claim.is_held_by("i"));
    CHECK(claim.holders.front().numbered);
    CHECK(claim.to_text() == R"({"id":"k","invoice_id":"i","numbered":true})");
}

TEST_CASE("vendor names are compared without legal form, case and punctuation", "[intake]") {
    CHECK(vendor_normal_form("Acme Hosting, LLC") == "acme hosting");
    CHECK(vendor_normal_form("ACME  hosting") == "acme hosting");
    CHECK(vendor_normal_form("Müller GmbH & Co. KG") == vendor_normal_form("Müller GmbH"));
    CHECK(vendor_normal_form("Van Dam B.V.") == "van dam");
    CHECK(vendor_normal_form("Co") == "co");
    CHECK(vendor_normal_form("...").empty());
}

TEST_CASE("companies of different legal forms are told apart, a form left out is not a difference", "[intake]") {
    CHECK(legal_forms_differ("Acme GmbH", "Acme Ltd"));
    CHECK(legal_forms_differ("Acme, Inc.", "Acme LLC"));
    CHECK_FALSE(legal_forms_differ("Acme Limited", "ACME LTD."));
    CHECK_FALSE(legal_forms_differ("Acme", "Acme Ltd"));
    CHECK_FALSE(legal_forms_differ("Müller GmbH & Co. KG", "Müller GmbH"));
}

TEST_CASE("IBAN check digits", "[intake]") {
    CHECK(iban_checks_out("DE89 3704 0044 0532 0130 00"));
    CHECK(iban_checks_out("gb82west12345698765432"));
    CHECK_FALSE(iban_checks_out("DE89 3704 0044 0532 0130 01"));
    CHECK_FALSE(iban_checks_out("DE"));
    CHECK_FALSE(iban_checks_out("DE89-3704-0044-0532-0130"));
}

TEST_CASE("invalid UTF-8 is found where it begins", "[intake]") {
    CHECK_FALSE(invalid_utf8_at("plain"));
    CHECK_FALSE(invalid_utf8_at("Grüße, 請求書 😀"));
    CHECK(invalid_utf8_at("ab\xff") == 2u);
    CHECK(invalid_utf8_at("\xc0\xaf") == 0u);          // overlong
    CHECK(invalid_utf8_at("x\xed\xa0\x80") == 1u);     // surrogate
    CHECK(invalid_utf8_at("\xf4\x90\x80\x80") == 0u);  // beyond U+10FFFF
    CHECK(invalid_utf8_at("ab\xe2\x82") == 2u);        // cut short
}
