// Names of vendors are compared as people read them, in every script.
#include "records/vendor.hpp"

#include <catch2/catch.hpp>

using namespace treasurer;

TEST_CASE("names that people read as one have one form", "[vendor]") {
    const auto form = vendor_normal_form("Café Zürich Öl GmbH");
    CHECK(form == "café zürich öl");
    CHECK(vendor_normal_form("CAFÉ ZÜRICH ÖL GMBH") == form);
    CHECK(vendor_normal_form("Cafe\u0301 Zu\u0308rich O\u0308l") == form);  // with combining marks
    CHECK(vendor_normal_form("Ｃａｆé　Zürich\u00a0Öl") == form);           // full width, no-break space
    CHECK(vendor_normal_form("Ca\u00adfé Zürich – Öl") == form);            // soft hyphen, dash between words
    CHECK(vendor_normal_form("Straße AG") == vendor_normal_form("STRASSE AG"));
    CHECK(vendor_normal_form("O’Neil & Sons") == vendor_normal_form("O'NEIL SONS"));
    CHECK(vendor_normal_form("ΑΘΗΝΑ") == vendor_normal_form("αθηνα"));
}

TEST_CASE("names that people read as two have two forms", "[vendor]") {
    CHECK(vendor_normal_form("Cafe Zurich") != vendor_normal_form("Café Zürich"));
    CHECK(vendor_normal_form("Müller") != vendor_normal_form("Muller"));
    CHECK(vendor_normal_form("株式会社東京") != vendor_normal_form("株式会社京都"));
}

TEST_CASE("a name that is no UTF-8 still has a form", "[vendor]") {
    CHECK(vendor_normal_form("Acme \xff\xfe") == "acme \xff\xfe");
    CHECK(vendor_normal_form("\u2013 \u00a0 .").empty());
}
