// The invoices of examples/invoices, which the demo pays: what must be read from each.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "reading.hpp"

namespace parser_rules {
namespace {

std::string example(const std::string& name) {
    const char* source = std::getenv("TREASURER_SOURCE");
    std::ifstream in(std::string(source ? source : ".") + "/examples/invoices/" + name + ".txt", std::ios::binary);
    REQUIRE(in.good());
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST_CASE("the example invoices are read as their table says", "[parser_rules][examples]") {
    struct Case {
        const char *file, *seller, *number, *amount, *currency, *type;
    };
    const Case cases[] = {
        {"01_nimbus_forge_hosting", "NIMBUS FORGE HOSTING LLC", "NF-2025-0412", "180.00", "MNEE", "invoice"},
        {"02_pixel_harbor_cdn", "Pixel Harbor CDN Ltd", "PHC/11/00871", "320.50", "MNEE", "invoice"},
        {"03_quillnode_compute", "QUILLNODE COMPUTE INC.", "QN-77120", "1500.00", "MNEE", "invoice"},
        {"04_nimbus_forge_hosting_resent", "Nimbus Forge Hosting LLC", "NF-2025-0412", "180.00", "MNEE", "invoice"},
        {"05_tidewater_dns_new_wallet", "TIDEWATER DNS LLC", "TW-5510", "60.00", "MNEE", "invoice"},
        {"06_brandt_kessel_messtechnik", "Brandt & Kessel Messtechnik GmbH", "2025-1187", "1200.00", "EUR", "invoice"},
        {"07_atelier_du_reseau", "ATELIER DU R\xC3\x89SEAU SARL", "FA-2025-0318", "2500.00", "EUR", "invoice"},
        {"08_prairie_office_supply", "Prairie Office Supply Co.", "88231", "1950.00", "USD", "invoice"},
        {"09_sagara_cloudworks", "SAGARA CLOUDWORKS PRIVATE LIMITED", "SCW/25-26/0947", "141600.00", "INR", "invoice"},
        {"10_fenwick_legal", "Fenwick & Ash LLP", "FA/20918", "1620.00", "GBP", "invoice"},
        {"11_pixel_harbor_credit_note", "Pixel Harbor CDN Ltd", "PHC/CN/00041", "42.00", "MNEE", "credit_note"},
        {"12_pixel_harbor_second_notice", "Pixel Harbor CDN Ltd", "PHC/11/00871", "320.50", "MNEE", "reminder"},
        {"13_gravel_and_byte", "Gravel & Byte Studio LLC", "GB-001", "75.00", "MNEE", "invoice"},
        {"14_quillnode_in_usdc", "QUILLNODE COMPUTE INC.", "QN-77154", "95.00", "USDC", "invoice"},
        {"15_tidewater_dns_injection", "TIDEWATER DNS LLC", "TW-5533", "36.00", "MNEE", "invoice"},
        {"16_lumen_mail_relay", "Lumen Mail Relay LLC", "LMR-30977", "100.00", "MNEE", "invoice"},
        {"17_tidewater_dns", "TIDEWATER DNS LLC", "TW-5498", "48.50", "MNEE", "invoice"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.file);
        const Reading reading(example(c.file));
        CHECK(reading["seller.name"] == c.seller);
        CHECK(reading["invoice_number"] == c.number);
        CHECK(reading["amount_due"] == c.amount);
        CHECK(reading["currency"] == c.currency);
        CHECK(reading["document_type"] == c.type);
        if (!reading["buyer.name"].empty()) CHECK(reading["buyer.name"] == "Autonomous Treasurer Inc.");
        for (const char* path : {"seller.name", "invoice_number", "amount_due", "currency"}) {
            CAPTURE(path);
            CHECK(reading.confidence(path) >= 8000);
        }
    }
}

}  // namespace
}  // namespace parser_rules
