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

TEST_CASE("titles that compete ask a human", "[parser_rules][document_type]") {
    const Reading reading("Statement\nInvoice number: 5\n");
    CHECK(reading.doubts("document_type"));
    CHECK(reading.warns("document_type_unclear"));
}

}  // namespace
}  // namespace parser_rules
