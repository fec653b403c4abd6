#include "reading.hpp"

namespace parser_rules {
namespace {

TEST_CASE("the title says what kind of paper it is", "[parser_rules][document_type]") {
    struct Case {
        const char* text;
        const char* type;
    };
    const Case cases[] = {
        {"INVOICE\n", "invoice"},
        {"TAX INVOICE\n", "invoice"},
        {"Rechnung Nr. 5\n", "invoice"},
        {"CREDIT NOTE\nOriginal invoice: 5\n", "credit_note"},
        {"Gutschrift\nGutschrift Nr. 5\n", "credit_note"},
        {"SECOND NOTICE\nInvoice number: 5\n", "reminder"},
        {"2. Mahnung\nRechnung Nr. 5\n", "reminder"},
        {"Zahlungserinnerung\nRechnung Nr. 5\n", "reminder"},
        {"RECEIPT\nReceipt number: 5\n", "receipt"},
        {"Quotation\nQuote no: 5\n", "quote"},
        {"PROFORMA INVOICE\n", "proforma"},
        {"Statement\n", "statement"},
        {"FACTURE\n", "invoice"},
        {"Invoice number: 5\n", "invoice"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(Reading(c.text)["document_type"] == c.type);
        CHECK(Reading(c.text).sure("document_type"));
    }
}

TEST_CASE("a word in a sentence is no title", "[parser_rules][document_type]") {
    CHECK(Reading("Invoice\nPlease quote this number. A reminder will be sent after thirty days.\n")["document_type"] ==
          "invoice");
    CHECK(Reading("Thank you for your business\n")["document_type"].empty());
}

TEST_CASE("a paper that names an invoice but is none is not taken for one", "[parser_rules][document_type]") {
    struct Case {
        const char* text;
        const char* type;
    };
    const Case cases[] = {
        {"REMITTANCE ADVICE\nVendor: Alpha LLC\nInvoice number: TW-5498\nTotal: 48.50 MNEE\n", "remittance_advice"},
        {"Zahlungsavis\nRechnungsnummer: 17\nSumme: 48,50 EUR\n", "remittance_advice"},
        {"PURCHASE ORDER\nDocument no: 17\nVendor: Alpha LLC\nTotal: 48.50 MNEE\n", "purchase_order"},
        {"Alpha LLC        PURCHASE ORDER\nDocument no: 17\nTotal: 48.50 MNEE\n", "purchase_order"},
        {"Work Order\nInvoice number: 17\nTotal: 48.50 MNEE\n", "work_order"},
        {"Bestellung\nNr. 17\nSumme: 48,50 EUR\n", "bestellung"},
        {"Bon de commande\nTotal : 48,50 EUR\n", "bon_de_commande"},
        {"DELIVERY NOTE\nTotal: 48.50 MNEE\n", "delivery_note"},
        {"CONTRACT\nBetween Alpha LLC and Beta LLC\nTotal: 48.50 MNEE\n", "contract"},
        {"STATEMENT OF ACCOUNT\nTotal: 48.50 MNEE\n", "statement"},
        {"ESTIMATE\nTotal: 48.50 MNEE\n", "quote"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(Reading(c.text)["document_type"] == c.type);
    }
}

TEST_CASE("what names no kind of paper asks a human", "[parser_rules][document_type]") {
    for (const char* text :
         {"PAYMENT SLIP\nVendor: Alpha LLC\nInvoice number: TW-5498\nTotal: 48.50 MNEE\n",
          "Document no: 17\nVendor: Alpha LLC\nTotal: 48.50 MNEE\n", "Vendor: Alpha LLC\nTotal due: 48.50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text).doubts("document_type"));
        CHECK(Reading(text).warns("document_type_unclear"));
    }
}

TEST_CASE("an invoice needs no title where its number stands for one", "[parser_rules][document_type]") {
    for (const char* text :
         {"Alpha LLC\nInvoice number: 17\nAmount due: 48.50 MNEE\n",
          "Alpha LLC\nInvoice number: 17\nDue date: 2025-11-07\n", "Alpha LLC\nINVOICE #17\nTotal: 48.50 MNEE\n",
          "Alpha GmbH\nRechnung Nr. 17\nSumme: 48,50 EUR\n",
          "Vendor: Alpha LLC\nInvoice number: 17\nTotal: 48.50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["document_type"] == "invoice");
        CHECK(Reading(text).sure("document_type"));
    }
}

TEST_CASE("the number of an order, or a slip to send back, does not change what an invoice is",
          "[parser_rules][document_type]") {
    for (const char* text : {"INVOICE\nPurchase order: 4711\nTotal: 48.50 MNEE\n", "INVOICE\n\nPurchase order\n4711\n",
                             "INVOICE\nTotal: 48.50 MNEE\n\nREMITTANCE ADVICE\nInvoice number: 17\n",
                             "INVOICE #17\nTotal: 48.50 MNEE\n\nRemittance advice\n",
                             "Invoice number: 17\nPurchase order\n4711\nAmount due: 48.50 MNEE\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["document_type"] == "invoice");
        CHECK(Reading(text).sure("document_type"));
    }
}

TEST_CASE("a credit note is one where its number stands in the title", "[parser_rules][document_type]") {
    for (const char* text :
         {"Alpha LLC\nCREDIT NOTE NO. CN-1\nAmount due: 50.00\n",
          "CREDIT NOTE #CN-4\nDue date: 2026-12-01\nTotal: 50.00\n",
          "Alpha LLC          Credit memo no. 5\nInvoice no. 17\nAmount due: 50.00\n",
          "Gutschrift Nr. 5\nZahlbetrag 50,00\n",
          "Gutschrift Nr. 5 zu Rechnung Nr. 17 vom 3. Mai 2026\nF\xC3\xA4llig am 12.12.2026\n",
          "Stornorechnung Nr. 5\nZahlbetrag 50,00\n", "AVOIR N\xC2\xB0 5\nNet \xC3\xA0 payer 50,00\n",
          "NOTA DE CR\xC3\x89"
          "DITO N\xC2\xBA 5\nTotal a pagar 50,00\n",
          "Abono n.\xC2\xBA 5\nTotal a pagar 50,00\n", "NOTA DI CREDITO N. 5\nTotale da pagare 50,00\n",
          "Creditnota nr. 5\nTe betalen 50,00\n", "Gutschriftsnummer: 5\nZahlbetrag 50,00\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["document_type"] == "credit_note");
    }
    CHECK(Reading("Rechnungskorrektur Nr. 5\nZahlbetrag 50,00\n")["document_type"] == "corrected_invoice");
    CHECK(Reading("FACTURA RECTIFICATIVA N. 5\nTotal a pagar 50,00\n")["document_type"] == "corrected_invoice");
}

TEST_CASE("an invoice that names a credit note's number stays an invoice, and asks", "[parser_rules][document_type]") {
    for (const char* text :
         {"INVOICE\nInvoice number: 17\nAmount due: 50.00\nCredit note no. CN-1 has been taken off.\n",
          "INVOICE\nInvoice number: 17\nTotal: 60.00\nCredit note no. CN-1     -10.00\nAmount due: 50.00\n",
          "Invoice number: 17\nCREDIT NOTE NO. CN-1\nAmount due: 50.00\n",
          "INVOICE #17\nThis refers to credit note no. CN-1.\nAmount due: 50.00\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["document_type"] == "invoice");
        CHECK(Reading(text).doubts("invoice_number"));
    }
    CHECK(Reading("INVOICE\nCredit note no. CN-1\nAmount due: 50.00\n").doubts("document_type"));
}

TEST_CASE("a reminder that counts itself is one, and nothing else", "[parser_rules][document_type]") {
    for (const char* text : {"REMINDER NO. 2\nInvoice number: 17\nAmount due: 50.00\n",
                             "INVOICE\nInvoice number: 17\nREMINDER NO. 2\nAmount due: 50.00\n",
                             "Mahnung Nr. 2\nRechnung Nr. 17\nZahlbetrag 50,00\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["document_type"] == "reminder");
        CHECK_FALSE(Reading(text).warns("not_to_be_paid"));
    }
}

TEST_CASE("titles that compete ask a human", "[parser_rules][document_type]") {
    const Reading reading("Statement\nInvoice number: 5\n");
    CHECK(reading.doubts("document_type"));
    CHECK(reading.warns("document_type_unclear"));
}

}  // namespace
}  // namespace parser_rules
