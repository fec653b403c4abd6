#include "reading.hpp"

namespace parser_rules {
namespace {

TEST_CASE("the seller's label decides", "[parser_rules][parties]") {
    for (const char* text :
         {"Vendor: Alpha Cloud LLC\nBill to: Beta Inc.\n", "From:   Alpha Cloud LLC\nTo:     Beta Inc.\n",
          "Verk\xC3\xA4ufer\nNummer:   7\nName:     Alpha Cloud LLC\n\n\nK\xC3\xA4ufer\nName:     Beta Inc.\n",
          "Seller: Alpha Cloud LLC      Buyer: Beta Inc.\n",
          "Sold by: Alpha Cloud LLC, 1 High Street\nSold to: Beta Inc.\n",
          "Fournisseur : Alpha Cloud LLC\nClient : Beta Inc.\n"}) {
        CAPTURE(text);
        const Reading reading(text);
        CHECK(reading["seller.name"] == "Alpha Cloud LLC");
        CHECK(reading["buyer.name"] == "Beta Inc.");
        CHECK(reading.confidence("seller.name") >= 9000);
    }
}

TEST_CASE("a letterhead is believed when it speaks for itself", "[parser_rules][parties]") {
    CHECK(Reading("ALPHA CLOUD LLC        INVOICE\n1 High Street\n\nBILL TO:\nBeta Inc.\n")["seller.name"] ==
          "ALPHA CLOUD LLC");
    CHECK(Reading("Larkspur, Ltd.\nBill to: Beta Inc.\n")["seller.name"] == "Larkspur, Ltd.");
    const Reading window(
        "Alpha GmbH \xC2\xB7 Hauptstr. 1 \xC2\xB7 12345 Stadt\n\nBeta AG\nNebenweg 2\n54321 Dorf\n\n\nRechnung Nr. "
        "5\n\nAlpha GmbH, info@alpha.example\n");
    CHECK(window["seller.name"] == "Alpha GmbH");
    CHECK(window.sure("seller.name"));
    CHECK(Reading("Alpha SARL au capital de 10 000 EUR\n")["seller.name"] == "Alpha SARL");
}

TEST_CASE("a name without support, or one of two, asks a human", "[parser_rules][parties]") {
    CHECK(Reading("Alpha\nInvoice no: 1\n").doubts("seller.name"));
    CHECK(Reading("Vendor: Alpha LLC\nTotal: 1.00\nVendor: Beta LLC\n").doubts("seller.name"));
    CHECK(Reading("Alpha LLC\nBeta LLC\n").doubts("seller.name"));
}

TEST_CASE("what is no name is not taken for one", "[parser_rules][parties]") {
    for (const char* text : {"From: 2024-01-01 To: 2024-01-31\n", "Vendor: billing@alpha.example\n",
                             "INVOICE\nDate: 2024-01-01\n", "Vendor:\n", "Bill to: Beta Inc.\n"}) {
        CAPTURE(text);
        CHECK(Reading(text)["seller.name"].empty());
    }
}

TEST_CASE("the seller's tax number is not the buyer's", "[parser_rules][parties]") {
    struct Case {
        const char* text;
        const char* id;
    };
    const Case cases[] = {
        {"USt-IdNr.: DE123456789\n", "DE123456789"},
        {"N\xC2\xB0 TVA : FR 32 123 456 789\n", "FR32123456789"},
        {"GSTIN: 29ABCDE1234F1Z5\n", "29ABCDE1234F1Z5"},
        {"VAT Reg No GB 123 4567 89\n", "GB123456789"},
        {"EIN 00-1234567\n", "00-1234567"},
        {"Steuernummer: 077/815/08151\nUSt.-Id.-Nr.: DE123456789\n", "DE123456789"},
        {"P.IVA 12345678901\n", "12345678901"},
        {"VAT ID: IE1234567FA\nBill to:\nBeta Ltd\nVAT ID: GB123456789\n", "IE1234567FA"},
        {"Seller: A BV     Buyer: B NV\nVAT: NL123456789B01     VAT: BE0123456789\n", "NL123456789B01"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        CHECK(Reading(c.text)["seller.tax_id"] == c.id);
    }
    CHECK(Reading("VAT ID\nPT\n")["seller.tax_id"].empty());
    CHECK(Reading("Customer VAT: DE123456789\n")["seller.tax_id"].empty());
    CHECK(Reading("VAT ID: DE123456789\nVAT ID: FR32123456789\n").doubts("seller.tax_id"));
}

}  // namespace
}  // namespace parser_rules
