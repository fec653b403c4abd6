// An invoice by its title that gives money rather than asking for it, and one whose sum is not the whole.
#include "reading.hpp"

namespace parser_rules {
namespace {

std::string with(const std::string& line) {
    return "INVOICE\nInvoice number: 17\n\nWork   55.00 MNEE\nTotal   55.00 MNEE\n" + line + "\n";
}

TEST_CASE("a paper whose sum goes to the buyer asks", "[parser_rules][money_back]") {
    for (const char* line :
         {"Refund due to you: 55.00", "Refund: 55.00", "Amount to be refunded: 55.00",
          "We will refund this amount to you within 14 days.", "Amount in your favour: 55.00",
          "Guthaben zu Ihren Gunsten 55,00",
          "R\xC3\xBC"
          "ckzahlungsbetrag 55,00",
          "Erstattungsbetrag: 55,00 an Sie", "Wir erstatten Ihnen diesen Betrag innerhalb von 14 Tagen.",
          "Solde en votre faveur : 55,00", "Montant \xC3\xA0 vous rembourser : 55,00",
          "Nous vous rembourserons ce montant sous 14 jours.", "Saldo a su favor: 55,00", "Importe a devolver: 55,00",
          "Le reembolsaremos este importe en 14 d\xC3\xAD"
          "as.",
          "Saldo a vostro favore: 55,00", "Rimborseremo questo importo entro 14 giorni.", "Saldo in uw voordeel: 55,00",
          "Wij zullen dit bedrag terugbetalen binnen 14 dagen."}) {
        CAPTURE(line);
        const Reading reading(with(line));
        CHECK(reading["amount_due"] == "55.00");
        CHECK(reading.doubts("amount_due"));
        CHECK(reading.warns("not_to_be_paid"));
    }
}

TEST_CASE("a paper that says it is a credit note asks, whatever its title", "[parser_rules][money_back]") {
    for (const char* line : {"This document is a credit note for invoice HB-1001.",
                             "Dieses Dokument ist eine Gutschrift zur Rechnung 12.", "Ce document est un avoir.",
                             "Este documento es una nota de cr\xC3\xA9"
                             "dito.",
                             "Questo documento \xC3\xA8 una nota di credito.", "Dit is een creditnota."}) {
        CAPTURE(line);
        CHECK(Reading(with(line)).doubts("amount_due"));
        CHECK(Reading(with(line)).warns("not_to_be_paid"));
    }
}

TEST_CASE("terms of refunds, and what others are given, are no credit", "[parser_rules][money_back]") {
    for (const char* line :
         {"If you cancel within 14 days, we will refund this amount to you.", "We refund overpaid amounts on request.",
          "Refunds are made within 14 days.", "Refund due to you: 0.00", "Reimbursement of travel expenses included",
          "Please draw cheques in favour of Alpha LLC.", "A credit note is issued for returned goods.",
          "This is not a credit note.", "Wir erstatten keine Portokosten.",
          "Aucun remboursement apr\xC3\xA8s 14 jours"}) {
        CAPTURE(line);
        CHECK(Reading(with(line)).sure("amount_due"));
    }
}

TEST_CASE("tax that is added below the total makes a larger sum, and asks", "[parser_rules][money_back]") {
    for (const char* line : {"plus VAT 20%: 11.00", "zzgl. 19 % MwSt 10,45", "TVA 20 % en sus : 11,00"}) {
        CAPTURE(line);
        CHECK(Reading(with(line)).doubts("amount_due"));
        CHECK(Reading(with(line)).warns("total_unclear"));
    }
    const std::string total = "Total 120.00 MNEE\n";
    for (const std::string& text :
         {"INVOICE\nSubtotal 100.00\nplus VAT 20%: 20.00\n" + total,
          "INVOICE\nSubtotal 100.00\n" + total + "plus VAT 20%: 20.00\n", "INVOICE\n" + total + "VAT included 20.00\n",
          "INVOICE\n" + total + "plus VAT 0%: 0.00\n"}) {
        CAPTURE(text);
        CHECK(Reading(text).sure("amount_due"));
    }
}

TEST_CASE("words of refunds cost no more than what stands around them", "[parser_rules][money_back]") {
    std::string text = with("");
    for (int n = 0; n < 20'000; ++n) text += "refund in your favour this is a credit note 5.00 ";
    CHECK(Reading(text).found().steps < text.size() * 40);
}

}  // namespace
}  // namespace parser_rules
