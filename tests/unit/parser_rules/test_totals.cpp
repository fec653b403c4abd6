#include "reading.hpp"

namespace parser_rules {
namespace {

TEST_CASE("the amount due is what remains to be paid", "[parser_rules][totals]") {
    const Reading reading(
        "Total ex VAT   100.00\nVAT 20%   20.00\nTotal inc VAT   120.00\nDeposit paid   -20.00\nBalance due   100.00 "
        "GBP\n");
    CHECK(reading["amount_due"] == "100.00");
    CHECK(reading["total_with_tax"] == "120.00");
    CHECK(reading["total_net"] == "100.00");
    CHECK(reading["tax_total"] == "20.00");
    CHECK(reading.sure("amount_due"));
}

TEST_CASE("totals are found by their labels in six languages", "[parser_rules][totals]") {
    for (const char* text :
         {"Grand Total: 1,234.50 USD", "Rechnungsbetrag: 1.234,50 EUR", "Zahlbetrag   1.234,50 \xE2\x82\xAC",
          "Net \xC3\xA0 payer : 1 234,50 \xE2\x82\xAC", "TOTAL FACTURA   1.234,50 \xE2\x82\xAC",
          "Totale fattura   \xE2\x82\xAC 1.234,50", "Totaal incl. btw   \xE2\x82\xAC 1.234,50", "Total CHF 1'234.50",
          "| Total | 1,234.50 EUR |", "Total ........ 1234.50 EUR"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "1234.50");
    }
}

TEST_CASE("a credit is never read as an amount to pay, however it is written", "[parser_rules][totals]") {
    for (const char* text :
         {"Total: (45.00) MNEE", "Total: MNEE (45.00)", "Total: (45.00 MNEE)", "Total: (MNEE 45.00)",
          "Total: -45.00 MNEE", "Total: 45.00- MNEE", "Total: 45.00 MNEE CR", "Total: 45.00 CR MNEE",
          "Total: 45.00 MNEE Cr.", "Total: 45.00CR MNEE", "Total: MNEE 45.00CR", "Total   MNEE 45.00   CR"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK(reading["amount_due"] == "-45.00");
        CHECK(reading["currency"] == "MNEE");
    }
}

TEST_CASE("two numbers that one space divides are not paid as one", "[parser_rules][totals]") {
    for (const char* text : {"Qty Description Amount\n3 Cable 450.00\nTotals 3 450.00 MNEE\n", "Total 1 450.00 MNEE\n",
                             "Total: 1 450.00 MNEE\nItem A 1,200.00\n", "Summe 3 450,00 EUR\n",
                             "Total 1 050.00 MNEE\nItem 1,050.00\n", "Total 3 450.00 MNEE\nItem 3450.00\n",
                             "Subtotal 3 450.00\nVAT 90.00\nTotal 3 540.00 MNEE\n", "Total due: 3 450 MNEE\n"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("number_format"));
    }
}

TEST_CASE("spaces group where the document decides it", "[parser_rules][totals]") {
    for (const char* text :
         {"Total: 1\xC2\xA0"
          "450.00 MNEE",
          "Item 2\xE2\x80\xAF"
          "300.00\nTotal 3 450.00 MNEE",
          "Item 2 050.00\nTotal 3 450.00 MNEE",
          "Net amount 900,00\nVAT 171,00\nTotal incl. VAT 1 171,00 EUR\nX 1 071,00",
          "Total HT 2 780,00 \xE2\x82\xAC\nTVA 556,00 \xE2\x82\xAC\nTotal TTC 3 336,00 \xE2\x82\xAC\n"}) {
        CAPTURE(text);
        CHECK_FALSE(Reading(text).warns("number_format"));
    }
    CHECK(Reading("Total HT 2 780,00 EUR\nTVA 556,00 EUR\nTotal TTC 3 336,00 EUR\n").sure("amount_due"));
}

TEST_CASE("a credit in words is never paid", "[parser_rules][totals]") {
    for (const char* text :
         {"New balance: 45.10 MNEE credit", "Balance: 45.10 in credit", "Rechnungsbetrag: 45,10 EUR Guthaben",
          "Rechnungsbetrag: 45,10 EUR zu Ihren Gunsten", "Balance: 45.10 MNEE in your favour",
          "Balance: 45.10 MNEE in your favor.", "Balance: MNEE 45.10 (credit)", "Balance due   45.10 MNEE   Credit",
          "Total: 45,10 EUR a su favor", "Te betalen: 45,10 EUR tegoed",
          "Net \xC3\xA0 payer : 45,10 EUR cr\xC3\xA9"
          "dit"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "-45.10");
        CHECK(Reading(text).doubts("amount_due"));
    }
    for (const char* text : {"Credit balance: 45.10 MNEE", "Balance in your favour: 45.10 MNEE",
                             "Your credit balance   45.10 MNEE", "Balance: 45.10 MNEE credit, we will refund it"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK_FALSE(reading.sure("amount_due"));
    }
}

TEST_CASE("a credit card, or whom to pay, is no credit", "[parser_rules][totals]") {
    for (const char* text : {"Amount due: 45.10 MNEE by credit card", "Total due: 45.10 MNEE in favour of Alpha LLC",
                             "Amount due after credit: 45.10 MNEE",
                             "Amount due: 45.10 MNEE   Carte de cr\xC3\xA9"
                             "dit",
                             "Amount due: 45.10 MNEE   Account credit: 5.00"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "45.10");
        CHECK(Reading(text).sure("amount_due"));
    }
}

TEST_CASE("a word that multiplies an amount asks a human", "[parser_rules][totals]") {
    for (const char* text :
         {"Total due: 2.5 million MNEE", "Amount due: USD 1.2 lakh", "Zahlbetrag: 2,5 Mio. EUR",
          "Total due: 12.5 k MNEE", "Total due: 12.5 K MNEE", "Amount due: 2.5 MNEE million", "Amount due: 2.5 M MNEE",
          "Zahlbetrag: 2,5 Tsd. EUR", "Amount due: INR 3.20 crore", "Net \xC3\xA0 payer : 2,50 milliers EUR",
          "Amount due: 1.5 bn MNEE", "Total due (in thousands): 450.00 MNEE", "Total due (EUR '000): 450.00"}) {
        CAPTURE(text);
        CHECK_FALSE(Reading(text).sure("amount_due"));
    }
    CHECK(Reading("Relay, 1.2 million messages   96.00\nTotal due: 96.00 MNEE").sure("amount_due"));
}

TEST_CASE("what only looks like a credit is none", "[parser_rules][totals]") {
    for (const char* text :
         {"Total (USD): 45.00 USD", "Total: 45.00 USD (incl. tax)", "Total: 45.00 USD CRM licence"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "45.00");
    }
}

TEST_CASE("digits of another script are not guessed at", "[parser_rules][totals]") {
    CHECK(Reading("Total: \xEF\xBC\x94\xEF\xBC\x95.\xEF\xBC\x90\xEF\xBC\x90 MNEE")["amount_due"].empty());
}

TEST_CASE("a total may stand under its label, the first item of a table is none", "[parser_rules][totals]") {
    CHECK(Reading("Invoice No    Total due\nA-17          95.00 EUR\n")["amount_due"] == "95.00");
    CHECK(Reading("Qty    Description    Total\n1      Cable          95.00\n")["amount_due"].empty());
    CHECK(Reading("Invoice    Total\nA-1        10.00\nA-2        20.00\n")["amount_due"].empty());
}

TEST_CASE("tax may be the sum of its parts, each with its place", "[parser_rules][totals]") {
    const Reading reading(
        "Taxable Value  1,00,000.00\nCGST 9%  9,000.00\nSGST 9%  9,000.00\nGrand Total  1,18,000.00\n");
    CHECK(reading["tax_total"] == "18000.00");
    CHECK(reading.found().find("tax_total")->evidence.size() == 2);
    CHECK(reading["total_net"] == "100000.00");
}

TEST_CASE("readings that compete ask a human", "[parser_rules][totals]") {
    struct Case {
        const char* text;
        const char* warning;
    };
    const Case cases[] = {
        {"Total 100.00\nTotal 120.00\n", "totals_compete"},
        {"Total due: 15.00\nAmount due: 16.00\n", "totals_compete"},
        {"Total 70.00\nTotal due 95.00\n", "totals_compete"},
        {"Total 70.00\nPrevious balance 25.00\nTotal due 95.00\n", "previous_balance"},
        {"Grand total 110.00\nDeposit 10.00\n", "amount_due_unclear"},
        {"Gesamtbetrag brutto 952,00\nErstattung   -900,00\n", "amount_due_unclear"},
        {"Net amount 100.00\nVAT 20.00\nTotal 125.00\n", "sums_do_not_add_up"},
        {"Total 100.00\nVAT 20.00\n   120.00\n", "total_unclear"},
        {"Total due: -5.00 MNEE\n", "negative_total"},
        {"Total due: 1.234 MNEE\n", "number_format"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const Reading reading(c.text);
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns(c.warning));
    }
}

TEST_CASE("a bare total that tax brings to the amount due is the net", "[parser_rules][totals]") {
    const Reading reading("Total 100.00\nVAT 20.00\nAmount due 120.00 GBP\n");
    CHECK(reading["amount_due"] == "120.00");
    CHECK(reading["total_with_tax"] == "120.00");
    CHECK(reading.sure("amount_due"));
}

TEST_CASE("tax withheld leads from the total to the amount due", "[parser_rules][totals]") {
    CHECK(Reading("Base imponible 1.000,00\nIVA (21%) 210,00\nIRPF (-15%) -150,00\nTotal a pagar 1.060,00\n")
              .sure("amount_due"));
    CHECK(Reading("Base imponible 1.000,00\nIVA (21%) 210,00\nIRPF (-15%) -150,00\nTotal a pagar 1.160,00\n")
              .doubts("amount_due"));
}

TEST_CASE("amounts that are not the total are left alone", "[parser_rules][totals]") {
    for (const char* text :
         {"Total hours 12.50\n", "Total due in 30 days\n", "Sales tax 3%\n", "Late fee 25.00\n", "Total: 12.5k\n",
          "Unit price 10.00\n", "Total: NaN\n", "Minimum payment 20.00\n", "Total station rental 80.00\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"].empty());
    }
}

TEST_CASE("an amount that cannot be read safely is not given", "[parser_rules][totals]") {
    for (const char* text : {"Total: 1,00.50 MNEE", "Total: 10000000000000000000000000000000000000000 MNEE",
                             "Total: 1.00000000000000000001 MNEE"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK(reading["amount_due"].empty());
        CHECK(reading.warns("amount_unreadable"));
    }
}

TEST_CASE("signs are read wherever accountants put them", "[parser_rules][totals]") {
    for (const char* text : {"Total due: -12.50", "Total due: (12.50)", "Total due: 12.50-", "Total due: -$12.50",
                             "Total due: \xE2\x88\x92"
                             "12.50",
                             "Total due   -12.50", "Total due: $ -12.50"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "-12.50");
    }
    CHECK(Reading("Total due - 12.50 EUR")["amount_due"] == "12.50");
    CHECK(Reading("Summe: 1.785,-")["amount_due"] == "1785");
}

TEST_CASE("the quote of an amount is exactly its number", "[parser_rules][totals]") {
    CHECK(Reading("Total due: EUR 1.234,56 incl.\n").quote("amount_due") == "1.234,56");
}

}  // namespace
}  // namespace parser_rules
