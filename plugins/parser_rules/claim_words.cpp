#include "claim_words.hpp"

namespace parser_rules {
namespace {

constexpr PartWords kWords[] = {
    {Part::settles,
     "paid|prepaid|repaid|overpaid|bezahlt|bezahlte|gezahlt|beglichen|beglichene|uberwiesen|ueberwiesen|abbezahlt|"
     "acquitte|acquittee|acquittes|acquittees|pagado|pagada|pagados|pagadas|pagato|pagata|pagati|pagate|saldato|"
     "saldata|quietanzato|quietanzata|quietanza|betaald|voldaan|afbetaald"},
    {Part::settles_e, "paye|payee|payes|payees|regle|reglee|regles|reglees|solde|soldee|verse|versee"},
    {Part::settles_if,
     "settled|wired|transferred|remitted|cleared|discharged|waived|forgiven|ausgeglichen|erledigt|getilgt|verrechnet|"
     "verbucht|erlassen|liquidado|"
     "liquidada|abonado|abonada|cobrado|cobrada|cancelado|cancelada|condonado|condonada|liquidato|liquidata|evaso|"
     "evasa|estinto|estinta|verrekend|afgehandeld|afgelost|kwijtgescholden|abgeschrieben|gebucht"},
    {Part::closes,
     "completed|complete|closed|done|cleared|abgeschlossen|geschlossen|termine|cerrado|cerrada|chiuso|"
     "chiusa|afgerond|gesloten|finalised|finalized|paidup"},
    {Part::withdraws,
     "superseded|supersedes|disregard|ignore|void|voided|cancelled|canceled|revoked|rescinded|withdrawn|replaced|"
     "replaces|obsolete|invalid|retracted|nullified|disputed|storniert|storniere|annulliert|ungultig|hinfallig|"
     "gegenstandslos|ersetzt|zuruckgezogen|widerrufen|uberholt|annule|annulee|annulees|remplace|remplacee|perimee|"
     "caduque|invalide|contestee|anulado|anulada|sustituida|sustituye|reemplazada|invalida|ignore|annullato|"
     "annullata|stornata|stornato|sostituita|sostituisce|revocata|geannuleerd|vervallen|vervangen|ongeldig|"
     "ingetrokken|negeren|ignorieren|ignorer|ignorar|ignorare|ignorez"},
    {Part::collects,
     "charge|charged|charging|debit|debited|debiting|bill|billed|deduct|deducted|withdraw|withdrawn|collect|collected|"
     "collecting|take|taken|draw|drawn|abbuchen|abgebucht|buchen|belasten|belastet|einziehen|eingezogen|ziehen|"
     "abgezogen|debite|debitee|debiter|debiterons|preleve|prelevee|prelever|preleverons|cargado|cargada|cargaremos|"
     "cargar|cobrado|cobrada|cobraremos|cobrar|adeudado|adeudaremos|addebitato|addebitata|addebiteremo|addebitare|"
     "prelevato|preleveremo|prelevata|afgeschreven|afschrijven|geincasseerd|incasseren|afgeboekt"},
    {Part::pays,
     "pay|paying|settle|settling|remit|zahlen|bezahlen|uberweisen|ueberweisen|begleichen|zahle|bezahle|zahlt|payer|"
     "payez|regler|reglez|"
     "verser|versez|acquitter|pagar|pague|abonar|abone|pagare|paghi|pagate|saldare|versare|betalen|betaal|betaalt|"
     "voldoen|overmaken"},
    {Part::payment,
     "payment|payments|paying|remittance|money|funds|zahlung|zahlungen|bezahlung|geld|uberweisung|paiement|paiements|"
     "reglement|versement|argent|pago|pagos|dinero|transferencia|pagamento|pagamenti|denaro|soldi|bonifico|betaling|"
     "betalingen|transaction|wire|cheque|check|transfer|virement|scheck"},
    {Part::came,
     "successful|succeeded|successfully|reached|landed|processed|cleared|confirmed|complete|completed|accepted|"
     "captured|approved|"
     "authorised|"
     "authorized|arrived|posted|received|collected|done|credited|executed|verbucht|gebucht|erfolgt|eingegangen|"
     "angekommen|bestatigt|erfolgreich|abgeschlossen|gutgeschrieben|durchgefuhrt|recu|encaisse|effectue|confirme|"
     "accepte|arrive|recibido|confirmado|realizado|completado|efectuado|aceptado|acreditado|ricevuto|confermato|"
     "effettuato|completato|accreditato|eseguito|riuscito|ontvangen|verwerkt|bevestigd|gelukt|geslaagd|"
     "bijgeschreven|binnengekomen|voltooid"},
    {Part::state,
     "successful|complete|completed|confirmed|done|received|erfolgt|erfolgreich|eingegangen|angekommen|"
     "abgeschlossen|verbucht|gebucht|bestatigt|recu|confirme|recibido|confirmado|ricevuto|confermato|"
     "riuscito|ontvangen|bevestigd|gelukt|geslaagd|binnengekomen|voltooid|verwerkt"},
    {Part::owes,
     "owe|owes|owed|owing|due|payable|outstanding|left|schulden|schuldet|schuldig|geschuldet|fallig|offen|devez|due|"
     "dues|du|debe|deben|adeuda|dovete|dovuto|dovuta|deve|verschuldigd|openstaand|open"},
    {Part::covers,
     "covered|offset|netted|deducted|applied|drawn|settled|verrechnet|abgezogen|gedeckt|compense|"
     "compensee|deduit|impute|imputee|compensado|compensada|cubierta|compensato|compensata|coperta|"
     "scalato|detratto|verrekend|gedekt"},
    {Part::suspends,
     "hold|suspended|paused|dispute|disputed|contested|gesperrt|zuruckgestellt|ausgesetzt|strittig|suspendu|suspendue|"
     "suspens|litige|suspendida|suspendido|suspenso|disputa|sospesa|sospeso|contestazione|opgeschort|wacht|betwist|"
     "geschil"},
    {Part::acts, "action|anything|unternehmen|tun|demarche|accion|azione|actie"},
    {Part::asks, "prega|consiglia|invita|richiede|avvisa|comunica"},
    {Part::valid, "valid|payable|gultig|zahlbar|valable|valida|valido|geldig|betaalbaar|effective|binding"},
    {Part::paper,
     "quote|quotation|estimate|proforma|forma|copy|duplicate|draft|reminder|sample|specimen|offer|angebot|"
     "kostenvoranschlag|kopie|entwurf|mahnung|muster|devis|copie|duplicata|brouillon|exemple|rappel|presupuesto|copia|"
     "borrador|recordatorio|preventivo|bozza|sollecito|offerte|concept|herinnering|duplicaat"},
    {Part::receipt, "receipt|quittung|zahlungsbeleg|recu|recibo|ricevuta|kwitantie"},
    {Part::sends,
     "send|make|made|sent|submit|process|transfer|issue|initiate|sending|making|senden|leisten|vornehmen|veranlassen|"
     "tatigen|"
     "anweisen|schicken|effectuer|effectuez|envoyer|envoyez|faire|faites|proceder|procedez|efectuar|efectue|enviar|"
     "envie|realizar|realice|hacer|haga|effettuare|effettui|inviare|inviate|eseguire|fare|doen|doe|verrichten|sturen|"
     "stuur|uitvoeren|maken"},
    {Part::needed,
     "required|need|needed|have|necessary|due|expected|requested|obliged|erforderlich|notwendig|notig|fallig|verlangt|"
     "requis|"
     "necessaire|exige|attendu|necesario|requerido|necesaria|precisa|necessario|richiesto|dovuto|nodig|vereist|"
     "noodzakelijk"},
    {Part::refuses,
     "inutile|unnotig|unnotige|innecesario|onnodig|overbodig|needless|don|dont|doesn|needn|isn|aren|mustn|shouldn|"
     "refrain|avoid|stop|cease|nothing|zero|nichts|kein|keine|keinen|"
     "keiner|keinerlei|aucun|aucune|rien|sans|ningun|ninguna|nada|nessun|nessuna|niente|nulla|niets|geen|unnecessary"},
    {Part::nothing, "nothing|nichts|rien|nada|niente|nulla|niets|nil|zero"},
    {Part::money,
     "amount|amounts|money|sum|balance|debt|payment|zahlbetrag|rechnungsbetrag|restbetrag|forderung|betrag|betrage|"
     "summe|zahlung|montant|somme|paiement|"
     "importe|cantidad|pago|importo|somma|pagamento|bedrag|betaling|invoice|total"},
    {Part::duty,
     "be|must|shall|should|can|could|would|may|might|to|mark|muss|mussen|soll|sollen|sollte|kann|konnen|darf|durfen|"
     "etre|doit|doivent|devra|devront|peut|peuvent|sera|seront|ser|debe|deben|debera|deberan|puede|pueden|sera|seran|"
     "essere|deve|devono|dovra|puo|possono|sara|saranno|moet|moeten|kan|kunnen|dient|dienen|zal|zullen|worden|te"},
    {Part::others, "we|wir|nous|noi|wij|who|whom|that|customers|kunden|failure|failing|banks|nosotros"},
    {Part::forgets,
     "forget|hesitate|delay|fail|neglect|vergessen|oublier|oubliez|olvide|olvidar|dimenticare|"
     "dimenticate|vergeet|vergeten|less|only|omit"},
    {Part::thing,
     "tax|taxes|vat|duty|duties|postage|freight|carriage|shipping|delivery|porto|fracht|customs|zoll|"
     "gst|mwst|tva|iva|btw|port|minimum|ddp"},
    {Part::group,
     "invoices|bills|amounts|fees|charges|costs|expenses|accounts|sums|bank|commission|royalties|wages|salaries|tax|"
     "vat|duties|rechnungen|betrage|gebuhren|kosten|steuern|spesen|factures|sommes|frais|facturas|importes|gastos|"
     "fatture|importi|spese|facturen|bedragen|customers|subscriptions|hours|members|who|that|employees|overdue"},
    {Part::attribute,
     "media|search|ads|ad|advertising|social|campaign|campaigns|leave|hours|time|support|plan|plans|content|traffic|"
     "subscription|subscriptions|holiday|holidays|vacation|promotion|promotions|membership|memberships|internship|"
     "break|breaks|overtime|work|service|services|account|accounts|tier|version|licence|license|licences|licenses|"
     "feature|features|marketing|listing|listings|posts|post|parking|users|user|seats|seat|members|hosting|cards|"
     "card|invoices|bills|amounts|links|clicks|click|sick|days|day|shipping|envelope|envelopes|postage|sms|api"},
    {Part::invoice,
     "invoice|bill|document|documento|dokument|rechnung|beleg|rechnungsbetrag|facture|factura|fattura|factuur|debt|"
     "betrag|gesamtbetrag|"
     "amount|balance|account|konto|compte|cuenta|conto|rekening|importe|importo|montant|bedrag|this|diese|dieser|"
     "cette|esta|questa|deze|statement|total"},
    {Part::means,
     "card|cards|account|visa|mastercard|amex|paypal|bank|balance|wallet|credit|kreditkarte|karte|konto|bankkonto|"
     "guthaben|guthabenkonto|kundenkonto|verrechnungskonto|carte|compte|tarjeta|cuenta|carta|conto|kaart|creditcard|"
     "rekening|cash|cheque|cheques|check|checks|"
     "bar|scheck|person|especes|contanti|efectivo|contant"},
    {Part::buyers,
     "your|ihr|ihre|ihrer|ihrem|ihren|dein|deinem|deiner|votre|vos|su|sus|tu|vostro|vostra|suo|sua|tuo|"
     "tua|uw|je|jouw"},
    {Part::automatic, "automatic|automatically|auto|automatisch|automatiquement|automaticamente"},
    {Part::term,
     "within|before|later|late|after|prior|upon|once|when|if|unless|until|annually|monthly|yearly|quarterly|binnen|"
     "innerhalb|nach|vor|spatestens|bis|verspatet|wird|werden|wenn|apres|avant|dans|sous|entro|dopo|prima|antes|"
     "despues|dentro|voor|na|zodra|every"},
    {Part::unit,
     "h|hr|hrs|hours|days|weeks|min|minutes|pcs|pieces|items|units|km|kg|points|tickets|licences|licenses|seats|"
     "stunden|"
     "std|tage|stuck|punkte|heures|jours|horas|dias|ore|giorni|uur|uren|dagen|stuks"},
    {Part::sort,
     "advance|early|upfront|cash|card|cheque|partial|down|late|electronic|pre|first|anticipated|vorab|"
     "anticipe|anticipado|anticipato|separate|minimum|manual|online|bank"},
    {Part::credit,
     "credit|credits|debt|claim|forderung|prepayment|retainer|balance|deposit|guthaben|gutschrift|anzahlung|"
     "vorauszahlung|avoir|acompte|"
     "nota|abono|anticipo|saldo|credito|acconto|tegoed|creditnota|voorschot|prepaid|trust|voucher|gutschein|konto"},
    {Part::serves,
     "questo|este|dieses|ce|this|is|as|your|dies|diese|als|ihre|ist|ceci|est|comme|votre|esto|es|como|su|questa|vale|"
     "come|dit|"
     "deze|uw|geldt|gilt|vaut|sirve|dient"},
    {Part::opens,
     "unser|unserem|unseren|notre|nuestra|nuestro|nostro|nostra|onze|the|a|an|your|our|this|if|when|unless|until|once|"
     "be|been|has|have|was|were|is|are|to|of|for|by|and|or|within|"
     "before|after|bis|der|die|das|den|dem|des|wenn|falls|sobald|und|oder|von|zu|nach|vor|ist|sind|wurde|le|la|les|"
     "de|du|si|et|ou|el|los|y|il|lo|se|het|een|als|en|van|o|un|une|una|eine|einer|ein"},
    {Part::own,
     "es|e|any|t|need|needs|have|to|longer|reason|obligation|amount|money|sum|further|more|necessity|requirement|"
     "action|"
     "mehr|"
     "weitere|weiteren|longer|zu|et|de|necesidad|autre|plus|bisogno|di|reden|om|te|meer|payment|necessary|is|please"},
};

}  // namespace

std::span<const PartWords> claim_words() {
    return kWords;
}

}  // namespace parser_rules
