// The words that name the two parties, their tax numbers, and where to pay.
#include "lexicon.hpp"

namespace parser_rules {

void add_party_phrases(std::vector<PhraseGroup>& groups) {
    using enum Label;
    using L = Language;
    const PhraseGroup made[] = {
        {seller, L::en,
         "vendor|vendor name|sender|seller|seller name|sold by|supplier|supplier name|issuer|issued by|invoice "
         "from|bill from|"
         "billed by|from|merchant|merchant name|service provider|provider|biller|billed from|invoiced by|vendor "
         "details|"
         "seller details|supplier details|your supplier|contractor|creditor|name of supplier|legal name of supplier"},
        {seller, L::de,
         "verkaufer|lieferant|rechnungssteller|rechnungsaussteller|aussteller|absender|leistungserbringer|"
         "auftragnehmer|"
         "anbieter|dienstleister|glaubiger|kreditor|leistender unternehmer|verkaeufer"},
        {seller, L::fr,
         "vendeur|fournisseur|emetteur|prestataire|vendu par|emis par|expediteur|societe emettrice|nom du fournisseur|"
         "nom du vendeur|facture par|facture emise par|creancier"},
        {seller, L::es,
         "vendedor|proveedor|emisor|emitida por|datos del emisor|datos del proveedor|facturado por|acreedor"},
        {seller, L::it,
         "fornitore|venditore|cedente|cedente prestatore|emittente|mittente|prestatore|creditore|dati fornitore"},
        {seller, L::nl, "leverancier|verkoper|afzender|opdrachtnemer|dienstverlener|crediteur"},

        {buyer, L::en,
         "bill to|billed to|billing to|invoice to|invoiced to|invoice for|sold to|customer|customer name|client|"
         "client name|buyer|buyer name|purchaser|to|attention|attn|bill to party|billing address|customer details|"
         "billing details|bill to address|details of receiver|details of recipient|recipient|invoice recipient|payer|"
         "customer address|for the attention of|prepared for|debtor|billed to name|buyer details|invoice "
         "address|receiver|"
         "credit to|account name of customer|your details|customer information|client details|issued to"},
        {buyer, L::de,
         "kaufer|kaufer leistungsempfanger|leistungsempfanger|rechnungsempfanger|rechnung an|kunde|empfanger|"
         "rechnungsadresse|rechnungsanschrift|auftraggeber|besteller|debitor|an|mieter|kundenadresse|kaeufer|"
         "rechnungsempfanger in|kundin|schuldner"},
        {buyer, L::fr,
         "facture a|facturer a|facturee a|client facture|destinataire|adresse du client|adresse de facturation|"
         "adresse client|acheteur|nom du client|adresse a|vos identifiants|coordonnees du client|"
         "client adresse|facture pour|preneur|coordonnees client|adressee a|a l attention de|votre identite|doit"},
        {buyer, L::es,
         "facturar a|facturado a|cliente|datos del cliente|comprador|destinatario|nombre del cliente|datos de "
         "facturacion|"
         "receptor|deudor"},
        {buyer, L::it,
         "cessionario|cessionario committente|committente|spett le|spettabile|spett|intestatario|acquirente|"
         "dati cliente|fatturare a|fatturato a|destinazione fattura"},
        {buyer, L::nl,
         "klant|factuur aan|factuuradres|afnemer|koper|opdrachtgever|aan|t a v|klantgegevens|debiteur|gefactureerd "
         "aan"},

        {other_party, L::any,
         "ship to|shipped to|deliver to|delivery address|delivery to|shipping address|service address|remit to|"
         "remittance address|ship from|consignee|lieferadresse|lieferanschrift|lieferung an|adresse de livraison|"
         "livraison|livre a|enviar a|direccion de envio|direccion de entrega|destinazione|luogo di consegna|"
         "afleveradres|leveradres|bezorgadres|abweichender zahlungsempfanger|ship to address|shipping to|"
         "service location|delivered to|warenempfanger|luogo di destinazione|tax representative|representant fiscal|"
         "fiskalvertreter|send payment to|mail payment to|pay to the order of|contact|contact person|ansprechpartner|"
         "bearbeiter|sachbearbeiter|salesperson|sales person|sales rep|account manager|prepared by|powered by"},

        {party_name, L::any,
         "name|company|company name|firma|firmenname|nom|raison sociale|denomination|denominazione|"
         "ragione sociale|nombre|razon social|naam|bedrijfsnaam|bedrijf|business name|legal name|trade name|"
         "denomination sociale|organisation|organization"},

        {tax_id, L::en,
         "vat id|vat no|vat number|vat nr|vat id no|vat id nr|vat reg no|vat reg|vat registration|vat registration no|"
         "vat registration number|vat reg number|vat #|tax id|tax id no|tax id number|tax no|tax number|"
         "tax identification number|tax registration number|tax reg no|ein|federal tax id|federal ein|fein|tin|tin no|"
         "abn|acn|gstin|gstin uin|gstin no|gst no|gst number|gst in|gst reg no|gst registration no|"
         "gst registration number|gst id|seller gstin|supplier gstin|our vat no|our vat number|seller vat id|"
         "supplier vat number|vat identification number|vat code|tax code|seller tax id|vendor tax id|tax registration|"
         "gstin of supplier|company gstin|vat tin|seller vat no|seller vat number|vat ident no"},
        {tax_id, L::de,
         "ust id|ust idnr|ust id nr|ust ident nr|ust identnr|ustid|ustidnr|ustid nr|umsatzsteuer id|"
         "umsatzsteuer identifikationsnummer|umsatzsteueridentifikationsnummer|umsatzsteuer identnummer|ust "
         "identifikationsnummer|"
         "umsatzsteuer idnr|umsatzsteuer id nr|umsatzsteuer ident nr|mwst nr|mwst nummer|uid|uid nr|uid nummer|"
         "uid mwst nr|steuernummer|steuer nr|st nr|stnr|steuernr|unsere ust id|unsere ust idnr|unsere ust id nr|"
         "ust nr|umsatzsteuernummer|atu|che mwst|steuer nummer"},
        {tax_id, L::fr,
         "n tva|n de tva|no tva|no de tva|numero tva|numero de tva|tva intracommunautaire|tva intracom|"
         "n tva intracommunautaire|n de tva intracommunautaire|numero de tva intracommunautaire|"
         "numero tva intracommunautaire|n tva intracom|id tva|identifiant tva|tva n|tva no|num tva|n t v a|"
         "tva fr|tva be|notre n tva|tva intra|n tva intra|n id tva"},
        {tax_id, L::es, "nif|cif|n i f|c i f|nif iva|cif nif|nif cif|cif n|nif n|numero de iva|vat es"},
        {tax_id, L::it,
         "p iva|partita iva|part iva|codice fiscale|c f|cf|cod fisc|p iva c f|partita iva codice fiscale|"
         "p iva e c f|c f p iva|cf p iva|piva"},
        {tax_id, L::nl,
         "btw nummer|btw nr|btwnummer|btw id|btw identificatienummer|btw no|btw nl|ob nummer|btw nummer nl"},
        {buyer_tax_id, L::any,
         "customer vat|customer vat id|customer vat no|customer vat number|your vat|your vat id|your vat no|"
         "your vat number|buyer vat|buyer vat id|buyer vat no|buyer vat number|client vat|client vat number|client vat "
         "no|"
         "buyer gstin|customer gstin|recipient gstin|gstin of recipient|customer tax id|buyer tax id|your tax id|"
         "ihre ust id|ihre ust idnr|ihre ust id nr|kunden ust id|ust id kunde|ust id des kunden|ust idnr kunde|ihre "
         "uid|"
         "votre n tva|votre numero de tva|n tva client|tva client|n de tva client|votre tva|votre n de tva|"
         "nif cliente|cif cliente|cliente nif|uw btw nummer|btw nummer klant|klant btw nummer|bill to vat|"
         "p iva cliente|receiver gstin|ust id empfanger|kunden uid"},
        {payee_name, L::any,
         "account holder|account name|beneficiary|beneficiary name|payee|payable to|make checks payable to|"
         "make cheques payable to|make all checks payable to|make payment to|please make payment to|kontoinhaber|"
         "zahlungsempfanger|begunstigter|titulaire|titulaire du compte|beneficiaire|titular|titular de la cuenta|"
         "beneficiario|intestato a|intestatario conto|ten name van|t n v|name of account|bank account name|"
         "name on account|nom du beneficiaire|ordre"},

        {iban, L::any, "iban|iban no|iban number|iban nr|iban code|iban n|codice iban|code iban"},
        {wallet, L::any,
         "wallet|wallet address|payment wallet|payment address|pay to wallet|pay to address|deposit address|"
         "receiving address|receiving wallet|recipient wallet|recipient address|usdc address|mnee address|evm "
         "address|eth address|"
         "ethereum address|crypto address|crypto wallet|settlement address|settlement wallet|payout address|pay to|"
         "send to|send payment to wallet|wallet adresse|wallet id|zahlungsadresse|adresse wallet|"
         "adresse de paiement|adresse du portefeuille|portefeuille|portafoglio|cartera|billetera|send funds to|"
         "remit to wallet|beneficiary wallet|merchant wallet|beneficiary address|adresse blockchain|treasury wallet"},
        {network, L::any,
         "network|blockchain|chain|payment network|netzwerk|reseau|red|rete|netwerk|blockchain network|"
         "network chain|chain network|settlement network|token network|network name|chain name"},
        {currency, L::any,
         "currency|invoice currency|payment currency|settlement currency|billing currency|document currency|"
         "currency code|all amounts in|all amounts are in|amounts in|all prices in|all prices are in|prices in|"
         "all values in|all amounts expressed in|amounts are in|amounts shown in|amount in|total in|all figures "
         "in|settled in|payable in|"
         "all sums in|wahrung|waehrung|rechnungswahrung|alle betrage in|betrage in|alle preise in|preise in|devise|"
         "monnaie|montants en|montants exprimes en|tous les montants en|tous les montants sont en|prix en|moneda|"
         "divisa|importes en|valuta fattura|importi in|bedragen in|alle bedragen in|munteenheid|payment token|asset|"
         "token|payment asset|stablecoin|settlement asset|settlement token|pay in|payment in"},
    };
    groups.insert(groups.end(), std::begin(made), std::end(made));
}

}  // namespace parser_rules
