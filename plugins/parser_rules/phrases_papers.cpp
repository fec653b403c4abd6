// The words that name a paper and its number.
#include "lexicon.hpp"

namespace parser_rules {

void add_paper_phrases(std::vector<PhraseGroup>& groups) {
    using enum Label;
    using L = Language;
    const PhraseGroup made[] = {
        {number, L::en,
         "invoice number|invoice no|invoice num|invoice nr|invoice nbr|invoice #|invoice id|invoice ref|"
         "invoice reference|invoice code|inv number|inv no|inv #|inv num|tax invoice number|tax invoice no|"
         "tax invoice #|vat invoice no|vat invoice number|bill number|bill no|bill #|number of invoice|"
         "invoice serial no|invoice serial number|invoice reference number|billing number|e invoice no|"
         "commercial invoice no|invoice n|our invoice|our invoice no|our invoice number|invoice num ber|"
         "sales invoice no|sales invoice number|invoice identifier"},
        {number, L::de,
         "rechnungsnummer|rechnungsnr|rechnungs nr|rechnungs nummer|rechnung nr|rechnung nummer|rechnung no|"
         "rechnung #|rechn nr|re nr|rg nr|rnr|rechnungs no|rechnungsnr nr|handelsrechnung nr|fakturanummer|faktura nr|"
         "fakturanr|schlussrechnung nr|teilrechnung nr|abschlagsrechnung nr|rechnungs id|mietrechnung nr|"
         "honorarnote nr|rechnung n|unsere rechnung nr|rechnungskennung"},
        {number, L::fr,
         "numero de facture|numero facture|numero de la facture|n de facture|n facture|n de la facture|no de facture|"
         "no facture|num facture|facture n|facture no|facture numero|facture num|facture nr|facture #|"
         "reference facture|reference de facture|reference de la facture|ref facture|ref de facture|nr de facture|"
         "facture reference"},
        {number, L::es,
         "numero de factura|numero factura|n de factura|n factura|no de factura|no factura|num factura|factura n|"
         "factura no|factura num|factura numero|factura #|num de factura|nro factura|factura nro|nro de factura"},
        {number, L::it,
         "numero fattura|numero della fattura|n fattura|nr fattura|fattura n|fattura nr|fattura numero|fattura no|"
         "num fattura|fattura num|numero documento|n documento|documento n"},
        {number, L::nl,
         "factuurnummer|factuur nummer|factuurnr|factuur nr|factuur no|factuur #|factuur n|factuur id|"
         "nummer factuur"},
        {number_credit, L::any,
         "credit note number|credit note no|credit note #|credit memo number|credit memo no|credit memo #|"
         "credit note nr|credit number|credit note id|gutschrift nr|gutschriftnummer|gutschriftsnummer|gutschrifts "
         "nr|gutschriftsnr|"
         "gutschrift nummer|gutschrift #|stornorechnung nr|stornorechnungsnummer|storno nr|avoir n|n avoir|numero d "
         "avoir|"
         "avoir no|n d avoir|nota de credito n|numero nota de credito|nota di credito n|creditnota nr|creditnotanummer|"
         "creditfactuur nr|creditfactuurnummer|creditnota nummer|abono n|factura rectificativa n|"
         "rechnungskorrektur nr|korrekturrechnung nr"},
        {number_weak, L::any,
         "number|numero|nr|no|receipt number|receipt no|receipt #|receipt # no|receipt id|statement number|statement "
         "no|statement #|"
         "document number|document no|document #|doc no|document nr|belegnummer|beleg nr|belegnr|dokumentnummer|"
         "dokument nr|quittung nr|bon nr|numero de document|n de document|documentnummer|document nummer|"
         "proforma no|proforma number|proforma invoice no|proforma invoice number|pro forma no|proforma nr|quote "
         "number|quote no|quote #|"
         "quotation no|quotation number|estimate number|estimate no|estimate #|angebotsnummer|angebot nr|devis n|"
         "numero de devis|presupuesto n|offertenummer|ricevuta n|recibo n|recu n|transaction number|"
         "reminder no|reminder number|mahnung nr|mahnungsnummer"},
        {number_other, L::en,
         "original invoice|original invoice no|original invoice number|original invoice #|corrected invoice|"
         "related invoice|related invoice no|related invoice number|replaces invoice|credited invoice|"
         "credit for invoice|previous invoice|previous invoice no|previous invoice number|against invoice|"
         "refers to invoice|reference to invoice|original invoice ref|for invoice no|for invoice number|"
         "order number|order no|order #|your order|your order no|your order number|sales order|sales order no|"
         "sales order number|po number|po no|po #|po|p o number|p o no|p o #|p o|purchase order|purchase order no|"
         "purchase order number|purchase order #|customer number|customer no|customer id|customer #|customer code|"
         "customer ref|customer reference|account number|account no|account #|account id|client number|client no|"
         "client id|contract number|contract no|contract|project number|project no|project|delivery note|"
         "delivery note no|delivery note number|delivery no|your reference|your ref|our reference|our ref|reference|"
         "ref|ref no|reference no|reference number|job number|job no|ticket|ticket no|case number|id #|id|phone|"
         "telephone|tel|fax|mobile|email|e mail|website|web|sort code|routing number|routing no|swift|bic|swift bic|"
         "bank|bank name|page|eway bill no|e way bill no|irn|ack no|hsn code|cin|pan|pan no|place of supply|"
         "state code|lut no|iec|company number|company no|company registration|company reg no|registered number|"
         "registration number|reg no|quote ref|subscription id|subscription|payment reference|payment ref|"
         "remittance reference|vendor number|vendor no|vendor id|supplier number|supplier no|supplier id|vendor code|"
         "supplier code|tracking number|serial number|batch no|meter number|txn id|transaction id|transaction hash|"
         "tx hash|authorization code|check number|cheque no"},
        {number_other, L::de,
         "kundennummer|kundennr|kunden nr|kunde nr|kd nr|ihre nummer|ihre kundennummer|bestellung|bestellnummer|"
         "bestell nr|bestellnr|ihre bestellung|bestellung nr|auftrag|auftragsnummer|auftrags nr|auftragsnr|"
         "ihre auftragsnummer|lieferschein|lieferschein nr|lieferscheinnummer|lieferscheinnr|lieferavis|"
         "vertragsnummer|vertrags nr|vertragskonto|projekt|projektnummer|projekt nr|ihr zeichen|unser zeichen|"
         "ihre referenz|referenz|zeichen|telefon|telefax|fon|handy|mobil|hrb|hra|handelsregister|"
         "handelsregisternummer|registergericht|amtsgericht|bankleitzahl|blz|konto|kontonummer|konto nr|"
         "globale nummer|gln|nummer|zu rechnung|zu rechnung nr|zur rechnung|zur rechnung nr|bezug auf rechnung|"
         "bezugsrechnung|ursprungsrechnung|ursprungliche rechnung|ursprungliche rechnungsnummer|originalrechnung|"
         "storno zu rechnung|storno zu rechnung nr|stornierung der rechnung nr|"
         "korrigierte rechnung|vorgangsnummer|lieferantennummer|lieferanten nr|kundenreferenz|internet|seite|"
         "verwendungszweck|leitweg id|objektnummer|zahlernummer|mandatsreferenz|glaubiger id|mitgliedsnummer"},
        {number_other, L::fr,
         "n de client|n client|numero client|numero de client|code client|reference client|ref client|"
         "n de commande|n commande|numero de commande|commande n|bon de commande|n bon de commande|"
         "n de bon de commande|n bon de vente|n bon de livraison|n bon de reception|bon de livraison|n contrat|"
         "n de contrat|numero de contrat|n de facture associee|n facture associee|facture associee|"
         "facture d origine|n facture d origine|n de facture d origine|annule la facture|relatif a la facture|"
         "avoir sur facture|avoir sur la facture|sur facture n|sur la facture n|vos references|nos references|votre "
         "reference|"
         "notre reference|votre commande|references|siren|siret|siren siret|rcs|r c s|ape|naf|code ape|code naf|"
         "telephone portable|courriel|n de devis|ref projet|ref comptable|ref appel d offres|n de compte|"
         "reference avis de paiement|reference bancaire|rib"},
        {number_other, L::es,
         "numero de cliente|n cliente|no cliente|cliente n|numero de pedido|n pedido|pedido|pedido n|su pedido|"
         "su referencia|nuestra referencia|referencia|factura rectificada|factura original|rectifica a la factura|"
         "numero de cuenta|telefono|correo|albaran|n albaran|registro mercantil"},
        {number_other, L::it,
         "codice cliente|numero cliente|n cliente|numero ordine|ordine n|ordine|vostro ordine|vs ordine|rif|"
         "riferimento|rif fattura|fattura di riferimento|fattura originale|ddt|ddt n|rea|cig|cup|codice destinatario|"
         "codice sdi|pec|numero conto|telefono cellulare|storno fattura n|a storno della fattura n"},
        {number_other, L::nl,
         "klantnummer|klant nr|klantnr|debiteurnummer|debiteurennummer|ordernummer|order nummer|bestelnummer|"
         "uw referentie|onze referentie|referentie|kenmerk|uw kenmerk|betalingskenmerk|kvk|kvk nummer|kvk nr|"
         "telefoonnummer|projectnummer|contractnummer|oorspronkelijke factuur|betreft factuur|rekeningnummer|"
         "pakbonnummer|uw ordernummer"},

        {title_invoice, L::en,
         "invoice|tax invoice|vat invoice|commercial invoice|sales invoice|e invoice|invoice bill|bill of supply|bill|"
         "original invoice copy|electronic invoice|invoice copy|service invoice|final invoice|gst invoice|gst tax "
         "invoice"},
        {title_invoice, L::de,
         "rechnung|handelsrechnung|schlussrechnung|teilrechnung|abschlagsrechnung|sammelrechnung|honorarrechnung|"
         "faktura|mietrechnung|e rechnung|honorarnote|monatsrechnung|rechnung rechnung"},
        {title_invoice, L::fr,
         "facture|facture d acompte|facture de solde|facture finale|facture client|note d honoraires"},
        {title_invoice, L::es, "factura|factura simplificada|factura electronica|factura ordinaria"},
        {title_invoice, L::it, "fattura|fattura elettronica|fattura immediata|fattura differita|parcella"},
        {title_invoice, L::nl, "factuur|verkoopfactuur|nota|eindfactuur"},
        {title_credit_note, L::any,
         "credit note|credit memo|credit memorandum|credit invoice|tax credit note|vat credit note|gutschrift|"
         "stornorechnung|rechnungskorrektur|korrekturrechnung|storno|rechnungsstorno|rechnungsgutschrift|avoir|"
         "facture d avoir|note de credit|nota de credito|factura rectificativa|abono|nota di credito|creditnota|"
         "creditfactuur|kreditnote|nota de abono|note d avoir"},
        {title_reminder, L::any,
         "reminder|payment reminder|first reminder|second reminder|third reminder|final reminder|1st reminder|"
         "2nd reminder|invoice reminder|friendly reminder|friendly payment reminder|overdue notice|"
         "past due notice|second notice|final notice|first notice|third notice|notice of overdue payment|overdue "
         "reminder|"
         "overdue payment reminder|dunning letter|dunning notice|reminder notice|overdue invoice|"
         "overdue invoice reminder|past due reminder|collection notice|final demand|letter before action|"
         "mahnung|zahlungserinnerung|erste mahnung|zweite mahnung|dritte mahnung|letzte mahnung|"
         "freundliche zahlungserinnerung|rappel|rappel de paiement|premier rappel|deuxieme rappel|dernier rappel|"
         "lettre de relance|relance|mise en demeure|premiere relance|deuxieme relance|recordatorio de "
         "pago|recordatorio|"
         "sollecito|sollecito di pagamento|herinnering|betalingsherinnering|aanmaning|tweede herinnering|"
         "eerste herinnering|laatste aanmaning|1 mahnung|2 mahnung|3 mahnung"},
        {title_receipt, L::any,
         "receipt|payment receipt|sales receipt|cash receipt|official receipt|quittung|kassenbon|kassenbeleg|"
         "zahlungsbestatigung|recu|recu de paiement|recibo|ticket de caisse|ricevuta|scontrino|kwitantie|kassabon|"
         "payment confirmation|betaalbewijs|justificante de pago"},
        {title_statement, L::any,
         "statement|account statement|statement of account|monthly statement|billing statement|customer statement|"
         "kontoauszug|kontoubersicht|releve|releve de compte|extracto de cuenta|estado de cuenta|"
         "estratto conto|rekeningoverzicht"},
        {title_quote, L::any,
         "quote|quotation|estimate|price quote|sales quote|angebot|kostenvoranschlag|devis|presupuesto|preventivo|"
         "offerte|cotizacion|cost estimate|bid|sales proposal|price proposal|quotation estimate|offre de prix|"
         "offerta|oferta|prijsopgave|kostenschatzung|unverbindliches angebot"},
        {title_proforma, L::any,
         "proforma|pro forma|proforma invoice|pro forma invoice|proformarechnung|proforma rechnung|"
         "pro forma rechnung|facture proforma|facture pro forma|factura proforma|fattura proforma|"
         "fattura pro forma|proforma factuur|pro forma factuur"},
        {title_order, L::any,
         "order confirmation|purchase order confirmation|auftragsbestatigung|bestellbestatigung|"
         "confirmation de commande|confirmacion de pedido|conferma d ordine|orderbevestiging|sales order confirmation"},
        {title_remittance, L::any,
         "remittance advice|remittance slip|remittance notice|payment advice|advice of payment|payment notification|"
         "payment voucher|notice of payment|payout statement|zahlungsavis|zahlungsanzeige|zahlungsmitteilung|"
         "uberweisungsavis|avis de paiement|avis de virement|avis de reglement|bordereau de paiement|aviso de pago|"
         "notificacion de pago|orden de pago|avviso di bonifico|avviso di avvenuto pagamento|distinta di pagamento|"
         "betaalspecificatie|betalingsadvies|betalingsspecificatie"},
        {title_delivery, L::any,
         "delivery docket|packing slip|packing list|lieferschein original|dispatch note|goods received note|"
         "documento di trasporto|pakbon"},
    };
    groups.insert(groups.end(), std::begin(made), std::end(made));
}

/// On an invoice they label the number of another paper: they are titles only where they stand alone.
void add_other_paper_phrases(std::vector<PhraseGroup>& groups) {
    groups.push_back(
        {Label::title_other_paper, Language::any,
         "purchase order|purchase requisition|purchase order form|order|sales order|work order|job order|service order|"
         "contract|agreement|service agreement|service contract|statement of work|delivery note|delivery order|"
         "debit note|debit memo|debit advice|refund note|cash sale|cash sales|offer|reprint|lastschriftanzeige|"
         "belastungsanzeige|note de debit|nota de debito|nota de cargo|nota di debito|debetnota|"
         "timesheet|time sheet|expense report|expense claim|"
         "bestellung|bestellschein|auftrag|arbeitsauftrag|werkauftrag|vertrag|kaufvertrag|dienstleistungsvertrag|"
         "lieferschein|leistungsnachweis|stundennachweis|"
         "bon de commande|commande|ordre de travail|ordre de service|bon de travail|contrat|bon de livraison|"
         "orden de compra|pedido|orden de trabajo|contrato|albaran|nota de entrega|"
         "ordine|ordine di acquisto|ordine d acquisto|buono d ordine|ordine di lavoro|contratto|ddt|bolla di consegna|"
         "inkooporder|bestelling|bestelbon|werkbon|werkorder|opdracht|overeenkomst|contractovereenkomst|"
         "opdrachtbevestiging|leverbon"});
}

}  // namespace parser_rules
