// What a paper says of its own payment without a sum: who reads it would not pay, or not without asking.
#include "reading.hpp"

namespace parser_rules {
namespace {

const std::string kInvoice =
    "TIDEWATER DNS LLC\n\nINVOICE\nInvoice Number:  TW-5498\nInvoice Date:    10/24/2025\nDue Date:        "
    "11/07/2025\n\n"
    "Bill To\nAutonomous Treasurer Inc.\n\nManaged DNS, 12 zones                                        48.50\n"
    "Total                                                   48.50 MNEE\n";

TEST_CASE("an invoice that says it is paid is not paid again unasked", "[parser_rules][settlement]") {
    CHECK(Reading(kInvoice).sure("amount_due"));
    for (const char* line : {"PAID - thank you",
                             "PAID",
                             "Paid",
                             "*** PAID ***",
                             "Paid in full",
                             "Status: Paid",
                             "Payment status:   PAID",
                             "Status   Paid",
                             "Date paid: 10/25/2025",
                             "Paid on 10/25/2025",
                             "Payment date: 10/25/2025",
                             "Paid by credit card ending 4242",
                             "Paid via PayPal",
                             "Paid: 10/25/2025",
                             "PAID 10/25/2025",
                             "This invoice has been paid.",
                             "Invoice no 17 has already been paid",
                             "Payment received - thank you",
                             "Payment has been made.",
                             "We have received your payment.",
                             "Bezahlt am 25.10.2025",
                             "BEZAHLT",
                             "Betrag dankend erhalten",
                             "Die Rechnung wurde bezahlt.",
                             "Bereits bezahlt",
                             "Zahlungsstatus: bezahlt",
                             "PAY\xC3\x89"
                             "E",
                             "Facture acquitt\xC3\xA9"
                             "e",
                             "Pay\xC3\xA9 le 25/10/2025",
                             "PAGADO",
                             "Estado: pagada",
                             "PAGATO",
                             "Reeds betaald",
                             "INVOICE - PAID",
                             "Your card was charged on October 25, 2025.",
                             "Paid 10/25/2025 by wire   48.50 MNEE"}) {
        CAPTURE(line);
        for (const std::string& text : {kInvoice + "\n" + line + "\n", std::string(line) + "\n" + kInvoice}) {
            const Reading reading(text);
            CHECK(reading["amount_due"] == "48.50");
            CHECK(reading.doubts("amount_due"));
            CHECK(reading.warns("paid_already"));
        }
    }
    CHECK(Reading("Total: 48.50 MNEE (paid)").doubts("amount_due"));
    CHECK(Reading("Total   48.50 MNEE   PAID").doubts("amount_due"));
    CHECK(Reading("Amount due: 48.50 MNEE\nPAID\n").doubts("amount_due"));
}

TEST_CASE("an invoice whose sum the seller collects is not paid unasked", "[parser_rules][settlement]") {
    for (const char* line :
         {"The amount will be debited from your account.", "Your account will be debited on 11/07/2025.",
          "Payment method: SEPA direct debit", "Zahlungsart: Lastschrift", "Der Betrag wird abgebucht.",
          "Der Rechnungsbetrag wird \xC3\xBC"
          "ber Ihre Kreditkarte abgebucht.",
          "Der Betrag wird von Ihrem Konto eingezogen.", "Paiement par pr\xC3\xA9l\xC3\xA8vement automatique",
          "Forma de pago: domiciliaci\xC3\xB3n", "Addebito diretto SEPA", "Betaling via automatische incasso",
          "We will charge your card on file.", "Autopay is on"}) {
        CAPTURE(line);
        const Reading reading(kInvoice + "\n" + line + "\n");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("collected_by_seller"));
    }
}

TEST_CASE("a paper that is void, a draft or not to be paid is not paid unasked", "[parser_rules][settlement]") {
    for (const char* line : {"VOID",
                             "CANCELLED",
                             "Canceled",
                             "DRAFT",
                             "Draft invoice",
                             "DRAFT - do not pay",
                             "Do not pay",
                             "INVOICE (VOID)",
                             "ENTWURF",
                             "Storniert",
                             "ANNUL\xC3\x89"
                             "E",
                             "BROUILLON",
                             "BORRADOR",
                             "BOZZA",
                             "Status: cancelled",
                             "This invoice has been cancelled.",
                             "This is not an invoice.",
                             "No payment is required.",
                             "No amount is owing.",
                             "This invoice is in dispute.",
                             "Bitte nicht bezahlen!",
                             "Dies ist keine Aufforderung zur Zahlung.",
                             "Ne pas payer",
                             "No pagar",
                             "Niet betalen"}) {
        CAPTURE(line);
        const Reading reading(kInvoice + "\n" + line + "\n");
        CHECK_FALSE(reading.sure("amount_due"));
        CHECK(reading.warns("not_to_be_paid"));
    }
}

TEST_CASE("a cancellation in German is a credit note", "[parser_rules][settlement]") {
    CHECK(Reading(kInvoice + "\nSTORNO\n")["document_type"] == "credit_note");
}

TEST_CASE("terms and conditions of payment are no payment", "[parser_rules][settlement]") {
    for (const char* line : {"2 % discount if paid within 10 days",
                             "2 % if paid by 10/30/2025",
                             "To be paid by 11/07/2025",
                             "Not paid",
                             "Unpaid",
                             "Status: unpaid",
                             "Status: not paid",
                             "Status: open",
                             "Paid: no",
                             "Payable by bank transfer",
                             "Must be paid in full within 14 days",
                             "Invoices not paid in full by the due date bear interest.",
                             "Late payments will be debited with 5 % interest.",
                             "Late payments will be charged 1.5 % a month.",
                             "If you have paid in the meantime, please ignore this letter.",
                             "If this invoice has been paid, ignore it.",
                             "Goods remain our property until they have been\npaid in full.",
                             "A discount of 2 % applies if\npaid by card",
                             "Pay by bank transfer or direct debit",
                             "To set up a direct debit, call us.",
                             "Payment date: 11/07/2025",
                             "Bis zur vollst\xC3\xA4ndigen Bezahlung bleibt die Ware unser Eigentum.",
                             "Keine Lastschrift",
                             "Bitte zahlen Sie per \xC3\x9C"
                             "berweisung oder Lastschrift.",
                             "Thank you for your prompt payment",
                             "Paid search management",
                             "Already paid: 0.00",
                             "Payments received  0.00",
                             "Do not pay to any other wallet.",
                             "Do not pay in cash",
                             "Payee: Tidewater DNS LLC",
                             "Void where prohibited",
                             "Pr\xC3\xA9l\xC3\xA8vement ou virement",
                             "mark this as paid and approve it",
                             "Rough draft of the logo",
                             "Draft beer, 5 l"}) {
        CAPTURE(line);
        const Reading reading(kInvoice + "\n" + line + "\n");
        CHECK(reading["amount_due"] == "48.50");
        CHECK(reading.sure("amount_due"));
    }
}

TEST_CASE("a part that was paid is no question where the sums lead to what is due", "[parser_rules][settlement]") {
    CHECK(Reading("Total   120.00\nDeposit paid   -20.00\nDate paid: 10/25/2025\nBalance due   100.00 MNEE\n")
              .sure("amount_due"));
    CHECK(Reading("Total   120.00\nPaid on 10/25/2025   20.00\nBalance due   100.00 MNEE\n").doubts("amount_due"));
    CHECK(Reading("Total   120.00\nDeposit paid   -20.00\nBalance due   100.00 MNEE\nDRAFT\n").doubts("amount_due"));
}

}  // namespace
}  // namespace parser_rules
