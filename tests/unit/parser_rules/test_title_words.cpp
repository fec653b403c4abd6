// Words beside "invoice" in a title that make another paper of it, or one that may have been paid long ago.
#include "reading.hpp"

namespace parser_rules {
namespace {

std::string titled(const std::string& title) {
    return "TIDEWATER DNS LLC\n\n" + title +
           "\nInvoice Number:  TW-5498\nInvoice Date:    10/24/2025\nDue Date:        11/07/2025\n\n"
           "Managed DNS, 12 zones                                        48.50\n"
           "Total                                                   48.50 MNEE\n";
}

TEST_CASE("a title that makes another paper of an invoice asks", "[parser_rules][title_words]") {
    for (const char* title : {"INVOICE CANCELLATION",
                              "INVOICE DISPUTE",
                              "INVOICE QUERY",
                              "Invoice TW-5498 - Query",
                              "INVOICE ENQUIRY",
                              "INVOICE CORRECTION REQUEST",
                              "INVOICE REQUEST",
                              "Cancellation of invoice no. 5498",
                              "CANCELLATION OF INVOICE TW-5498",
                              "Dispute of invoice 5498",
                              "Query regarding invoice 5498",
                              "INVOICE 5498 - CANCELLED",
                              "TEST INVOICE",
                              "Test Invoice",
                              "INVOICE - TEST",
                              "INVOICE TEMPLATE",
                              "SAMPLE INVOICE",
                              "INVOICE #5498 - SAMPLE",
                              "INVOICE SPECIMEN",
                              "INVOICE PREVIEW",
                              "CORRECTED INVOICE",
                              "REVISED INVOICE",
                              "INVOICE SUMMARY",
                              "Anlage zur Rechnung Nr. 17",
                              "INVOICE ATTACHMENT",
                              "INVOICE LIST",
                              "INVOICE - NOT FOR PAYMENT",
                              "INVOICE      NOT FOR PAYMENT",
                              "INVOICE FOR INFORMATION ONLY",
                              "INVOICE - THIS PAPER IS FOR INFORMATION ONLY, NOT A DEMAND",
                              "MUSTERRECHNUNG",
                              "Musterrechnung Nr. 17",
                              "Rechnung (Muster)",
                              "Rechnung - Widerspruch",
                              "FACTURE (LITIGE)",
                              "FATTURA DI PROVA",
                              "INVOICE REPRINT",
                              "RE-PRINT OF INVOICE",
                              "RECEIPTED INVOICE",
                              "INVOICE RECEIPT",
                              "Tax invoice / receipt",
                              "ESTIMATED INVOICE",
                              "PRELIMINARY INVOICE",
                              "Rechnung / Quittung",
                              "FACTUUR - KLACHT"}) {
        CAPTURE(title);
        const Reading reading(titled(title));
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("not_to_be_paid"));
    }
}

TEST_CASE("a copy of an invoice may have been paid long ago", "[parser_rules][title_words]") {
    for (const char* title :
         {"INVOICE COPY", "Invoice Copy", "VAT INVOICE COPY", "INVOICE 17 (COPY)", "COPY OF INVOICE",
          "DUPLICATE INVOICE", "INVOICE DUPLICATE", "TAX INVOICE (DUPLICATE)", "INVOICE       DUPLICATE",
          "INVOICE\nDUPLICATE", "DUPLICATE\nINVOICE", "INVOICE (OFFICE COPY)", "RECHNUNGSKOPIE", "Rechnung (Kopie)",
          "FACTURE - COPIE", "DUPLICATA DE FACTURE", "FACTURA - COPIA", "KOPIE FACTUUR"}) {
        CAPTURE(title);
        CHECK(Reading(titled(title)).warns("not_to_be_paid"));
    }
    for (const char* title : {"INVOICE - CUSTOMER COPY", "Original invoice copy", "INVOICE (ORIGINAL)",
                              "INVOICE\nDownload a copy of this invoice at example.com"}) {
        CAPTURE(title);
        CHECK(Reading(titled(title)).sure("amount_due"));
    }
}

TEST_CASE("who is asked about a title reads it", "[parser_rules][title_words]") {
    CHECK(Reading(titled("INVOICE CORRECTION   REQUEST")).warning("not_to_be_paid") ==
          "the title says that it is no plain invoice (\"INVOICE CORRECTION REQUEST\")");
}

TEST_CASE("the title of a plain invoice may hold other words", "[parser_rules][title_words]") {
    for (const char* title :
         {"INVOICE", "TAX INVOICE", "COMMERCIAL INVOICE", "SALES INVOICE", "ORIGINAL INVOICE", "Final invoice",
          "Customer invoice", "INVOICE No. 5498", "INVOICE  Page 1 of 2", "Invoice October 2025",
          "Invoice for October 2025", "Tidewater Invoice", "INVOICE / REQUEST FOR PAYMENT", "RECHNUNG - ORIGINAL",
          "Rechnung Nr. 17 vom 24.10.2025", "Facture client"}) {
        CAPTURE(title);
        CHECK(Reading(titled(title)).sure("amount_due"));
        CHECK_FALSE(Reading(titled(title)).warns("not_to_be_paid"));
    }
}

TEST_CASE("a company's name beside the title, or under it, is no part of it", "[parser_rules][title_words]") {
    for (const char* title : {"ACME Ltd      INVOICE", "Sample Supplies Ltd      INVOICE", "Test Rite Inc     INVOICE",
                              "Copy Shop Berlin GmbH Rechnung", "Invoice for: Test Corp", "Invoice to: Sample Ltd",
                              "INVOICE\nTest Street 5"}) {
        CAPTURE(title);
        CHECK_FALSE(Reading(titled(title)).warns("not_to_be_paid"));
    }
}

TEST_CASE("a box on an invoice is not its title", "[parser_rules][title_words]") {
    for (const char* title : {"INVOICE\nInvoice summary", "INVOICE         Invoice summary", "INVOICE\nSummary",
                              "INVOICE\nInvoice queries: 0123 4567", "Invoice queries: billing@a.com\nINVOICE",
                              "INVOICE\nList of services", "INVOICE\nQuestions? Send us a query"}) {
        CAPTURE(title);
        CHECK_FALSE(Reading(titled(title)).warns("not_to_be_paid"));
    }
}

}  // namespace
}  // namespace parser_rules
