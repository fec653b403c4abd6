#include "reading.hpp"

namespace parser_rules {
namespace {

TEST_CASE("the currency stands beside the amount due, in its label, or is declared", "[parser_rules][currency]") {
    struct Case {
        const char* text;
        const char* code;
    };
    const Case cases[] = {
        {"Total: 12.00 MNEE", "MNEE"},
        {"Total: USDC 12.00", "USDC"},
        {"Total: \xE2\x82\xAC"
         "12.00",
         "EUR"},
        {"Total: 12,00 \xE2\x82\xAC", "EUR"},
        {"Total: \xC2\xA3 12.00", "GBP"},
        {"Total: \xE2\x82\xB9 12.00", "INR"},
        {"Total (EUR)   12.00", "EUR"},
        {"Total: CA$12.00", "CAD"},
        {"Total: US$ 12.00", "USD"},
        {"Total: S$12.00", "SGD"},
        {"Total: 12.00 CHF", "CHF"},
        {"Total: 12.00\nCurrency: SEK", "SEK"},
        {"Betr\xC3\xA4ge in EUR\nSumme 12,00", "EUR"},
        {"Total: 12.00EUR", "EUR"},
        {"Total: 12.00 Euro", "EUR"},
        {"Total: $        12.00 USD\n", "USD"},
        {"Total: Rs. 12.00", "INR"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const Reading reading(c.text);
        CHECK(reading["currency"] == c.code);
        CHECK(reading.sure("currency"));
    }
}

TEST_CASE("letters that touch a currency's mark make it another currency's, or ask", "[parser_rules][currency]") {
    for (const char* text :
         {"Amount due: RX$ 450.00", "Amount due: Arg$450.00", "Amount due: B$450.00",
          "Amount due: E\xC2\xA3"
          "450.00",
          "Amount due: SY\xC2\xA3"
          " 450.00",
          "Amount due: T\xE2\x82\xAC"
          " 450.00",
          "Amount due: RB\xC2\xA5"
          "450.00",
          "Amount due: $U 450.00", "Amount due: RX $450.00", "Subtotal RX$ 450.00\nTotal $ 450.00"}) {
        CAPTURE(text);
        CHECK(Reading(text).doubts("currency"));
    }
    struct Case {
        const char* mark;
        const char* code;
    };
    for (const auto& c :
         {Case{"RD$", "DOP"}, Case{"J$", "JMD"}, Case{"TT$", "TTD"}, Case{"N$", "NAD"}, Case{"EC$", "XCD"},
          Case{"BZ$", "BZD"}, Case{"FJ$", "FJD"}, Case{"Mex$", "MXN"}, Case{"Col$", "COP"}}) {
        CAPTURE(c.mark);
        CHECK(Reading("Amount due: " + std::string(c.mark) + " 450.00")["currency"] == c.code);
    }
    CHECK(Reading("Larch, TX 98342\nTotal$45.00").sure("currency"));
    CHECK(Reading("Total: USD$45.00")["currency"] == "USD");
    CHECK(Reading("Total: USD$45.00").sure("currency"));
}

TEST_CASE("no currency is made up", "[parser_rules][currency]") {
    CHECK(Reading("Total: 12.00")["currency"].empty());
    CHECK(Reading("TRY ALL OUR SERVICES\nTotal: 12.00")["currency"].empty());
}

TEST_CASE("two currencies that compete ask a human", "[parser_rules][currency]") {
    for (const char* text : {"Total: EUR 100.00 (USD 110.00)", "Total: 100.00 EUR\nPayable in USDC only",
                             "Total: $150.00\nSend 150.00 MNEE", "Currency: GBP\nTotal: 100.00 EUR",
                             "Total: 100.00 MNEE\nShipping: 3.00 USD"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK(reading.doubts("currency"));
        CHECK(reading.warns("currencies_compete"));
    }
}

TEST_CASE("a mark that countries share is believed only where the country shows", "[parser_rules][currency]") {
    CHECK(Reading("Larch, TX 98342\nTotal: $12.00").sure("currency"));
    CHECK(Reading("GST (10%): $1.00\nTotal: $12.00").doubts("currency"));
    CHECK(Reading("Total: $12.00\nAll prices in CAD")["currency"] == "CAD");
    CHECK(Reading("ABN 12 345 678 901\nTotal: $12.00")["currency"] == "AUD");
    CHECK(Reading("HST 13%: $1.00\nTotal: $12.00")["currency"] == "CAD");
    CHECK(Reading("Total: 12.00 kr").doubts("currency"));
    CHECK(Reading("Total: \xC2\xA5"
                  "1,200")
              .doubts("currency"));
}

}  // namespace
}  // namespace parser_rules
