#include "reading.hpp"

namespace parser_rules {
namespace {

std::string issue(const std::string& written) {
    return Reading("Invoice date: " + written + "\n")["issue_date"];
}

TEST_CASE("dates are read in the ways of several countries", "[parser_rules][dates]") {
    struct Case {
        const char* written;
        const char* iso;
    };
    const Case cases[] = {
        {"2025-12-19", "2025-12-19"},
        {"19.12.2025", "2025-12-19"},
        {"3. 3. 2025", "2025-03-03"},
        {"19/12/2025", "2025-12-19"},
        {"12/19/2025", "2025-12-19"},
        {"December 19, 2025", "2025-12-19"},
        {"Dec. 19th 2025", "2025-12-19"},
        {"19 December 2025", "2025-12-19"},
        {"19-Dec-2025", "2025-12-19"},
        {"07/Nov/2025", "2025-11-07"},
        {"19 d\xC3\xA9"
         "c. 2025",
         "2025-12-19"},
        {"1er mars 2025", "2025-03-01"},
        {"3. M\xC3\xA4rz 2025", "2025-03-03"},
        {"5 de enero de 2025", "2025-01-05"},
        {"15 marzo 2024", "2024-03-15"},
        {"28 maart 2023", "2023-03-28"},
        {"2nd of May 2024", "2024-05-02"},
        {"26.10.22", "2022-10-26"},
        {"2024/02/29", "2024-02-29"},
        {"20240229", "2024-02-29"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.written);
        CHECK(issue(c.written) == c.iso);
    }
}

TEST_CASE("what is no date is not made one", "[parser_rules][dates]") {
    for (const char* written : {"31.02.2025", "2023-02-29", "32/13/2025", "INV-2024-03-05", "0417/03/2031", "1.2.3.4",
                                "19.12.20251", "tomorrow", "12/2025", "00.00.2025"}) {
        CAPTURE(written);
        CHECK(issue(written).empty());
    }
}

TEST_CASE("the order of day and month comes from the document, else a human is asked", "[parser_rules][dates]") {
    const std::string dates = "Invoice date: 03/04/2024\n";
    CHECK(Reading(dates + "Due date: 25/04/2024\n")["issue_date"] == "2024-04-03");
    CHECK(Reading(dates + "Due date: 04/25/2024\n")["issue_date"] == "2024-03-04");
    CHECK(Reading(dates + "Total: \xC2\xA3"
                          "12.00\n")["issue_date"] == "2024-04-03");
    CHECK(Reading(dates + "Larch, TX 98342\nTotal: $12.00\n")["issue_date"] == "2024-03-04");
    CHECK(Reading("Date de facture : 03/04/2024\nTotal TTC : 12,00 EUR\nTVA : 2,00\n")["issue_date"] == "2024-04-03");

    const Reading unclear(dates + "Total: 12.00 MNEE\n");
    CHECK(unclear.doubts("issue_date"));
    CHECK(unclear.warns("date_order"));
    CHECK(unclear.alternatives("issue_date") == 1);
    const Reading mixed(dates + "Due date: 25/04/2024\nDelivery date: 04/25/2024\n");
    CHECK(mixed.doubts("issue_date"));
    CHECK(Reading("Invoice date: 05/05/2024\nTotal: 12.00 MNEE\n").sure("issue_date"));
}

TEST_CASE("each date has its own label", "[parser_rules][dates]") {
    const Reading reading(
        "Invoice Number     Invoice Date   Invoice Due Date    Charges\n\n"
        "70442              7/19/2031      8/25/2031            $63.80\n"
        "Delivery date: 7/28/2031\n");
    CHECK(reading["issue_date"] == "2031-07-19");
    CHECK(reading["due_date"] == "2031-08-25");
}

TEST_CASE("a due date may stand in a sentence, a discount's date is none", "[parser_rules][dates]") {
    CHECK(Reading("Bitte \xC3\xBC"
                  "berweisen Sie bis zum 23.09.2031:\n")["due_date"] == "2031-09-23");
    CHECK(Reading("Please remit until 2031-02-03.\n")["due_date"] == "2031-02-03");
    CHECK(Reading("Zahlbar innerhalb 20 Tagen netto bis 09.03.2031, 2% Skonto bis 27.02.2031\n")["due_date"] ==
          "2031-03-09");
    CHECK(Reading("Bei Zahlung bis 10.04.2024 abzgl. 2% Skonto\nZahlbar bis 03.05.2024\n")["due_date"] == "2024-05-03");
    CHECK(Reading("Payment terms: net 30\nInvoice date: 2024-05-03\n")["due_date"].empty());
}

TEST_CASE("two dates beside one label ask a human", "[parser_rules][dates]") {
    const Reading reading("Due date: 2024-05-03\nTotal: 10.00 EUR\nDue date: 2024-06-03\n");
    CHECK(reading.doubts("due_date"));
    CHECK(reading.warns("dates_compete"));
}

}  // namespace
}  // namespace parser_rules
