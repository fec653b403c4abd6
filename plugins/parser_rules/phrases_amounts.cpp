// The words beside amounts, as invoices of each country use them.
#include "lexicon.hpp"

namespace parser_rules {

void add_amount_phrases(std::vector<PhraseGroup>& groups) {
    using enum Label;
    using L = Language;
    const PhraseGroup made[] = {
        {amount_due, L::en,
         "amount due|total due|total amount due|balance due|total balance due|due payable|amount payable|total payable|"
         "total amount payable|net payable|net amount payable|payable amount|amount to pay|amount to be paid|"
         "total to pay|to pay|please pay|pay this amount|outstanding balance|outstanding amount|amount outstanding|"
         "total outstanding|new balance|current balance|balance payable|balance outstanding|remaining balance|"
         "invoice balance|amount owed|amount owing|balance owing|total owed|amount now due|total now due|due now|"
         "net amount due|current amount due|total amount owed|total amount outstanding|total payment due|"
         "amount remaining|total due now|due amount|balance|payment amount|payment due amount"},
        {amount_due, L::de,
         "zahlbetrag|zu zahlen|zu zahlender betrag|zu zahlender gesamtbetrag|noch zu zahlen|offener betrag|"
         "offener gesamtbetrag|offene forderung|restbetrag|falliger betrag|falliger gesamtbetrag|faelliger betrag|"
         "uberweisungsbetrag|zahlungsbetrag|zu uberweisender betrag|zu begleichender betrag|restforderung|"
         "nachzahlung|nachzahlungsbetrag|restzahlung|verbleibende zahlung|verbleibender betrag|noch "
         "offen|gesamtforderung|forderungsbetrag|zahllast|zu bezahlen|zu uberweisen"},
        {amount_due, L::fr,
         "net a payer|net a regler|total a payer|total net a payer|montant a payer|montant net a payer|"
         "montant total a payer|reste a payer|reste du|solde du|solde a payer|solde a regler|montant du|"
         "montant restant du|a payer|total du|somme a payer|montant a regler|total a regler|net a payer ttc|"
         "reste a regler"},
        {amount_due, L::es,
         "total a pagar|importe a pagar|a pagar|saldo pendiente|importe pendiente|cantidad a pagar|liquido a percibir|"
         "total pendiente|pendiente de pago|saldo a pagar|liquido a pagar"},
        {amount_due, L::it,
         "totale da pagare|netto a pagare|importo da pagare|da pagare|saldo da pagare|totale dovuto|importo dovuto|"
         "saldo dovuto|netto da pagare|totale a pagare|importo da saldare|da saldare"},
        {amount_due, L::nl,
         "te betalen|te betalen bedrag|totaal te betalen|te voldoen|totaal te voldoen|openstaand bedrag|"
         "openstaand saldo|nog te betalen|te betalen totaal|totaalbedrag te betalen|verschuldigd bedrag|resterend "
         "bedrag"},

        {total_gross, L::en,
         "grand total|invoice total|total invoice|total invoice amount|invoice amount|invoice total amount|"
         "total incl|total incl vat|total incl tax|total incl gst|total inc vat|total inc gst|total inc tax|total inc|"
         "total including vat|total including tax|total including gst|total with vat|total with tax|gross total|"
         "total gross|gross amount|total amount incl vat|total amount including vat|total amount inc vat|"
         "amount incl vat|total charges|total new charges|total after tax|amount after tax|total vat inclusive|"
         "invoice value|total invoice value|total price incl vat|order total|total incl taxes|current charges|new "
         "charges|total including taxes|"
         "grand total amount|total price including tax|total amount after tax|invoice grand total|"
         "total current charges|total this invoice|total for this invoice"},
        {total_gross, L::de,
         "rechnungsbetrag|rechnungssumme|rechnungsendbetrag|rechnungsgesamtbetrag|gesamtrechnungsbetrag|bruttosumme|"
         "bruttobetrag|gesamtbetrag brutto|gesamtbetrag inkl mwst|gesamtbetrag inkl ust|gesamtsumme brutto|"
         "gesamtsumme inkl mwst|gesamt brutto|summe brutto|brutto gesamt|bruttogesamtbetrag|rechnungssumme brutto|"
         "rechnungsbetrag brutto|summe inkl ust|summe inkl mwst|gesamt inkl mwst|gesamt inkl ust|endsumme|endbetrag|"
         "total inkl mwst|total inkl ust|betrag inkl mwst|betrag inkl ust|betrag brutto|preis brutto|summe inkl "
         "umsatzsteuer|"
         "gesamtbetrag inkl umsatzsteuer|gesamtbetrag einschliesslich mwst|rechnungsbetrag inkl mwst|"
         "rechnungsbetrag inkl ust|gesamtpreis brutto|bruttorechnungsbetrag|rechnungstotal|total brutto"},
        {total_gross, L::fr,
         "total ttc|montant ttc|montant total ttc|total general|total general ttc|total facture|montant facture|"
         "montant de la facture|total de la facture|total toutes taxes comprises|montant total tva comprise|"
         "total tva comprise|total tvac|montant tvac|prix ttc|total tva incluse"},
        {total_gross, L::es,
         "total factura|importe total factura|total iva incluido|total con iva|importe total con iva|"
         "total general|total importe factura|total factura iva incluido|total impuestos incluidos|importe factura"},
        {total_gross, L::it,
         "totale fattura|totale documento|totale ivato|totale iva inclusa|totale iva compresa|importo totale fattura|"
         "totale complessivo|totale lordo|totale generale|importo totale documento"},
        {total_gross, L::nl,
         "totaal incl btw|totaal inclusief btw|totaalbedrag incl btw|totaalbedrag inclusief btw|factuurbedrag|"
         "factuurtotaal|totaal factuur|bedrag incl btw|bedrag inclusief btw|totaal incl|eindtotaal|eindbedrag|"
         "totaal factuurbedrag"},

        {total_plain, L::en,
         "total|total amount|amount total|total price|total cost|total value|total sum|sum|totals|charges"},
        {total_plain, L::de,
         "gesamt|gesamtbetrag|gesamtsumme|summe|summe gesamt|gesamtpreis|totalbetrag|total betrag|brutto"},
        {total_plain, L::fr, "montant total|somme totale|prix total|ttc"},
        {total_plain, L::es, "importe total|total importe|monto total|suma total|total euros"},
        {total_plain, L::it, "totale|importo totale|totale importo|totale euro"},
        {total_plain, L::nl, "totaal|totaalbedrag|totaal bedrag|totaalprijs"},

        {part_asked, L::en,
         "instalment|installment|this instalment|this installment|this delivery|this shipment|this payment|this part|"
         "first payment|due today|due this month|due this period|to be paid now|to pay now|pay now|pay|please remit|"
         "payable now|now payable|now due"},
        {part_asked, L::de, "teilbetrag|teilrechnung|teillieferung|jetzt zu zahlen|jetzt fallig|diese lieferung"},
        {part_asked, L::fr, "a payer maintenant|cette livraison|mensualite"},
        {part_asked, L::es, "a pagar ahora|esta entrega|mensualidad"},
        {part_asked, L::it, "da pagare ora|questa consegna|rata"},
        {part_asked, L::nl, "nu te betalen|deze levering|termijnbedrag"},

        {total_net, L::en,
         "net total|total net|net amount|total net amount|net invoice amount|total excl|total excl vat|total ex vat|"
         "total excluding vat|total excl tax|total excluding tax|total before tax|total before vat|amount before tax|"
         "taxable value|taxable amount|total taxable value|total taxable amount|total taxable|net value|"
         "amount excl vat|total exc vat|total ex gst|total excl gst|total excluding gst|amount excluding tax|"
         "total amount before tax|amount before vat|net amount excl vat|net"},
        {total_net, L::de,
         "nettobetrag|nettosumme|summe netto|gesamt netto|netto gesamt|gesamtbetrag netto|gesamtsumme netto|"
         "rechnungssumme netto|rechnungsbetrag netto|rechnungssumme ohne ust|rechnungssumme ohne mwst|netto|"
         "nettogesamtbetrag|gesamtnettobetrag|nettorechnungsbetrag|summe ohne mwst|summe exkl mwst|total exkl mwst|"
         "betrag ohne mwst|summe ohne ust|total netto|gesamtnetto|betrag netto|summe zzgl mwst|nettowert|nettogesamt|"
         "gesamtbetrag ohne ust|gesamtbetrag ohne mwst"},
        {total_net, L::fr,
         "total ht|montant ht|montant total ht|total hors taxes|total hors taxe|total net ht|montant net ht|"
         "montant hors taxes|total hors tva|total htva|base ht|total h t|net ht"},
        {total_net, L::es,
         "base imponible|total base imponible|base imponible total|total sin iva|importe neto|total neto|importe sin "
         "iva|"
         "total bruto sin iva"},
        {total_net, L::it,
         "imponibile|totale imponibile|base imponibile|totale netto|importo netto|totale senza iva|totale merce|"
         "imponibile totale"},
        {total_net, L::nl,
         "totaal excl btw|totaal exclusief btw|totaalbedrag excl btw|bedrag excl btw|bedrag exclusief btw|"
         "netto bedrag|totaal netto|totaal excl|nettobedrag"},

        {subtotal, L::en, "subtotal|sub total|sub totals|items total|item total|order subtotal|net subtotal"},
        {subtotal, L::de,
         "zwischensumme|zwischensumme netto|positionssumme|warenwert|positionen netto|summe positionen"},
        {subtotal, L::fr, "sous total|sous total ht|s total ht|total brut ht"},
        {subtotal, L::es, "subtotal neto|suma|total bruto"},
        {subtotal, L::it, "subtotale|totale parziale|totale prestazioni"},
        {subtotal, L::nl, "subtotaal|subtotaal excl btw|tussentotaal|sub totaal"},

        {tax_total, L::en,
         "vat total|total vat|total vat amount|tax total|total tax|total tax amount|total sales tax|total gst|"
         "gst total|total taxes|vat amount|tax amount|gst amount|total gst amount|total igst"},
        {tax_total, L::de,
         "steuerbetrag|ust gesamt|mwst gesamt|summe ust|summe mwst|gesamt mwst|gesamt ust|umsatzsteuerbetrag|"
         "mehrwertsteuerbetrag|steuersumme|summe steuer|ust betrag|mwst betrag|gesamtsteuerbetrag|summe umsatzsteuer|"
         "umsatzsteuer gesamt|mehrwertsteuer gesamt|steuern gesamt|gesamtbetrag ust|gesamtbetrag mwst"},
        {tax_total, L::fr,
         "total tva|montant tva|montant de la tva|montant total tva|total taxes|total de la tva|total t v a"},
        {tax_total, L::es, "total iva|importe iva|cuota iva|total impuestos|iva total|cuota"},
        {tax_total, L::it,
         "totale iva|importo iva|totale imposta|totale imposte|imposta totale|ammontare iva|iva totale"},
        {tax_total, L::nl, "totaal btw|btw totaal|btw bedrag|totaal btw bedrag|bedrag btw"},

        {tax, L::en,
         "vat|tax|sales tax|gst|igst|cgst|sgst|utgst|hst|pst|qst|state tax|county tax|local tax|city tax|plus vat|"
         "add vat|use tax|integrated tax|central tax|service tax|value added tax|plus tax|vat at|tax at"},
        {tax, L::de,
         "mwst|ust|umsatzsteuer|mehrwertsteuer|zuzugl ust|zuzugl mwst|zzgl ust|zzgl mwst|zzgl umsatzsteuer|"
         "zuzuglich mwst|zuzuglich ust|zuzuglich umsatzsteuer|zuzuglich mehrwertsteuer|zzgl mehrwertsteuer|mw st|"
         "zuzuglich gesetzlicher mwst|zzgl gesetzlicher mwst|zzgl ges mwst|steuer|enthaltene mwst|inkl mwst|inkl ust|"
         "darin enthaltene mwst|zzgl gesetzlicher umsatzsteuer"},
        {tax, L::fr, "tva|t v a|taxe|taxes|dont tva|tva a|tps|tvq"},
        {tax, L::es, "iva|i v a|impuesto|impuestos|igic|iva al"},
        {tax, L::it, "imposta|imposte|iva al"},
        {tax, L::nl, "btw|btw hoog|btw laag|omzetbelasting"},

        {paid, L::en,
         "amount paid|total paid|paid|payments received|payment received|payments|less payments|less paid|deposit|"
         "withholding tax|tds|less withholding tax|deposit paid|less deposit|deposit received|less deposit "
         "paid|prepayment|prepaid|prepaid amount|advance|"
         "advance paid|advance payment|less advance|advance received|down payment|payments applied|payment applied|"
         "paid to date|amount received|retainer applied|less amount paid|credit applied|credits applied|paid amount|"
         "payments and credits|less retainer|credits|less credits|account credit|less payment|less payment received|"
         "less payments received|less your payment|less your payments|less amount received|less received|"
         "your payment received|payment made|payments made|total payments|total payments received|payment on "
         "account|payments on account|"
         "less payment on account|less payments on account|card payment|payment by card|credit card payment|amount "
         "paid to date|total paid to date|payment by credit card|total "
         "received|"
         "already paid|amount already paid|previously paid|less already paid"},
        {paid, L::de,
         "geleistete abschlagszahlungen|geleistete "
         "abschlage|abschlage|abschlagsbetrage|anzahlung|anzahlungen|erhaltene anzahlung|erhaltene "
         "anzahlungen|geleistete anzahlung|"
         "geleistete anzahlungen|abzuglich anzahlung|abzgl anzahlung|bereits gezahlt|bereits bezahlt|"
         "gezahlter betrag|vorauszahlung|abschlagszahlung|abschlagszahlungen|geleistete zahlungen|teilzahlung|"
         "erhaltene zahlungen|bereits geleistete zahlungen|abzuglich bereits geleisteter zahlungen|gutschriften|"
         "abzgl erhaltene anzahlungen|bezahlt|abzgl vorauszahlung|abzuglich ihrer zahlung|abzgl ihrer zahlung|"
         "abzuglich ihrer zahlungen|abzuglich zahlung|abzgl zahlung|abzuglich zahlungen|abzgl zahlungen|"
         "abzuglich erhaltener anzahlung|abzuglich erhaltene anzahlung|abzuglich erhaltener anzahlungen|"
         "abzuglich ihrer anzahlung|abzuglich vorauszahlung|abzuglich geleisteter anzahlung|"
         "abzuglich geleisteter zahlung|abzuglich geleisteter zahlungen|abzuglich bereits gezahlt|"
         "zahlung erhalten|zahlungen erhalten|ihre zahlung erhalten|erhaltene zahlung|zahlungseingang|"
         "zahlungseingange|bereits erhalten|gezahlt|anzahlung erhalten"},
        {paid, L::fr,
         "acompte|acomptes|acompte verse|acomptes verses|deja paye|deja regle|montant paye|montant regle|"
         "paiements recus|avance|arrhes|avoir deduit|acompte deduit|regle|reglements recus|acompte recu|acomptes recus|"
         "acompte paye|acompte regle|paiement recu|reglement recu|versement recu|acompte deja verse|acomptes deja "
         "verses|deja verse|moins acompte|"
         "moins paiement|moins votre paiement|moins reglement|moins votre reglement|moins acompte verse|"
         "moins acompte recu|total paye|total regle"},
        {paid, L::es,
         "retencion|retencion irpf|irpf|anticipo|anticipos|pagado|pagos recibidos|importe pagado|a cuenta|entrega a "
         "cuenta|ya pagado|pago recibido|anticipo recibido|menos pago|menos su pago|menos anticipo|total pagado"},
        {paid, L::it,
         "ritenuta|ritenuta d acconto|acconto|acconti|gia pagato|pagato|importo pagato|acconto versato|pagamento "
         "ricevuto|acconto ricevuto|meno acconto|"
         "meno pagamento|totale pagato"},
        {paid, L::nl,
         "reeds betaald|aanbetaling|voorschot|betaald|reeds voldaan|vooruitbetaald|betaling ontvangen|"
         "ontvangen betaling|reeds ontvangen|minus betaling|minus aanbetaling|minus uw betaling|totaal betaald"},

        {previous_balance, L::en,
         "previous balance|previous unpaid balance|balance forward|balance brought forward|prior balance|"
         "past due|past due amount|past due balance|brought forward|opening balance|unpaid balance|"
         "previous amount due|overdue balance|arrears|balance from previous invoice|carried forward|last balance|"
         "previous invoice balance|outstanding from previous invoice|overdue amount|previous charges"},
        {previous_balance, L::de,
         "ubertrag|saldovortrag|vorheriger saldo|alter saldo|offene posten|ruckstand|saldo vormonat|vorsaldo|"
         "offener betrag aus vorrechnung|offener saldo|saldo aus vorherigen rechnungen"},
        {previous_balance, L::fr,
         "solde precedent|solde anterieur|report|ancien solde|report de solde|impayes anterieurs"},
        {previous_balance, L::es, "saldo anterior|deuda anterior"},
        {previous_balance, L::it, "saldo precedente|insoluti precedenti"},
        {previous_balance, L::nl, "vorig saldo|vorig openstaand saldo|oud saldo|saldo vorige factuur"},

        {discount, L::any,
         "discount|rebate|rabatt|skonto|nachlass|remise|rabais|escompte|descuento|sconto|korting|less discount|"
         "early payment discount|cash discount|preisnachlass|sondernachlass|kassaskonto|ristourne"},
        {other_amount, L::en,
         "total discount|total savings|total hours|total quantity|total qty|total items|total weight|total units|"
         "line total|page total|total shipping|shipping|shipping and handling|shipping charges|shipping "
         "charge|delivery charges|freight charges|handling charges|late payment charges|late charges|shipping "
         "total|handling|freight|delivery "
         "charge|"
         "unit price|unit cost|price|tip|gratuity|late fee|late payment fee|reminder fee|interest|total interest|"
         "credit limit|minimum payment|minimum amount due|minimum due|exchange rate|round off|rounding|"
         "rounding adjustment|total in words|amount in words|total usage|total fees|"
         "balance after payment|account balance|available balance|total cgst|total sgst|amount overdue since|"
         "total adjustments|processing fee|processing fees|service fee|bank charges|tax rate|vat rate|gst rate|"
         "retention|amount chargeable in words|tax amount in words|carriage|postage|packing"},
        {other_amount, L::de,
         "gesamtbetrag der zuschlage|gesamtbetrag der abschlage|versandkosten|versandkosten netto|versand|porto|"
         "mahngebuhr|mahngebuhren|mahnkosten|verzugszinsen|zinsen|saumniszuschlag|einzelpreis|stuckpreis|nettopreis|"
         "bruttopreis|gesamtgewicht|gesamtmenge|gesamtstunden|summe stunden|stundensatz|rundung|rundungsdifferenz|"
         "skontobetrag|zahlbetrag bei skonto|betrag abzuglich skonto|kautionsbetrag|frachtkosten|verpackung|"
         "basisbetrag|steuersatz|bearbeitungsgebuhr|bruttolistenpreis|skontofahiger betrag|betrag nach skonto"},
        {other_amount, L::fr,
         "frais de port|port|frais de livraison|indemnite forfaitaire|penalites|penalites de retard|taux tva|"
         "total remise|total remises|prix unitaire|prix unitaire ht|base tva|frais de relance|eco participation|"
         "capital social|au capital|capital|total heures|frais de recouvrement|arrondi"},
        {other_amount, L::es,
         "gastos de envio|portes|precio unitario|total descuento|recargo|tipo iva|"
         "total unidades"},
        {other_amount, L::it,
         "spese di spedizione|spese di trasporto|prezzo unitario|totale sconto|"
         "aliquota|aliquota iva|capitale sociale|cap soc|bollo|imposta di bollo|spese incasso"},
        {other_amount, L::nl,
         "verzendkosten|totaal korting|aanmaningskosten|administratiekosten|btw tarief|prijs per stuk|"
         "totaal uren|stukprijs|rente"},

        {item_header, L::en,
         "description|qty|quantity|unit|units|item|items|rate|item code|product|service|sku|hsn|sac|hsn sac|uom|um|"
         "amount usd|amount eur|amount gbp|line|hours|hrs|part number|item description|price each|ext price|"
         "extended price|unit of measure|details|particulars|tax category|discount amount|description of goods|"
         "description of services|period|item no|price excl vat|price per unit|hourly rate|sr no|sl no|s no"},
        {item_header, L::de,
         "beschreibung|bezeichnung|menge|einheit|artikel|pos|position|artikelbeschreibung|leistung|produkt|art nr|"
         "artikelnummer|artikelnr|einzel|e preis|g preis|stuck|ep|gp|anzahl|stunden|preis|satz|tatigkeit|ust satz|mwst "
         "satz|"
         "artikel nr|beschreibung der leistung|basisbetrag ust"},
        {item_header, L::fr,
         "designation|quantite|qte|pu ht|p u ht|p u|prix|unite|libelle|code article|taux|base|intitule|prestation|"
         "ref article|description de la prestation|prix u ht"},
        {item_header, L::es, "descripcion|cantidad|precio|concepto|unidades|uds|articulo|cant|tipo|codigo"},
        {item_header, L::it, "descrizione|quantita|prezzo|articolo|um qta|qta|codice|q ta|prezzo unit"},
        {item_header, L::nl, "omschrijving|aantal|prijs|artikel nummer|tarief|eenheid|stuks"},
    };
    groups.insert(groups.end(), std::begin(made), std::end(made));
}

}  // namespace parser_rules
