// The words beside dates.
#include "lexicon.hpp"

namespace parser_rules {

void add_date_phrases(std::vector<PhraseGroup>& groups) {
    using enum Label;
    using L = Language;
    const PhraseGroup made[] = {
        {issue_date, L::en,
         "invoice date|date of invoice|date of issue|issue date|issued|issued on|issued at|date issued|issuance date|"
         "billing date|bill date|invoiced on|invoice issued|dated|date of bill|inv date|tax invoice date|"
         "credit note date|credit memo date|date of credit note|document date|doc date|tax point|tax point date|"
         "invoice dated|invoice issue date|statement date|receipt date|billed on|invoice date and tax point"},
        {issue_date, L::de,
         "rechnungsdatum|rechnungs datum|ausstellungsdatum|belegdatum|datum der rechnung|ausgestellt am|"
         "rechnung vom|erstellt am|fakturadatum|gutschriftsdatum|gutschriftdatum|ausgestellt|dokumentdatum|"
         "datum der ausstellung|re datum|rechn datum|liefer und rechnungsdatum|rechnungs und lieferdatum|"
         "rechnungsdatum lieferdatum|rechnungs und leistungsdatum|rechnungsdatum leistungsdatum"},
        {issue_date, L::fr,
         "date de facture|date facture|date de facturation|date de la facture|date d emission|emise le|emis le|"
         "facture du|facture en date du|date emission|etablie le|date de l avoir|facturee le|facture le|en date du"},
        {issue_date, L::es,
         "fecha de factura|fecha factura|fecha de la factura|fecha de emision|fecha emision|fecha de expedicion|"
         "emitida el|fecha expedicion"},
        {issue_date, L::it,
         "data fattura|data della fattura|data di emissione|data emissione|data documento|emessa il|fattura del|"
         "data della ricevuta"},
        {issue_date, L::nl,
         "factuurdatum|factuur datum|datum factuur|datum van factuur|uitgiftedatum|datum creditnota"},
        {date_plain, L::en, "date"},
        {date_plain, L::de, "datum|vom|rechnung von"},
        {date_plain, L::fr, "le"},
        {date_plain, L::es, "fecha"},
        {date_plain, L::it, "data|del"},

        {due_date, L::en,
         "due date|invoice due date|payment due date|payment due|payment due by|payment due on|date due|due on|due by|"
         "due|pay by|payable by|payment date due|please pay by|please pay before|please remit by|please remit until|"
         "to be paid by|payment deadline|pay before|due before|must be paid by|payment is due by|payment is due on|"
         "is due on|due for payment|deadline|final payment date|pay until|payable until|payment term date|last date of "
         "payment|"
         "bill due date|amount due by|balance due by|total due by|total due on|amount due on"},
        {due_date, L::de,
         "falligkeitsdatum|fallig am|fallig bis|fallig|falligkeit|faellig am|faelligkeitsdatum|faellig|"
         "faelligkeit|zahlbar bis|zahlbar bis zum|zahlbar bis spatestens|zahlungsziel|zahlungsfrist|zahlung bis|"
         "zahlbar am|zahlungstermin|bis zum|bis spatestens|bis spatestens zum|zahlung fallig am|zu zahlen bis|"
         "zahlungsfrist bis|zahlungseingang bis|neue zahlungsfrist"},
        {due_date, L::fr,
         "date d echeance|date echeance|echeance|echeance le|echeance au|a payer avant le|a payer pour le|"
         "payable avant le|payable le|a regler avant le|a regler le|a regler pour le|date limite de paiement|"
         "date de reglement|date limite de reglement|a payer le|au plus tard le|date d exigibilite|"
         "paiement avant le|paiement du le|reglement avant le|payable au plus tard le"},
        {due_date, L::es,
         "fecha de vencimiento|fecha vencimiento|vencimiento|vence|vence el|pagar antes del|fecha limite de pago|"
         "fecha limite|pagadero antes del"},
        {due_date, L::it,
         "data di scadenza|data scadenza|scadenza|scadenza pagamento|pagare entro|pagare entro il|da pagare entro|"
         "da pagare entro il|entro il|scade il"},
        {due_date, L::nl,
         "vervaldatum|verval datum|te betalen voor|te betalen uiterlijk|uiterlijk|uiterste betaaldatum|betalen voor|"
         "te voldoen voor|betaling voor|uiterste betaaltermijn|vervalt op|voor uiterlijk"},
        {due_lead, L::any,
         "zahlbar|uberweisen|ueberweisen|begleichen|payable|remit|payment terms|zahlungsbedingungen|a regler|"
         "payez|reglement|betalen|voldoen|please pay the|kindly pay|please transfer|zahlen|pagar antes|paiement"},

        {other_date, L::en,
         "delivery date|date of delivery|date of supply|supply date|service date|date of service|order date|"
         "date of order|ship date|shipping date|shipped on|ship by|period|service period|billing period|print date|"
         "printed on|date printed|payment date|date paid|paid on|date of payment|po date|purchase order date|"
         "dispatch date|start date|end date|period start|period end|from date|to date|next billing date|"
         "next invoice date|next payment date|renewal date|expiry date|expires|expires on|valid until|valid through|"
         "original invoice date|previous invoice date|date of original invoice|statement period|departure|arrival|"
         "check in|check out|date of birth|contract date|quote date|reading date|ack date|discount date|"
         "discount until|if paid by|reminder date|date of reminder|late after|last payment|original due date"},
        {other_date, L::de,
         "leistungsdatum|lieferdatum|liefer und leistungsdatum|liefer leistungsdatum|liefer bzw leistungsdatum|"
         "leistungszeitraum|abrechnungszeitraum|lieferzeitraum|zeitraum|bestelldatum|auftragsdatum|datum der lieferung|"
         "datum der leistung|versanddatum|druckdatum|geliefert am|lieferung am|bestellung vom|ihre bestellung vom|"
         "lieferung vom|lieferschein vom|auftrag vom|skonto bis|gultig bis|vertragsbeginn|zahlung am|zahlung "
         "vom|bezahlt am|"
         "tag der lieferung|zahlungsdatum|mahndatum|mit skonto bis|tag der leistung|buchungsdatum|valuta|ubergabe "
         "am|ruckgabe am"},
        {other_date, L::fr,
         "date de livraison|livre le|date de commande|date commande|date de prestation|date de la prestation|"
         "date de debut|date de fin|date de debut de prestation|date de fin de prestation|periode du|periode de|"
         "date de paiement|date d execution|date d impression|date debut|date fin|"
         "date de facture associee|date de facture d origine|date de la commande|periode|commande du|paye le|"
         "date de vente|date d expedition|regle le|date de realisation|date de valeur"},
        {other_date, L::es,
         "fecha de entrega|fecha de pedido|fecha pedido|periodo|periodo de facturacion|fecha de pago|fecha operacion|"
         "fecha de operacion|fecha de servicio|valido hasta|fecha del pedido|fecha de impresion"},
        {other_date, L::it,
         "data consegna|data di consegna|data ordine|data ordine cliente|data pagamento|data di pagamento|"
         "data trasporto|data ddt|periodo di riferimento|data spedizione|data stampa|data prestazione"},
        {other_date, L::nl,
         "leverdatum|besteldatum|orderdatum|datum levering|datum order|periode van|betaaldatum|betaald op|"
         "leveringsdatum|verzenddatum|geldig tot|printdatum|prestatiedatum|factuurperiode"},
    };
    groups.insert(groups.end(), std::begin(made), std::end(made));
}

}  // namespace parser_rules
