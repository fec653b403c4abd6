// What a paper says of its own payment: that it is paid, will be collected, or must not be paid.
#include "lexicon.hpp"

namespace parser_rules {

void add_settlement_phrases(std::vector<PhraseGroup>& groups) {
    using enum Label;
    using L = Language;
    const PhraseGroup made[] = {
        {stamp_paid, L::any,
         "paid|invoice paid|bill paid|settled|payment complete|"
         "payment completed|payment successful|bezahlt|vollstandig bezahlt|"
         "rechnung bezahlt|beglichen|facture payee|"
         "facture reglee|acquittee|acquitte|paye|payee|reglee|regle|pagado|pagada|factura pagada|cobrado|pagato|pagata|"
         "fattura pagata|saldato|saldata|quietanzata|betaald|voldaan|factuur betaald"},
        {stamp_part_paid, L::any, "prepaid|partially paid|partly paid|part paid|teilweise bezahlt"},
        {stamp_withdrawn, L::any,
         "void|voided|cancelled|canceled|draft|not valid|withdrawn|superseded|refunded|storno|storniert|"
         "entwurf|ungultig|annulliert|annule|annulee|brouillon|remboursee|anulado|anulada|borrador|"
         "annullato|annullata|bozza|geannuleerd|vervallen|conceptfactuur|ongeldig|for information only|"
         "for information purposes only|for your records only|for reference only|for your reference only|for your "
         "information only|specimen|nur zur information|"
         "nur zu ihrer information|nur zur kenntnisnahme|a titre d information|a titre informatif|"
         "solo a titulo informativo|solo per informazione|solo a titolo informativo|alleen ter informatie"},
        {said_paid, L::any,
         "been paid|was paid|were paid|already paid|payment has been made|payment was made|"
         "payment confirmed|payment cleared|payment processed|payment approved|you paid|you have paid|"
         "confirm receipt of payment|confirm receipt of your payment|confirm receipt of the payment|"
         "acknowledge receipt of payment|acknowledge receipt of your payment|acknowledge receipt of the payment|"
         "receipt of payment confirmed|bestatigen den eingang ihrer zahlung|bestatigen den erhalt ihrer zahlung|"
         "bestatigen den zahlungseingang|bereits uberwiesen|wurde uberwiesen|accusons reception de votre paiement|"
         "accusons reception de votre reglement|confirmons la reception de votre paiement|deja verse|paiement effectue|"
         "confirmamos la recepcion de su pago|pago realizado|pago efectuado|confermiamo la ricezione del vostro "
         "pagamento|"
         "pagamento effettuato|bevestigen de ontvangst van uw betaling|received with thanks|paid with thanks|received "
         "the sum of|received the amount of|received an amount of|den "
         "betrag erhalten|mit dank erhalten|taken care of|pour solde de tout compte|thank you for paying|thanks for "
         "paying|danke fur die bezahlung|merci d "
         "avoir paye|"
         "gracias por pagar|grazie per aver pagato|bedankt voor het betalen|"
         "payment has been received|payment was received|payment received|received your payment|received payment|"
         "been settled|was settled|been charged|was charged|been debited|was debited|"
         "bereits bezahlt|bereits beglichen|bereits gezahlt|wurde bezahlt|ist bezahlt|wurde beglichen|ist beglichen|"
         "dankend erhalten|betrag erhalten|zahlung erhalten|bar bezahlt|bar erhalten|wurde abgebucht|wurde eingezogen|"
         "wurde belastet|wurde per kreditkarte bezahlt|per kreditkarte bezahlt|mit kreditkarte bezahlt|"
         "per paypal bezahlt|mit paypal bezahlt|deja paye|deja payee|deja regle|deja reglee|ete paye|ete payee|ete "
         "regle|"
         "ete reglee|ete acquittee|ete prelevee|ete preleve|facture acquittee|paiement recu|ha sido pagado|ha sido "
         "pagada|"
         "ya pagado|ya pagada|ya abonada|fue pagada|pago recibido|gia pagato|gia pagata|stata pagata|stato pagato|"
         "stata saldata|pagamento ricevuto|reeds betaald|al betaald|is betaald|is voldaan|reeds voldaan|"
         "betaling ontvangen|wij hebben uw betaling ontvangen"},
        {said_paid_whole, L::any,
         "invoice is paid|bill is paid|paid in full|fully paid|settled in full|balance is zero|balance is nil|"
         "balance nil|balance zero|nil balance|zero balance|konto ist ausgeglichen|saldo ist ausgeglichen|solde nul|"
         "compte est solde|saldo cero|saldo nul"},
        {said_received, L::any,
         "received|credited|erhalten|eingegangen|gutgeschrieben|recu|recue|recus|parvenu|recibido|recibida|ricevuto|"
         "ricevuta|ontvangen"},
        {said_made, L::any, "made|applied|processed|cleared|posted"},
        {said_payment_row, L::any,
         "payment|credit card payment|zahlung|ihre zahlung|paiement|votre paiement|reglement|versement|pago|su pago|"
         "pagamento|betaling|uw betaling"},
        {said_payment_of, L::any,
         "thank you for your payment of|thanks for your payment of|thank you for the payment of|"
         "dank fur ihre zahlung von|danke fur ihre zahlung von|danken fur ihre zahlung von|dank fur die zahlung von|"
         "merci pour votre paiement de|merci de votre paiement de|merci pour votre reglement de|gracias por su pago de|"
         "grazie per il vostro pagamento di|grazie per il pagamento di|dank voor uw betaling van"},
        {said_less, L::any, "less|minus|abzuglich|abzgl|moins|menos|meno"},
        {said_balance, L::any,
         "you owe|sie schulden|vous devez|usted debe|account balance|balance of your account|balance of the "
         "account|balance on your account|balance on account|"
         "customer balance|saldo|kontostand|kontosaldo|aktueller saldo|saldo ihres kontos|saldo kundenkonto|solde|"
         "solde du compte|solde de votre compte|solde client|solde actuel|saldo de la cuenta|saldo de su cuenta|"
         "saldo actual|saldo del conto|saldo conto|saldo attuale|rekeningsaldo|klantsaldo|huidig saldo|balance|balance "
         "due|amount due|total due|amount outstanding|outstanding|"
         "outstanding balance|remaining|remaining balance|amount remaining|balance after payment|owing|left to pay|"
         "offen|noch offen|restbetrag|zahlbetrag|noch zu zahlen|restant du|reste a payer|solde a payer|net a payer|"
         "pendiente|total a pagar|residuo|totale da pagare|te betalen|openstaand|openstaand bedrag"},
        {said_paid_by, L::any,
         "paid by|settled by|paid via|paid with|paid using|paid through|paid from|bezahlt per|bezahlt "
         "mit|bezahlt "
         "durch|"
         "bezahlt via|paye par|payee par|regle par|reglee par|pagado con|pagado por|pagado mediante|pagada con|"
         "pagato con|pagato tramite|betaald met|betaald via|betaald per|card ending|card ending in"},
        {said_paid_on, L::any,
         "date paid|paid on|payment date|date of payment|paid at|payment received on|date of receipt of payment|"
         "zahlungsdatum|bezahlt am|zahlung am|zahlung vom|gezahlt am|beglichen am|zahlungseingang am|zahlungseingang|"
         "date de paiement|date du paiement|paye le|payee le|regle le|reglee le|acquittee le|fecha de pago|pagado el|"
         "pagada el|data pagamento|data di pagamento|pagato il|pagata il|betaaldatum|betaald op|voldaan op|"
         "datum betaling"},
        {payment_status, L::any,
         "status|payment status|invoice status|statut|zahlungsstatus|rechnungsstatus|estado|estado de pago|stato|"
         "stato pagamento|betaalstatus|etat"},
        {said_collected, L::any,
         "will be debited|will be automatically debited|will be automatically charged|"
         "will be charged automatically|will be charged to your|will automatically be charged|"
         "will be deducted from your|will be taken from your|will be withdrawn from your|we will charge your|"
         "we will debit|we will collect|"
         "wird abgebucht|abgebucht|eingezogen|ziehen wir|buchen wir|bankeinzug|sera preleve|sera prelevee|"
         "seront preleves|sera debite|sera debitee|sera cargado|se cargara|sera cargada|se domiciliara|"
         "sara addebitato|verra addebitato|sara addebitata|verra addebitata|wordt afgeschreven|"
         "automatisch afgeschreven|wordt geincasseerd|geincasseerd"},
        {said_debit, L::any,
         "direct debit|sepa direct debit|autopay|auto pay|automatic payment|automatic "
         "debit|lastschrift|lastschriftverfahren|lastschrifteinzug|sepa lastschrift|"
         "sepa basislastschrift|sepa firmenlastschrift|einzugsermachtigung|prelevement|prelevement automatique|"
         "prelevement sepa|domiciliacion|domiciliado|recibo domiciliado|adeudo directo|adeudo sepa|addebito diretto|"
         "addebito sepa|automatische incasso|sepa incasso"},
        {said_withdrawn, L::any,
         "do not pay|don t pay|do not remit|not a bill|no balance due|no balance outstanding|no outstanding balance|"
         "nothing outstanding|no further payment|nothing further to pay|no action required|no action is required|"
         "nichts zu zahlen|nichts mehr zu zahlen|keine zahlung leisten|keine weitere zahlung|kein offener betrag|"
         "rien a payer|ne rien payer|aucun reglement|nada que pagar|nulla da pagare|niente da pagare|niets te "
         "betalen|not an invoice|not a demand for payment|not a request for payment|no payment required|"
         "no payment is required|no amount is owing|no amount owing|no amount is due|no amount due|nothing is owing|"
         "nothing owing|in dispute|is disputed|no payment due|no payment is due|no payment necessary|no payment needed|"
         "no payment is necessary|no payment is needed|nothing to pay|nothing is to be paid|nothing is due|not payable|"
         "been cancelled|been canceled|been voided|was cancelled|was canceled|was voided|been withdrawn|been refunded|"
         "keine zahlung erforderlich|keine zahlung notwendig|keine aufforderung zur zahlung|keine "
         "zahlungsaufforderung|nicht zahlen|nicht bezahlen|nicht uberweisen|"
         "wurde storniert|ist storniert|keine rechnung|ne pas payer|ne pas regler|"
         "aucun paiement|a ete annulee|est annulee|no pagar|ha sido anulada|non pagare|e stata annullata|"
         "niet betalen|is geannuleerd|geen factuur|not for payment|nicht zur zahlung|no valido para pago|"
         "niet ter betaling|sans objet|issued in error|sent in error|created in error|in error|by "
         "mistake|irrtumlich|versehentlich|par "
         "erreur|por error|per errore|per abuis|ten onrechte|written off|wrote off|ausgebucht|passee en perte|dada de "
         "baja|"
         "stralciata|customs purposes only|for customs only|no commercial value|ohne handelswert|sans valeur "
         "commerciale|"
         "sin valor comercial|senza valore commerciale|zonder handelswaarde|ne pas tenir compte|nicht beachten|"
         "als gegenstandslos|tenga en cuenta esta factura"},
        {said_account_changed, L::any,
         "bank details have changed|banking details have changed|account details have changed|"
         "payment details have changed|bank account has changed|bank details changed|account number has changed|"
         "wallet has changed|wallet address has changed|new bank details|our new bank account|a new bank account|"
         "new account number|new bank account number|new account details|new banking details|new payment details|"
         "our new wallet|the new wallet|a new wallet|new wallet address|new iban|changed our bank|changed our account|"
         "changed banks|updated bank details|bankverbindung hat sich geandert|bankverbindung geandert|"
         "neue bankverbindung|neuen bankverbindung|neue kontonummer|neue iban|unser neues konto|ein neues konto|"
         "geanderte bankverbindung|nouvelles coordonnees bancaires|coordonnees bancaires ont change|nouveau rib|"
         "nouvel iban|nouveau compte bancaire|nuevos datos bancarios|nueva cuenta bancaria|nuevo numero de cuenta|"
         "nuevo iban|nuove coordinate bancarie|nuovo iban|nuovo conto corrente|nieuwe bankgegevens|"
         "nieuw rekeningnummer|nieuw iban"},
        {said_payee_changed, L::any,
         "receivable has been assigned|receivables have been assigned|claim has been assigned|claims have been "
         "assigned|invoice has been assigned|debt has been assigned|receivable is assigned|invoice is assigned|"
         "receivable was assigned|invoice was assigned|receivable has been sold|invoice has been sold|abgetreten|"
         "creance a ete cedee|creance est cedee|facture a ete cedee|creance cedee|credito ha sido cedido|"
         "factura ha sido cedida|credito e stato ceduto|fattura e stata ceduta|gecedeerd aan|"
         "vordering is overgedragen"},
        {title_no_demand, L::any,
         "cancellation|dispute|disputed|query|queries|enquiry|inquiry|complaint|rejection|rejected|reversal|"
         "request for invoice|request for an invoice|invoice request|correction request|credit request|"
         "change request|internal use only|stornierung|annullierung|reklamation|beanstandung|widerspruch|ruckfrage|"
         "annulation|litige|reclamation|contestation|demande de facture|demande d avoir|anulacion|disputa|reclamacion|"
         "annullamento|contestazione|reclamo|annulering|betwisting|klacht"},
        {title_no_demand_beside, L::any,
         "receipt|receipted|reprint|re print|reprinted|estimated|preliminary|provisional|invalid|customs|zero|"
         "non negotiable|self billed|self billing|quittung|quittiert|quittierte|nachdruck|vorlaufige|recu|quittance|"
         "estimee|provisoire|reimpression|recibo|estimada|reimpresion|ricevuta|provvisoria|ristampa|kwitantie|"
         "voorlopige|herdruk|"
         "correction|corrected|revised|revision|reissue|reissued|amendment|amended|replacement|reversed|refund|"
         "adjustment|preview|test|sample|template|"
         "example|dummy|demo|mock|fake|illustration|training|blank|approval|verification|acknowledgement|"
         "acknowledgment|korrektur|korrigierte|berichtigung|berichtigte|vorschau|"
         "ruckerstattung|muster|beispiel|vorlage|probe|corrigee|apercu|remboursement|exemple|modele|essai|corregida|"
         "devolucion|ejemplo|plantilla|prueba|muestra|corretta|rimborso|esempio|modello|prova|correctie|"
         "gecorrigeerde|terugbetaling|voorbeeld|sjabloon|proef"},
        {title_overview, L::any,
         "summary|overview|list|register|history|report|attachment|appendix|annex|anlage zur|anlage zu|anhang "
         "zur|anhang zu|"
         "annexe|allegato|bijlage|ubersicht|resume|recapitulatif|liste|resumen|listado|"
         "riepilogo|elenco|overzicht|lijst"},
        {title_copy, L::any,
         "copy|copies|office copy|file copy|supplier copy|accounts copy|archive copy|internal copy|duplicate|duplicata|"
         "triplicate|kopie|duplikat|zweitschrift|abschrift|copie|duplicado|copia|duplicato|duplicaat|afschrift"},
        {title_no_demand_whole, L::any,
         "musterrechnung|testrechnung|beispielrechnung|proberechnung|rechnungskopie|rechnungsduplikat|"
         "rechnungsentwurf|rechnungsvorlage|rechnungsmuster|rechnungsubersicht|rechnungsvorschau|rechnungsreklamation|"
         "rechnungsstornierung|rechnungsberichtigung|kopierechnung|kopiefactuur|factuurkopie|factuurvoorbeeld|"
         "voorbeeldfactuur|proeffactuur|testfactuur|factuuroverzicht"},
    };
    groups.insert(groups.end(), std::begin(made), std::end(made));
}

}  // namespace parser_rules
