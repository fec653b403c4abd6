#include "claim_words.hpp"

namespace parser_rules {
namespace {

constexpr PartWords kWords[] = {
    {Part::final,
     "settled|superseded|waived|forgiven|voided|revoked|rescinded|nullified|annulled|retracted|obsolete|"
     "ausgeglichen|beglichen|getilgt|erledigt|verrechnet|verbucht|vereinnahmt|eingegangen|storniert|"
     "annulliert|ungultig|hinfallig|gegenstandslos|uberholt|widerrufen|abgeschrieben|kassiert|erloschen|nichtig|"
     "acquittee|acquitte|annulee|annulees|perimee|caduque|encaisse|encaissee|liquidado|liquidada|anulado|anulada|"
     "cancelado|cancelada|cobrado|cobrada|saldado|saldada|saldato|saldata|annullato|annullata|stornato|stornata|"
     "liquidato|liquidata|incassato|incassata|estinto|estinta|revocata|verrekend|afgehandeld|vervallen|ongeldig|"
     "ingetrokken|geannuleerd|geind|geincasseerd|zuruckgezogen"},
    {Part::final_e, "annule|solde|soldee|regle|reglee|paye|payee|perime"},
    {Part::acted,
     "cleared|transferred|wired|remitted|collected|deducted|debited|charged|cancelled|canceled|withdrawn|refunded|"
     "credited|reimbursed|reversed|received|abgebucht|eingezogen|abgezogen|uberwiesen|belastet|erstattet|"
     "gutgeschrieben|debite|debitee|preleve|prelevee|rembourse|remboursee|recu|vire|cargado|cargada|adeudado|"
     "reembolsado|reembolsada|abonado|abonada|recibido|addebitato|addebitata|prelevato|rimborsato|ricevuto|"
     "accreditato|afgeschreven|afgeboekt|terugbetaald|ontvangen|overgemaakt"},
    {Part::replaced,
     "replaced|ersetzt|abgelost|remplace|remplacee|sustituido|sustituida|reemplazada|sostituito|sostituita|vervangen"},
    {Part::stamp,
     "sample|samples|specimen|test|testing|copy|copies|duplicate|duplicata|triplicate|draft|proforma|dummy|demo|mock|"
     "mockup|"
     "example|template|preview|reprint|reprinted|muster|musterrechnung|testrechnung|beispiel|beispielrechnung|"
     "vorlage|probe|kopie|rechnungskopie|zweitschrift|zweitausfertigung|abschrift|duplikat|doppel|entwurf|vorschau|"
     "nachdruck|exemple|modele|essai|copie|brouillon|apercu|reimpression|duplicado|copia|ejemplo|muestra|prueba|"
     "plantilla|borrador|reimpresion|esempio|modello|prova|duplicato|bozza|ristampa|anteprima|voorbeeld|sjabloon|"
     "proef|afschrift|duplicaat|concept|herdruk|kopiefactuur|proeffactuur"},
    {Part::stamp_beside,
     "only|up|nur|seulement|uniquement|solo|soltanto|alleen|slechts|document|dokument|documento|invoice|rechnung|"
     "facture|"
     "factura|fattura|factuur|version|beleg|not|no|nicht|non|pas|niet|keine|kein|for|file|office|"
     "archive|accounts|internal|vom|of|from|valid|payment|printed|dated|zur|der|de|la|il|van|zahlung|gultig|purposes"},
    {Part::harmless_copy,
     "customer|customers|client|kunde|kunden|original|originale|origineel|orig|your|ihre|votre|buyer|recipient|payer|"
     "cliente|klant|acheteur|kaufer|kundenkopie|cc"},
    {Part::reminds,
     "reminder|mahnung|zahlungserinnerung|erinnerung|rappel|relance|recordatorio|sollecito|herinnering|"
     "betalingsherinnering|aanmaning|mahnstufe|zahlungsaufforderung|overdue|past|uberfallig|vencida|"
     "vencido|impagada|scaduta|scaduto|insoluta|achterstallig"},
    {Part::notice, "request|notice|demand|warning|attempt|aufforderung|avis|aviso|requerimiento|avviso|verzoek"},
    {Part::ordinal,
     "first|second|third|fourth|and|und|et|y|e|1st|2nd|3rd|final|last|repeat|repeated|further|st|nd|rd|due|friendly|"
     "payment|erste|"
     "zweite|dritte|letzte|erneute|deuxieme|second|seconde|troisieme|dernier|derniere|premier|premiere|nouveau|"
     "segundo|segunda|tercer|ultimo|ultima|primer|secondo|terzo|primo|tweede|derde|laatste|eerste|de|en|di|paiement|"
     "pago|pagamento|invoice|notice|request|stufe"},
    {Part::concerns,
     "corrects|corrected|correction|amends|amended|amendment|replaces|replacement|supersedes|superseding|revises|"
     "revised|revision|reminder|reissue|reissued|reissues|resend|resent|copy|duplicate|outstanding|unpaid|overdue|"
     "cancels|storniert|berichtigt|korrigiert|ersetzt|korrigierte|berichtigte|korrektur|berichtigung|mahnung|"
     "zahlungserinnerung|erinnerung|kopie|zweitschrift|duplikat|offene|unbezahlte|ausstehende|uberfallige|neufassung|"
     "corrige|rectifie|rectificatif|rectification|remplace|annule|rappel|relance|copie|duplicata|impayee|impayees|"
     "rectifica|rectificacion|sustituye|reemplaza|recordatorio|duplicado|pendientes|impagadas|impagada|rettifica|"
     "sostituisce|corregge|sollecito|insolute|insoluta|corrigeert|correctie|vervangt|herinnering|openstaande|"
     "onbetaalde|aanmaning|kopiefactuur"},
    {Part::concerns_beside,
     "re|betreff|betr|betrifft|objet|asunto|oggetto|betreft|subject|version|versie|fassung|sum|summe|list|our|unsere|"
     "invoice|invoices|rechnung|rechnungen|facture|factures|factura|facturas|fattura|fatture|factuur|facturen|"
     "document|beleg|this|diese|cette|esta|questa|deze|of|for|to|from|zu|zur|der|die|das|von|vom|de|la|le|les|del|"
     "della|van|voor|per|et|und|and|no|nr|number|num|n|numero|nummer|the|a|il|el|las|los|replaces|remplace|is|are|as|"
     "ist|est|es|e|payment|paiement|pago|pagamento"},
    {Part::waits,
     "hold|review|approval|clarification|klarung|prufung|freigabe|genehmigung|validation|verification|dispute|litige|"
     "attente|aprobacion|disputa|espera|revision|attesa|approvazione|verifica|contestazione|beoordeling|goedkeuring|"
     "geschil|behandeling|wacht|confirmation|bestatigung|release|authorisation|authorization"},
    {Part::waits_in,
     "on|cours|curso|corso|held|for|being|under|in|en|unter|awaiting|awaits|pending|zur|auf|warten|wartet|sous|bajo|"
     "sotto|op|ter|pendiente|attente|"
     "wachtet|noch|still|put|currently|de|di|internal|client|customer|final|derzeit|vorlaufig"},
    {Part::released,
     "final|approved|released|authorised|authorized|freigegeben|genehmigt|endgultig|verbindlich|geprueft|validee|"
     "valide|approuvee|approuve|definitive|definitif|aprobada|aprobado|definitiva|definitivo|approvata|approvato|"
     "goedgekeurd|definitief|vrijgegeven"},
    {Part::yet, "yet|encore|aun|todavia|ancora|noch|nog|aucore|not|nicht|pas|non|no|niet|un|n"},
    {Part::returns,
     "credited|refunded|reimbursed|gutgeschrieben|erstattet|ruckerstattet|zuruckerstattet|zuruckgezahlt|"
     "zuruckuberwiesen|credite|creditee|rembourse|remboursee|reembolsado|reembolsada|abonado|abonada|devuelto|"
     "devuelta|acreditado|accreditato|accreditata|rimborsato|rimborsata|restitue|restituee|restituito|restituita|"
     "gecrediteerd|terugbetaald|teruggestort|"
     "gutschreiben|erstatten"},
    {Part::comes_in,
     "received|collected|credited|eingegangen|vereinnahmt|eingenommen|kassiert|eingetroffen|gutgeschrieben|encaisse|"
     "encaissee|percu|percue|recu|recue|cobrado|cobrada|recibido|recibida|ingresado|ingresada|incassato|incassata|"
     "riscosso|riscossa|ricevuto|ricevuta|accreditato|ontvangen|geind|geincasseerd|bijgeschreven|binnengekomen"},
    {Part::sum,
     "amount|sum|total|money|betrag|summe|gesamtbetrag|rechnungsbetrag|zahlbetrag|endbetrag|gesamtsumme|montant|somme|"
     "importe|cantidad|importo|somma|bedrag|factuurbedrag|totaalbedrag|funds|geld"},
    {Part::prepays,
     "vorkasse|vorauskasse|prepayment|anzahlung|vorauszahlung|acompte|anticipo|acconto|vooruitbetaling|zahlungsart|"
     "transfer|uberweisung|virement|transferencia|bonifico|overschrijving"},
    {Part::names_date, "on|dated|am|vom|le|du|el|il|in|op|the|den|at|to|already|of"},
    {Part::names_maker,
     "by|durch|par|por|da|dalla|door|due|because|pending|as|per|until|since|following|wegen|aufgrund|bis|seit|infolge|"
     "suite|jusqu|depuis|hasta|debido|fino|causa|wegens|tot"},
    {Part::without, "without|ohne|sans|sin|senza|zonder|where|after|nach|if|wenn|outside|beyond|unless"},
    {Part::sober,
     "already|bereits|schon|deja|ya|gia|reeds|al|fully|now|hereby|vollstandig|vollig|komplett|entierement|totalmente|"
     "interamente|volledig|is|are|wurde|ist|been|has|was|est|ete|a|today|heute|previously|hiermit|in|full|status"},
};

}  // namespace

std::span<const PartWords> stamp_words() {
    return kWords;
}

}  // namespace parser_rules
