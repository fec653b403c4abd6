// An amount below the total that may be less of it is paid by nobody unasked.
#include "reading.hpp"

namespace parser_rules {
namespace {

const std::string kEnglish = "INVOICE\nInvoice number: A-17\n\nWork 400.00 MNEE\nTotal: 400.00 MNEE\n";
const std::string kGerman = "RECHNUNG\nRechnungsnummer: A-17\n\nArbeit 400,00 MNEE\nGesamtbetrag: 400,00 MNEE\n";
const std::string kFar = "\n\n\nThank you for your business.\n\n";

TEST_CASE("a payment, discount or retention below the total asks, whatever stands between its words and its sum",
          "[parser_rules][totals]") {
    for (const char* line : {"Deposit received 10 Nov: 100.00 MNEE",
                             "Deposit paid 10 Nov 2026: 100.00 MNEE",
                             "Deposit (incl. VAT) 10 Nov: 100.00",
                             "Deposit received by bank transfer 10 Nov 100.00",
                             "Payment received 12 Nov: 100.00",
                             "Payment of 12 Nov: 100.00",
                             "Payment of 12 Nov: 100",
                             "10 Nov 2026   Deposit   100.00",
                             "Prepayment received: 100.00",
                             "Advance payment of 10 Nov 100.00",
                             "Received on account: 100.00",
                             "Already received: 100.00",
                             "Instalment 1 (paid): 100.00",
                             "Voucher 100.00",
                             "Retention 10%: 40.00",
                             "Less retention 5%: 20.00",
                             "Discount: 40.00",
                             "Credit note CN-12: -10.00",
                             "We received 100.00 MNEE from you on 10 November.",
                             "Acompte verse le 10/11 : 100.00",
                             "Retenue de garantie 5 % : 20.00",
                             "Anticipo del 10/11/2026 100.00",
                             "Acconto del 10/11/2026: 100.00",
                             "Aanbetaling van 10-11-2026: 100.00"}) {
        CAPTURE(line);
        CHECK(Reading(kEnglish + line + "\n").doubts("amount_due"));
        CHECK(Reading(kEnglish + kFar + line + "\n").doubts("amount_due"));
    }
    for (const char* line : {"Anzahlung vom 10.11.2026: 100,00", "Vorauszahlung vom 10.11.2026 100,00",
                             "Erhaltene Abschlagszahlung 100,00", "Ihre Zahlung vom 10.11.: 100,00", "Akonto 100,00",
                             "1. Abschlag 100,00", "Guthaben: 100,00", "Sicherheitseinbehalt 5 %: 20,00",
                             "Rabatt 10 %: 40,00", "Wir haben am 10.11. 100,00 MNEE von Ihnen erhalten."}) {
        CAPTURE(line);
        CHECK(Reading(kGerman + line + "\n").doubts("amount_due"));
        CHECK(Reading(kGerman + kFar + line + "\n").doubts("amount_due"));
    }
}

TEST_CASE("a row right below the total asks, also where no word is known", "[parser_rules][totals]") {
    for (const char* line : {"Goodwill 20.00", "Stage one   20.00 MNEE", "Wxyz: 20.00"}) {
        CAPTURE(line);
        const Reading reading(kEnglish + line + "\n");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warning("amount_due_unclear").find(std::string(line).substr(0, 4)) != std::string::npos);
        CHECK(Reading(kEnglish + kFar + line + "\n").sure("amount_due"));  // a footer
    }
}

TEST_CASE("fees, terms, taxes, rates and other things below the total ask nothing", "[parser_rules][totals]") {
    for (const char* line : {"Late fee 25.00",
                             "Late payment charges: 25.00",
                             "Dunning fee: 5.00",
                             "If you pay late, a fee of 40.00 MNEE is due.",
                             "Cheques returned unpaid cost 15.00 MNEE.",
                             "2 % discount if paid within 10 days: 8.00",
                             "Early payment discount 2%: 8.00",
                             "Payment within 10 days: 392.00",
                             "Payment by 10 Dec 2026: 392.00",
                             "Payment reference: 12.34.56",
                             "Minimum payment 50.00",
                             "Exchange rate: 1.0850",
                             "Weight 12.50 kg",
                             "Hours worked: 12.50",
                             "Total: 400.00 MNEE",
                             "Amount   400.00",
                             "VAT included 20%: 66.67",
                             "Including VAT: 66.67",
                             "Net: 333.33\nVAT 20%: 66.67",
                             "20 %   333.33   66.67",
                             "Hosting 300.00\nDNS 100.00",
                             "Please pay 400.00 MNEE by 10 December 2026."}) {
        CAPTURE(line);
        CHECK(Reading(kEnglish + line + "\n")["amount_due"] == "400.00");
        CHECK(Reading(kEnglish + line + "\n").sure("amount_due"));
    }
    for (const char* line :
         {"Mahngebühr 5,00", "Skonto 2 %: 8,00", "Bei Zahlung bis 10.12.2026: 392,00",
          "2 % Skonto bei Zahlung innerhalb von 10 Tagen: 8,00", "Zahlung innerhalb 14 Tagen: 392,00",
          "Zahlbar bis 10.12.2026 abzgl. 2 % Skonto = 392,00 MNEE", "Stammkapital: 100,00",
          "Indemnité forfaitaire pour frais de recouvrement : 40,00", "Enthaltene MwSt 19 %: 63,87"}) {
        CAPTURE(line);
        CHECK(Reading(kGerman + line + "\n").sure("amount_due"));
    }
}

TEST_CASE("what the sum due takes off already is explained", "[parser_rules][totals]") {
    CHECK(Reading(kEnglish + "Deposit paid: 100.00\nAmount due: 300.00 MNEE\n").sure("amount_due"));
    CHECK(Reading(kEnglish + "Deposit paid: 100.00\nDeposit of 12 Nov: 50.00\nAmount due: 300.00 MNEE\n")
              .doubts("amount_due"));
    CHECK(Reading(kEnglish + "Deposit received 10 Nov: 100.00\nAmount due: 400.00 MNEE\n").doubts("amount_due"));
    // A box with the sum above the items is not where they are counted from.
    CHECK(
        Reading("Amount due: 400.00 MNEE\n\nDeposit box 150.00\nSafe 250.00\nTotal: 400.00 MNEE\n").sure("amount_due"));
}

TEST_CASE("a credit note in a row of an invoice is taken off, and does not name the paper", "[parser_rules][types]") {
    const std::string title = "INVOICE\nInvoice number: A-17\n\nWork 65.00 MNEE\n";
    for (const char* row : {"Credit note CN-12: -10.00 MNEE\n", "Gutschrift GS-12: -10.00 MNEE\n"}) {
        CAPTURE(row);
        const Reading paid_less(title + "Total 65.00 MNEE\n" + row + "Amount due: 55.00 MNEE\n");
        CHECK(paid_less["document_type"] == "invoice");
        CHECK(paid_less["amount_due"] == "55.00");
        CHECK(paid_less.sure("amount_due"));
        const Reading asked(title + row + "Total: 55.00 MNEE\n");
        CHECK(asked["document_type"] == "invoice");
        CHECK(asked.doubts("amount_due"));
        CHECK(Reading(title + "Total 65.00 MNEE\n" + row + "Amount due: 60.00 MNEE\n").doubts("amount_due"));
    }
    CHECK(Reading("CREDIT NOTE CN-12\nInvoice number: A-17\nTotal: -55.00 MNEE\n")["document_type"] == "credit_note");
    CHECK(Reading("INVOICE\nCREDIT NOTE\nTotal: 55.00 MNEE\n")["document_type"] == "credit_note");
}

TEST_CASE("a correction that asks for money is no credit note", "[parser_rules][types]") {
    for (const char* title : {"Rechnungskorrektur", "Korrekturrechnung"}) {
        CAPTURE(title);
        const std::string paper = std::string(title) + "\nRechnungsnummer: A-17\nGesamtbetrag: ";
        CHECK(Reading(paper + "55,00 EUR\n")["document_type"] == "corrected_invoice");
        CHECK(Reading(paper + "-55,00 EUR\n")["document_type"] == "credit_note");
    }
    CHECK(Reading("Gutschrift\nGesamtbetrag: 55,00 EUR\n")["document_type"] == "credit_note");
}

}  // namespace
}  // namespace parser_rules
