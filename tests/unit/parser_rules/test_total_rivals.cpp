// A sum that is paid unasked has no rival on the paper that also looks like a total.
#include "reading.hpp"

namespace parser_rules {
namespace {

const std::string kItem = "Router, 1 pc                     48.50\n";

TEST_CASE("two totals that nothing on the paper leads between ask, whatever their labels", "[parser_rules][totals]") {
    for (const char* label : {"Grand total",
                              "Invoice total",
                              "Next invoice total",
                              "Last invoice total",
                              "Order total",
                              "Total charges",
                              "Grand total of contract",
                              "Total charges last year",
                              "Total incl. option B",
                              "Invoice value for insurance",
                              "Rechnungsbetrag Vormonat",
                              "Endbetrag",
                              "Brutto",
                              "Charges",
                              "TTC",
                              "Total",
                              "Total outstanding",
                              "Amount due",
                              "Balance",
                              "Contract total",
                              "Total for all parts of this work and of the next one",
                              "Net total",
                              "Pay"}) {
        CAPTURE(label);
        const std::string other = std::string(label) + "     300.00\n";
        for (const std::string& text : {kItem + "Total  48.50 MNEE\n" + other, other + kItem + "Total  48.50 MNEE\n"}) {
            CAPTURE(text);
            const Reading reading(text);
            CHECK(reading.doubts("amount_due"));
            CHECK((reading.warns("totals_compete") || reading.warns("total_unclear")));
        }
    }
}

TEST_CASE("a smaller sum is a rival as well", "[parser_rules][totals]") {
    for (const char* text :
         {"Grand total  300.00 MNEE\nTotal  48.50\n", "Total  48.50\nGrand total  300.00 MNEE\n",
          "Instalment total  48.50\nGrand total  300.00 MNEE\n", "Instalment 1 of 6: 48.50\nTotal  300.00 MNEE\n",
          "This delivery: 48.50\nInvoice total 300.00 MNEE\n", "To be paid now: 48.50\nGrand total 300.00 MNEE\n",
          "Charges: 5.00\nTotal  53.50 MNEE\n", "Brutto 12,50\nGesamt  48,50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text).doubts("amount_due"));
    }
}

TEST_CASE("what leads from one total to the other explains it", "[parser_rules][totals]") {
    struct Case {
        const char *text, *due;
    };
    const Case cases[] = {
        {"Total  48.50\nShipping  5.00\nGrand total  53.50 MNEE\n", "53.50"},
        {"Total  48.50\nVAT 10%  4.85\nShipping  1.65\nGrand total  55.00 MNEE\n", "55.00"},
        {"Total  48.50\nDiscount  -8.50\nGrand total  40.00 MNEE\n", "40.00"},
        {"Total  120.00\nDeposit paid  -20.00\nBalance due  100.00 MNEE\n", "100.00"},
        {"Net total  100.00\nVAT  20.00\nTotal  120.00\nDeposit  20.00\nAmount due  100.00 MNEE\n", "100.00"},
        {"Net total  100.00\nVoucher SPRING  -10.00\nTotal  90.00 MNEE\n", "90.00"},
        {"Subtotal  100.00\nYou save  10.00\nTotal  90.00 MNEE\n", "90.00"},
        {"Hosting\nTotal  40.00\nDNS\nTotal  8.50\nGrand total  48.50 MNEE\n", "48.50"},
        {"Hosting total  40.00\nDNS total  8.50\nTotal  48.50 MNEE\n", "48.50"},
        {"Instalment 1: 20.00\nInstalment 2: 28.50\nTotal  48.50 MNEE\n", "48.50"},
        {"Total  48.50 MNEE\nPlease pay the total of 48.50 MNEE\n", "48.50"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const Reading reading(c.text);
        CHECK(reading["amount_due"] == c.due);
        CHECK(reading.sure("amount_due"));
    }
    for (const char* text :
         {"Total  48.50\nShipping  5.00\nGrand total  54.50 MNEE\n", "Subtotal  100.00\nTotal  90.00 MNEE\n",
          "Net total  100.00\nVoucher SPRING  -10.00\nTotal  80.00 MNEE\n",
          "Total  48.50\nLate fee  5.00\nGrand total after the due date  53.50 MNEE\n",
          "Total  120.00\nDeposit paid  -20.00\nBalance due  100.00 MNEE\nAmount due  300.00\n",
          "Hosting\nTotal  40.00\nDNS\nTotal  9.50\nGrand total  48.50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text).doubts("amount_due"));
    }
}

TEST_CASE("a person is shown both sums", "[parser_rules][totals]") {
    const Reading reading(kItem + "Total  48.50 MNEE\nNext invoice total  300.00\n");
    CHECK(reading["amount_due"] == "48.50");
    CHECK(reading.alternatives("amount_due") == 1);
}

TEST_CASE("charges, brutto and the like are totals only where they lead their cell", "[parser_rules][totals]") {
    struct Case {
        const char *text, *due;
    };
    const Case cases[] = {
        {"Router  48.50\nShipping charges  5.00\nTotal  53.50 MNEE\n", "53.50"},
        {"Router  48.50\nSubtotal  48.50\nDelivery charges  5.00\nTotal  53.50 MNEE\n", "53.50"},
        {"Router  48.50\nShipping charges  5.00\nTotal due  53.50 MNEE\n", "53.50"},
        {"Zones  48.50\nCall charges, October  11.50\nTotal  60.00 MNEE\n", "60.00"},
        {"Router  48.50\nTotal  48.50 MNEE\nLate payment charges: 25.00\n", "48.50"},
        {"Router  48,50\nGewicht brutto: 12,50 kg\nGesamt  48,50 MNEE\n", "48.50"},
        {"Charges  48.50\nTotal  48.50 MNEE\n", "48.50"},
        {"Netto 40,00\nMwSt 19% 7,60\nBrutto 47,60 MNEE\n", "47.60"},
        {"Total HT 40,00\nTVA 20% 8,00\nTTC 48,00 MNEE\n", "48.00"},
        {"Charges  48.50 MNEE\n", "48.50"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const Reading reading(c.text);
        CHECK(reading["amount_due"] == c.due);
        CHECK(reading.sure("amount_due"));
    }
    for (const char* text :
         {"Price list TTC  12.50\nTotal  48.50 MNEE\n", "Gewicht brutto: 12,50\nGesamt  48,50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["amount_due"] == "48.50");
        CHECK(Reading(text).doubts("amount_due"));  // inside other words they are still rivals
    }
}

TEST_CASE("a bare balance leads its cell, or is none", "[parser_rules][totals]") {
    for (const char* line : {"Stock balance: 0", "Stock balance: 40", "Leave balance: 0", "Bottle deposit balance 0",
                             "Leave balance: 12.50", "Points balance: 20.00"}) {
        CAPTURE(line);
        const Reading reading(kItem + "Total  48.50 MNEE\n" + line + "\n");
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.sure("amount_due"));
    }
    CHECK(Reading("Balance: 48.50 MNEE\n").sure("amount_due"));
    CHECK(Reading("Your balance   48.50 MNEE\n").sure("amount_due"));
    CHECK(Reading(kItem + "Total  48.50 MNEE\nBalance: 40.00\n").doubts("amount_due"));
}

TEST_CASE("zero or less is due only where the paper explains it", "[parser_rules][totals]") {
    for (const char* line : {"Balance: 0.00", "Amount due  0.00", "Amount due  -5.00", "Total due to you 0.00"}) {
        CAPTURE(line);
        const Reading reading(kItem + "Total  48.50 MNEE\n" + line + "\n");
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.alternatives("amount_due") == 1);
    }
    CHECK(Reading("Total  48.50\nPaid  48.50\nBalance due  0.00 MNEE\n")["amount_due"] == "0.00");
    CHECK(Reading("Amount due  0.00 MNEE\n")["amount_due"] == "0.00");
}

TEST_CASE("a number before a unit is no money", "[parser_rules][totals]") {
    for (const char* line :
         {"Total 12.50 kg", "Brutto 12,50 kg", "Total  12.50 h", "Gesamt 300,00 Stunden", "Amount due 12.50 days",
          "Total   1,200.50 GB", "Brutto   12,50   kg", "Weight 300.00 lb"}) {
        CAPTURE(line);
        CHECK(Reading(std::string(line) + "\n")["amount_due"].empty());
        const Reading reading(kItem + "Total  48.50 MNEE\n" + line + "\n");
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.sure("amount_due"));
    }
    for (const char* line : {"Total 48.50 MNEE for 12 hours", "Total  48.50 MNEE", "Total  48.50 EUR 3 days",
                             "Total 48.50 T", "Total 48.50  Hours worked: 3"}) {
        CAPTURE(line);
        CHECK(Reading(std::string(line) + "\n")["amount_due"] == "48.50");
    }
}

TEST_CASE("words that make another paper's sum of a total ask", "[parser_rules][totals]") {
    for (const char* line :
         {"Next invoice total: 48.50 MNEE", "Grand total of contract 48.50 MNEE", "Amount due if paid late 48.50 MNEE",
          "Order total 48.50 MNEE", "Rechnungsbetrag Vormonat 48,50 MNEE", "Total charges last year 48.50 MNEE"}) {
        CAPTURE(line);
        CHECK(Reading(std::string(line) + "\n").doubts("amount_due"));
    }
    for (const char* line :
         {"Invoice total: 48.50 MNEE", "Order 17     Invoice total: 48.50 MNEE",
          "Order total 48.50 MNEE\nAmount due 48.50 MNEE", "Invoice total: 48.50 MNEE, save on your next order"}) {
        CAPTURE(line);
        CHECK(Reading(std::string(line) + "\n").sure("amount_due"));
    }
}

}  // namespace
}  // namespace parser_rules
