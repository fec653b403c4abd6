// A line of its own that says what the paper is without a sentence, and the lines that only begin like one.
#include "reading.hpp"

namespace parser_rules {
namespace {

std::string with(const std::string& line) {
    return "TIDEWATER DNS LLC\n\nINVOICE\nInvoice Number:  TW-5498\nInvoice Date:    10/24/2025\nDue Date:        "
           "11/07/2025\n\nBill To\nAutonomous Treasurer Inc.\n\n"
           "Managed DNS, 12 zones                                        48.50\n"
           "Total                                                   48.50 MNEE\n" +
           line + "\n\nPay to: 0x2222222222222222222222222222222222222222\n";
}

void asks(std::initializer_list<const char*> lines, std::string_view code) {
    for (const char* line : lines) {
        CAPTURE(line);
        const Reading reading(with(line));
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns(code));
    }
}

void pays(std::initializer_list<const char*> lines) {
    for (const char* line : lines) {
        CAPTURE(line);
        CHECK(Reading(with(line)).sure("amount_due"));
    }
}

TEST_CASE("a strong word that leads its line asks whatever follows", "[parser_rules][stamps]") {
    asks({"Already settled, for your records only", "Ausgeglichen am 21.11.2025", "Collected on 12 Nov 2025",
          "Settled last week by our head office", "Zahlungsart: Vorkasse (eingegangen)", "Verrechnet im November",
          "Incassato il 21.11.2025"},
         "paid_already");
    asks({"Superseded by KA-9999", "Replaced by KA-9999", "ON HOLD pending dispute", "Suspended until further notice",
          "Cancelled due to a mistake", "Anulado por el cliente", "ung\xC3\xBCltig - bitte vernichten",
          "Annul\xC3\xA9"
          "e le 21.11.2025"},
         "not_to_be_paid");
}

TEST_CASE("a strong word is harmless before what it only describes", "[parser_rules][stamps]") {
    pays({"Settled accounts are archived.", "Cancelled orders are refunded within 14 days.", "Void if altered",
          "Ung\xC3\xBCltig ohne Unterschrift", "Cleared gutters and downpipes", "Replaced by technician on site",
          "Suspended ceiling tiles", "Received in good order by:", "Solde \xC3\xA0 payer",
          "Eingegangen: Auftrag vom 10.11.2025"});
}

TEST_CASE("the name of another paper alone on a line asks", "[parser_rules][stamps]") {
    asks({"SAMPLE", "Test", "*** COPY ***", "Muster", "Kopie", "Zweitschrift", "DUPLICATE", "COPIE", "BORRADOR",
          "VOORBEELD", "Nur Muster", "sample - not valid for payment", "Second request", "Past due - second notice",
          "OVERDUE"},
         "not_to_be_paid");
    CHECK(Reading(with("Letzte Mahnung"))["document_type"] == "reminder");
    CHECK(Reading(with(std::string(40, '\n') + "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nu\n"
                                               "Letzte Mahnung"))
              .doubts("amount_due"));
    pays({"Test equipment rental", "Copy paper A4", "Sample Ltd", "CUSTOMER COPY", "Original", "Kundenkopie",
          "Copie client", "Muster GmbH", "Sample no. 12 analysed", "Payment request", "Notice",
          "Past due invoices bear interest at 1.5 % per month.", "Reminder fee 5 % after 30 days"});
}

TEST_CASE("a line that names another invoice as its subject asks", "[parser_rules][stamps]") {
    asks({"Corrects invoice DE-100", "Amended version of DE-100", "Re: reminder for DE-100",
          "Outstanding invoices: DE-100", "Reminder for invoice KA-8001 of 2025-11-20: 81.00 MNEE",
          "Korrektur zu Rechnung DE-100", "Kopie der Rechnung 2025-0816", "Annule et remplace la facture F-77"},
         "not_to_be_paid");
    pays({"Replaces part 4711", "Outstanding amounts bear interest at 8 %.", "Revised 2025-11-21", "Unpaid invoices: 0",
          "Overdue invoices: 1.5 % per month", "Corrected measurements included"});
}

TEST_CASE("what waits to be approved asks", "[parser_rules][stamps]") {
    asks({"Awaiting approval - not yet final", "Under review", "Approval pending", "Held for internal review",
          "In Pr\xC3\xBC"
          "fung",
          "Noch nicht freigegeben", "En attente de validation", "En cours de validation"},
         "not_to_be_paid");
    pays({"On approval of the final design", "Under clause 4 of the agreement",
          "Pr\xC3\xBC"
          "fung der Anlage"});
}

TEST_CASE("a sum that came in or goes back asks", "[parser_rules][stamps]") {
    asks({"Der Betrag ist bereits bei uns eingegangen.", "Der Betrag wurde bereits vereinnahmt",
          "The amount has already been collected.",
          "La somme a \xC3\xA9t\xC3\xA9 encaiss\xC3\xA9"
          "e."},
         "paid_already");
    asks({"This amount will be credited to you.", "Der Betrag wird Ihnen gutgeschrieben.", "Kein Zahlbetrag offen",
          "Ce montant vous sera rembours\xC3\xA9.", "Este importe le ser\xC3\xA1 abonado"},
         "not_to_be_paid");
    pays({"Returned goods will be credited to your account.", "If you cancel, the amount will be refunded to you.",
          "Der Betrag muss bis zum 21.12.2025 eingegangen sein.", "Overpaid amounts will be refunded to you."});
}

TEST_CASE("stamps cost no more than what stands around them", "[parser_rules][stamps]") {
    std::string text = with("");
    for (int n = 0; n < 20'000; ++n) text += "copy settled reminder on hold 5 % ";
    CHECK(Reading(text).found().steps < text.size() * 40);
}

}  // namespace
}  // namespace parser_rules
