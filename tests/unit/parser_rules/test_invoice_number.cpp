#include "reading.hpp"

namespace parser_rules {
namespace {

TEST_CASE("the invoice number follows its label", "[parser_rules][number]") {
    struct Case {
        const char* text;
        const char* number;
    };
    const Case cases[] = {
        {"Invoice Number: KX-204", "KX-204"},
        {"INVOICE      #HX-55-09", "HX-55-09"},
        {"Invoice no. 0417/03/2031", "0417/03/2031"},
        {"Rechnung Nr. 88310 vom 09.10.2031", "88310"},
        {"Schlussrechnung (326) Nr. 88310 vom 09.10.2031", "88310"},
        {"Rechnung RG7730", "RG7730"},
        {"FACTURE N\xC2\xB0 :      FX310044", "FX310044"},
        {"FACTURA N\xC2\xBA: 2024/0157", "2024/0157"},
        {"Fattura n. 123/2024 del 15/03/2024", "123/2024"},
        {"Factuurnummer   550210777", "550210777"},
        {"Invoice No    Date\nX-9           2024-01-02\n", "X-9"},
        {"Rechnungsnummer: 900 123 456", "900 123 456"},
        {"Invoice No: INV 2024 017", "INV 2024 017"},
        {"Invoice No.: NF\xE2\x80\x91"
         "2025\xE2\x80\x91"
         "0412",
         "NF-2025-0412"},
        {"Receipt # No.: 70815", "70815"},
        {"Invoice # AB-9/31 issued at 2031-10-09", "AB-9/31"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(Reading(c.text)["invoice_number"] == c.number);
    }
}

TEST_CASE("other numbers and dates are not the invoice's", "[parser_rules][number]") {
    for (const char* text :
         {"Order number: 12345", "Customer No: 5566", "Invoice date: 2024-01-02", "Invoice 11/15/2019",
          "Invoice Number: none", "Kundennummer: 30418", "Original invoice: X-1", "Invoice total: 100.00 EUR"}) {
        CAPTURE(text);
        CHECK(Reading(text)["invoice_number"].empty());
    }
}

TEST_CASE("a credit note has its own number", "[parser_rules][number]") {
    const Reading reading("CREDIT NOTE\nCredit note number: CN-4\nOriginal invoice number: INV-1\n");
    CHECK(reading["invoice_number"] == "CN-4");
    CHECK(reading["document_type"] == "credit_note");
}

TEST_CASE("several numbers, or one that may go on, ask a human", "[parser_rules][number]") {
    CHECK(Reading("Invoice No: A-1\nInvoice No: A-2\n").warns("numbers_compete"));
    CHECK(Reading("Invoice No: A-1\nInvoice No: A-2\n").doubts("invoice_number"));
    CHECK(Reading("Invoice No: 2024 / 17\n").doubts("invoice_number"));
    CHECK(Reading("Invoice No   Amount\n1001         10.00\n1002         20.00\n").doubts("invoice_number"));
}

}  // namespace
}  // namespace parser_rules
