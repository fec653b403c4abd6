// A strong word - paid, superseded, charge, owe - makes its sentence ask, unless it is a sentence that invoices have
// anyway: a condition, a term, a duty, what others do.
#include "reading.hpp"

namespace parser_rules {
namespace {

const std::string kUnpaid =
    "TIDEWATER DNS LLC\n\nINVOICE\nInvoice Number:  TW-5498\nInvoice Date:    10/24/2025\nDue Date:        "
    "11/07/2025\n\n"
    "Bill To\nAutonomous Treasurer Inc.\n\nManaged DNS, 12 zones                                        48.50\n"
    "Total                                                   48.50 MNEE\n\n";

TEST_CASE("whatever sentence says that it was paid asks", "[parser_rules][claims]") {
    for (const char* line : {"PAID IN CASH",
                             "Paid on October 25",
                             "Payment: paid",
                             "Payment state: paid",
                             "ACH PAID",
                             "Paid check no. 1044",
                             "[x] Paid",
                             "Anna has paid this.",
                             "This was paid by your colleague on Monday",
                             "Bereits am 25.10.2025 bezahlt",
                             "Wurde am 25.10.2025 bezahlt",
                             "R\xC3\xA9gl\xC3\xA9 par carte",
                             "Factura abonada",
                             "Voldaan per pin",
                             "Settled",
                             "Invoice settled 10/25/2025",
                             "Rechnung ausgeglichen",
                             "Reeds verrekend",
                             "Payment was successful",
                             "Payment captured",
                             "Transaction approved",
                             "Your payment arrived on 10/25/2025",
                             "Zahlung verbucht am 25.10.2025",
                             "Cheque no. 4411 for 48.50 received",
                             "Received 48.50 MNEE with thanks",
                             "Received: 48.50 MNEE",
                             "Offset against credit note CN-5",
                             "Deducted from your prepaid balance",
                             "Status: Completed",
                             "This is your receipt.",
                             "This document serves as a receipt."}) {
        CAPTURE(line);
        const Reading reading(kUnpaid + line + "\n");
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("paid_already"));
    }
}

TEST_CASE("what is paid by itself, or is still to be paid, is no claim", "[parser_rules][claims]") {
    for (const char* line :
         {"Postage paid", "Delivered duty paid", "VAT paid by customer under reverse charge",
          "Bank fees are paid by the sender.", "Paid media management, October", "Minimum paid hours 12",
          "To be paid via bank transfer", "The invoice must be paid to the account below", "No refunds once paid",
          "Invoices paid late bear interest", "Paid to date 0.00", "Paid by you: 0.00",
          "Payments received later are subject to interest.", "Payments are processed by Stripe",
          "Payment processed within 30 days", "Order received 10/01/2025, thank you", "Hours credited: 4",
          "Payment due upon receipt", "Status: approved"}) {
        CAPTURE(line);
        CHECK(Reading(kUnpaid + line + "\n").sure("amount_due"));
    }
}

TEST_CASE("whatever sentence says that it is not to be paid asks", "[parser_rules][claims]") {
    CHECK(Reading(kUnpaid + "You owe nothing.\n").doubts("amount_due"));
    for (const char* line :
         {"Nothing is owed", "No amount is payable.", "Don't send payment", "Please do not send money.",
          "Please do not make any payment.", "Payment not required", "You don't need to pay this invoice.",
          "No need to pay", "You do not need to take any action.", "Bitte keine Zahlung vornehmen",
          "Bezahlen Sie diese Rechnung nicht", "Zahlung nicht erforderlich",
          "Please disregard this invoice; it was issued in error.", "This invoice has been superseded by TW-5499.",
          "Replaced by invoice TW-5499", "ON HOLD - do not process", "Payment on hold", "Written off 10/25/2025",
          "This is an estimate."}) {
        CAPTURE(line);
        const Reading reading(kUnpaid + line + "\n");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("not_to_be_paid"));
    }
}

TEST_CASE("how not to pay, and what others do not, is no refusal", "[parser_rules][claims]") {
    for (const char* line :
         {"Do not pay by cheque", "Do not send cash by post.", "Do not pay any other account than the one above.",
          "Please do not forget to pay", "We do not process payments on Sundays", "No discount for early payment.",
          "No VAT is due under section 4.", "Advance payment is not required", "No action is required to renew.",
          "Services cancelled before the 15th will be refunded.", "Void if altered", "Dispute resolution services",
          "If you have already paid, please disregard this invoice.", "Not to be paid before 11/01/2025"}) {
        CAPTURE(line);
        CHECK(Reading(kUnpaid + line + "\n").sure("amount_due"));
    }
}

TEST_CASE("a sum that is taken from the buyer's card or account asks", "[parser_rules][claims]") {
    for (const char* line :
         {"We'll charge your card on 11/07/2025", "We charged your Visa card 48.50 MNEE", "Billed to your card on file",
          "Payment will be taken automatically on 11/07/2025", "Wird von Ihrem Konto abgezogen"}) {
        CAPTURE(line);
        CHECK(Reading(kUnpaid + line + "\n").doubts("amount_due"));
    }
    for (const char* line : {"Charged to project 4711", "Parcel will be collected by DHL", "Charged per zone",
                             "Enroll in AutoPay and save 5 %."}) {
        CAPTURE(line);
        CHECK(Reading(kUnpaid + line + "\n").sure("amount_due"));
    }
}

TEST_CASE("the line above is another sentence unless it runs on", "[parser_rules][claims]") {
    for (const char* lines :
         {"If you have any questions, call us\nPaid in full", "Cheques are not accepted\nPAID IN FULL",
          "Unless otherwise agreed our terms apply\nThis invoice has already been paid",
          "If you have any questions, call us\npaid in full", "Interest applies when late - this invoice has been paid",
          "Any questions? Paid in full"}) {
        CAPTURE(lines);
        CHECK(Reading(kUnpaid + lines + "\n").warns("paid_already"));
    }
    for (const char* lines :
         {"Goods remain our property until they have been\npaid in full.", "A discount of 2 % applies if\npaid by card",
          "Title passes to you once the\nInvoice is paid",
          "Unless otherwise agreed in writing between you and us, the goods\nare not paid in full"}) {
        CAPTURE(lines);
        CHECK(Reading(kUnpaid + lines + "\n").sure("amount_due"));
    }
}

TEST_CASE("a word that is not what it looks like asks", "[parser_rules][claims]") {
    for (const char* line : {"PA\xE2\x80\x8BID", "PA\xC2\xADID", "P\xD0\x90ID", "VO\x01ID", "\xF0\x9D\x90\x8F",
                             "\xE2\x80\xAE"
                             "DIAP"}) {
        CAPTURE(line);
        const Reading reading(kUnpaid + line + "\n");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("disguised_words"));
    }
    for (const char* line : {"5 k\xCE\xA9, 3 \xCE\xBCm", "\xD0\xA1\xD0\xBF\xD0\xB0\xD1\x81\xD0\xB8\xD0\xB1\xD0\xBE",
                             "Managed\xE2\x80\x8B DNS", "Rechnungs\xC2\xAD\nbetrag"}) {
        CAPTURE(line);
        CHECK_FALSE(Reading(kUnpaid + line + "\n").warns("disguised_words"));
    }
}

TEST_CASE("letters set apart or wide spell their word", "[parser_rules][claims]") {
    CHECK(Reading(kUnpaid + "P A I D\n").warns("paid_already"));
    CHECK(Reading(kUnpaid + "V  O  I  D\n").warns("not_to_be_paid"));
    CHECK(Reading(kUnpaid + "\xEF\xBC\xB0\xEF\xBC\xA1\xEF\xBC\xA9\xEF\xBC\xA4\n").warns("paid_already"));
    CHECK(Reading(kUnpaid + "A B C D\n").sure("amount_due"));
}

TEST_CASE("a strong word costs no more than what stands around it", "[parser_rules][claims]") {
    std::string text = kUnpaid;
    for (int n = 0; n < 20'000; ++n) text += "pay no paid if card ";
    CHECK(Reading(text).found().steps < text.size() * 40);
}

}  // namespace
}  // namespace parser_rules
