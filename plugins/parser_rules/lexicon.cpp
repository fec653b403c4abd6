#include "lexicon.hpp"

#include <array>
#include <string>
#include <utility>

#include "unicode.hpp"

namespace parser_rules {
namespace {

std::size_t edge_slot(std::uint32_t key, std::size_t mask) {
    return (key * 2654435761U >> 7U) & mask;
}

/// Calls `use` for each part of `list` between `mark`s.
template <class Use>
void for_each_part(std::string_view list, char mark, Use use) {
    while (!list.empty()) {
        const auto cut = list.find(mark);
        use(list.substr(0, cut));
        list = cut == std::string_view::npos ? std::string_view{} : list.substr(cut + 1);
    }
}

constexpr std::array<std::string_view, 12> kMonths{
    "january|jan|januar|janner|janvier|janv|enero|ene|gennaio|gen|januari",
    "february|feb|februar|fevrier|fevr|fev|febrero|febbraio|februari",
    "march|mar|marz|maerz|mrz|mars|marzo|maart|mrt",
    "april|apr|avril|avr|abril|abr|aprile",
    "may|mai|mayo|maggio|mag|mei",
    "june|jun|juni|juin|junio|giugno|giu",
    "july|jul|juli|juillet|juil|julio|luglio|lug",
    "august|aug|aout|agosto|ago|augustus",
    "september|sep|sept|septembre|septiembre|settembre|set",
    "october|oct|oktober|okt|octobre|octubre|ottobre|ott",
    "november|nov|novembre|noviembre|novembre",
    "december|dec|dezember|dez|decembre|diciembre|dic|dicembre",
};

}  // namespace

Lexicon::Lexicon() : words_(4096), edges_(4096), infos_(1), ends_(1) {
    add_words();
    add_words_beside_amounts();
    add_words_of_settlement();
    add_words_of_claims();
    std::vector<PhraseGroup> groups;
    add_amount_phrases(groups);
    add_paper_phrases(groups);
    add_date_phrases(groups);
    add_party_phrases(groups);
    add_groups(0, groups);
    ends_.emplace_back();
    apart_ = static_cast<State>(ends_.size() - 1);
    groups.clear();
    add_settlement_phrases(groups);
    add_other_paper_phrases(groups);
    add_groups(apart_, groups);
}

void Lexicon::add_groups(State root, const std::vector<PhraseGroup>& groups) {
    for (const auto& group : groups) {
        for_each_part(group.phrases, '|', [&](std::string_view phrase) { add_phrase(root, group, phrase); });
    }
}

void Lexicon::add_words() {
    for (std::size_t m = 0; m < kMonths.size(); ++m) {
        for_each_part(kMonths[m], '|',
                      [&](std::string_view name) { describe(name).month = static_cast<std::uint8_t>(m + 1); });
    }
    for (CurrencyId id = 1; !currency(id).code.empty(); ++id) {
        if (is_mark(id)) continue;
        std::string folded(currency(id).code);
        for (char& c : folded) c = static_cast<char>(c + ('a' - 'A'));
        describe(folded).currency = id;
    }
    for (const auto& word : currency_words()) {
        WordInfo& info = describe(word.folded);
        info.currency = word.id;
        info.currency_any_case = word.any_case;
    }
    for_each_part(
        "plus|add|zuzuglich|zzgl|less|abzuglich|abzgl|inkl|incl|enthaltene|davon|dont|the|a|your|our|ihre|ihr|unser|"
        "unsere|der|die|das|den|dem|le|la|les|l|votre|notre|el|los|il|lo|de|het|uw|onze|"
        "this|d|du|n|no|nr|num|of",
        '|', [&](std::string_view word) { describe(word).article = true; });
    for_each_part(
        "gmbh|ltd|limited|llc|llp|inc|incorporated|corp|corporation|plc|sarl|sasu|eurl|snc|srl|slu|bvba|vof|pvt|pte|"
        "pty|gbr|ohg|kgaa|ug|ggmbh|sprl|mbh",
        '|', [&](std::string_view word) { describe(word).legal_form = true; });
    for_each_part("ag|kg|sa|sas|sl|bv|nv|oy|ab|as|spa|lp|aps|oyj|asa|se|ek|co", '|',
                  [&](std::string_view word) { describe(word).legal_short = true; });
    for_each_part("by|until|before|bis|zum|spatestens|avant|uiterlijk|entro|antes|voor|till", '|',
                  [&](std::string_view word) { describe(word).until = true; });
    for_each_part(
        "of|is|in|en|von|de|a|incl|inc|inkl|including|excl|exkl|vat|tax|gst|mwst|ust|tva|iva|btw|amount|betrag|payable|"
        "due|now|ttc|ht|hors|taxes|taxe|tot|only|total|at|auf|zu|on|s|sur|from|hohe|sales|rate|standard|usd|currency|"
        "btw|van|su|sus|sobre|summe|net|netto|brutto|gross|all|incluido|incluida|incluidos|compris|comprise|inclus|"
        "compresa|inclusief|exclusief|invoice|approx",
        '|', [&](std::string_view word) { describe(word).neutral = true; });
    const std::pair<Language, std::string_view> common[] = {
        {Language::en, "the|and|for|with|please|your|thank|payment|from"},
        {Language::de, "und|der|die|fur|mit|bitte|sie|ihre|vielen|dank|wir"},
        {Language::fr, "et|les|pour|avec|votre|nous|vous|merci|des|aux"},
        {Language::es, "y|los|para|con|por|gracias|usted|nuestro"},
        {Language::it, "il|per|grazie|della|vostro|gli|di"},
        {Language::nl, "het|een|voor|met|uw|graag|wij|van"},
    };
    for (const auto& [language, list] : common) {
        for_each_part(list, '|', [&, of = language](std::string_view word) { describe(word).language = of; });
    }
}

/// Words that make another sum of an amount, or a credit.
void Lexicon::add_words_beside_amounts() {
    const auto mark = [&](bool WordInfo::*flag, std::string_view list) {
        for_each_part(list, '|', [&](std::string_view word) { describe(word).*flag = true; });
    };
    mark(&WordInfo::magnitude,
         "k|hundred|thousand|thousands|tsd|tausend|million|millions|mio|mln|mn|mm|mill|millionen|billion|billions|bn|"
         "bln|trillion|trillions|tn|tr|mrd|mia|milliarde|milliarden|milliard|milliards|miliardi|miliardo|"
         "lakh|lakhs|lac|lacs|crore|crores|mil|miles|mille|mila|millier|milliers|millon|millones|millions|milione|"
         "milioni|miljoen|miljard|duizend|hundert|keur|teur|meur|kusd|tusd|musd|kgbp");
    mark(&WordInfo::magnitude_upper, "m");
    const auto credit = [&](CreditWord kind, std::string_view list) {
        for_each_part(list, '|', [&](std::string_view word) { describe(word).credit = kind; });
    };
    credit(CreditWord::credit,
           "credit|credited|creditor|crediteur|crediteurs|guthaben|guthabensaldo|habensaldo|gutgeschrieben|credito|"
           "acreedor|creditore|tegoed|creditsaldo|creditbedrag");
    credit(CreditWord::favour, "favour|favor|gunsten|gunste|favore|faveur|voordeel");
    mark(&WordInfo::beside_credit,
         "card|cards|carte|karte|karten|note|memo|transfer|transfers|terms|term|limit|facility|check|period|line|"
         "agricole|mutuel|suisse|lyonnais|management|report|reports|reporting|control|scoring|score|bank|institution|"
         "insurance|union|reference|ref|officer|application|hours|policy");
    mark(&WordInfo::yours,
         "your|yours|ihren|ihrem|deinen|deinem|euren|eurem|uw|jouw|vostro|vostra|tuo|suo|su|tu|votre|a|customer|client|"
         "buyer|kunden|klant|ten");
    mark(&WordInfo::of_another, "of|von|de|van|des|der|di|und");
    mark(&WordInfo::unit,
         "kg|mg|lb|lbs|oz|tons|tonnes|tonnen|km|cm|hours|hour|hrs|hr|std|stunden|stunde|heures|horas|uren|minutes|"
         "minuten|mins|days|day|tage|jours|dias|giorni|dagen|weeks|wochen|months|monate|mois|pcs|pieces|stk|stuck|"
         "units|liter|liters|litre|litres|litri|ltr|gal|kb|mb|gb|tb|gib|tib|kwh|mwh|kw|points|punkte|users|seats");
    mark(&WordInfo::elsewhere,
         "next|last|previous|prior|upcoming|order|contract|project|budget|insurance|insured|option|optional|options|"
         "late|later|overdue|if|year|ytd|annual|yearly|quarter|cumulative|average|estimated|estimate|quoted|projected|"
         "lifetime|"
         "vormonat|vorjahr|nachste|nachster|nachsten|letzte|letzter|letzten|vorige|voriger|vorigen|auftrag|auftrags|"
         "quartal|trimestre|gesamtauftrag|vertrag|vertrags|jahr|versicherung|verspatet|falls|wenn|kumuliert|prochain|"
         "prochaine|dernier|"
         "derniere|precedent|precedente|contrat|commande|devis|annee|assurance|retard|proximo|proxima|ultimo|ultima|"
         "anterior|contrato|pedido|ano|seguro|opcion|prossimo|prossima|contratto|ordine|anno|assicurazione|opzione|"
         "volgende|laatste|bestelling|jaar|verzekering|optie|indien");
    mark(&WordInfo::leads_only, "balance|charges");
    mark(&WordInfo::after, "after|less|nach|minus|abzuglich|abzgl|apres|moins|despues|menos|dopo|meno|na|before|no");
}

/// Words that make a term, a condition or a choice of what is said about payment.
void Lexicon::add_words_of_settlement() {
    const auto mark = [&](bool WordInfo::*flag, std::string_view list) {
        for_each_part(list, '|', [&](std::string_view word) { describe(word).*flag = true; });
    };
    mark(
        &WordInfo::condition,
        "if|unless|once|when|whenever|until|till|whether|provided|should|after|upon|be|must|shall|can|could|would|late|"
        "overdue|interest|any|wenn|falls|sofern|sobald|solange|bis|nachdem|sollte|sollten|lorsque|si|cuando|se|quando|"
        "als|indien|zodra|wanneer|tot|dopo|despues|apres");
    mark(&WordInfo::negates,
         "not|un|nicht|noch|nie|pas|non|no|niet|never|kein|keine|ne|nein|nog|geen|jamais|nunca|nee");
    mark(&WordInfo::deadline, "within|prior|before|upon|until|innerhalb|binnen|vor|avant|antes|entro|voor|unless");
    mark(&WordInfo::manner, "by|in|with|to|cash|twice|into|any|more|via|again|through|at|per|mit|bar|en|par|con|met");
    mark(&WordInfo::another_way,
         "or|oder|ou|transfer|transfers|virement|uberweisung|ueberweisung|cheque|check|card|paypal|bonifico|"
         "transferencia|overschrijving|cash|bar|wire|set|setup|sign|available|accepted|accept|methods|options|form|"
         "einrichten|moglich|switch|discount|enroll|enrol|save|join|skonto|rabatt");
    mark(&WordInfo::payment,
         "payment|payments|deposit|deposits|prepayment|remittance|instalment|installment|zahlung|zahlungen|teilzahlung|"
         "anzahlung|vorauszahlung|abschlagszahlung|uberweisung|paiement|paiements|reglement|versement|acompte|acomptes|"
         "virement|cheque|transfer|funds|pago|pagos|anticipo|pagamento|pagamenti|acconto|bonifico|betaling|betalingen|"
         "aanbetaling|"
         "vooruitbetaling");
    mark(&WordInfo::linking,
         "was|were|been|has|have|had|we|dated|with|thanks|thank|you|safely|already|today|us|full|partial|bei|uns|am|"
         "wurde|wurden|ist|sind|haben|habe|hat|wir|dankend|mit|dank|bereits|heute|nous|avons|a|ont|ete|est|bien|du|"
         "deja|par|by|card|cash|bank|wire|paypal|per|via|uber|hemos|ha|han|sido|fue|abbiamo|e|stato|stata|gia|hebben|"
         "is|reeds|al|op|werd|wij|ons|your|ihre|ihren|"
         "votre|su|vostro|uw");
    mark(
        &WordInfo::happened,
        "paid|received|less|applied|made|bezahlt|gezahlt|gezahlter|geleistet|geleistete|geleisteter|erhalten|erhaltene|"
        "erhaltener|zahlungseingang|zahlungseingange|abzuglich|abzgl|minus|moins|verse|verses|paye|regle|recu|recus|"
        "recue|deduit|menos|pagado|recibido|"
        "recibidos|pagato|versato|ricevuto|ricevuti|meno|betaald|voldaan|ontvangen");
    mark(&WordInfo::nothing, "nil|none|zero|nothing|null|keine|keiner|nul|nulle|neant|cero|ninguno|nulla|geen|nihil");
    mark(&WordInfo::taken_off,
         "discount|rebate|retention|holdback|bonus|treuebonus|coupon|kulanz|sonderrabatt|treuerabatt|mengenrabatt|"
         "retainage|retainer|voucher|advance|prepaid|instalment|rabatt|nachlass|gutschein|"
         "abschlag|abschlage|abschlagsbetrag|abschlagszahlungen|teilzahlungen|anzahlungen|vorauszahlungen|akonto|"
         "akontozahlung|vorschuss|vorkasse|einbehalt|sicherheitseinbehalt|gewahrleistungseinbehalt|gutschrift|"
         "gutschriften|remise|rabais|ristourne|arrhes|avance|provision|retenue|avoir|bon|descuento|retencion|vale|"
         "anticipos|sconto|ritenuta|acconti|buono|korting|voorschot|inhouding|tegoedbon|cadeaubon");
    mark(&WordInfo::aside,
         "fee|fees|surcharge|penalty|penalties|gebuhr|gebuhren|mahngebuhr|mahngebuhren|pauschale|verzugszinsen|zinsen|"
         "indemnite|penalite|penalites|penale|penalizacion|boete|kosten|frais|skonto|kassaskonto|escompte|early|"
         "prompt|terms|konditionen|rate|kurs|cours|cambio|koers|capital|capitale|kapitaal|stammkapital|grundkapital|"
         "limit|equivalent|gegenwert|approx|ca|circa|charge|charges|saved|save|savings|per|pro|minimum|mindestens");
    mark(&WordInfo::still, "noch|nog");
    mark(&WordInfo::adds, "plus|add|adding|zzgl|zuzuglich|zuzugl|mas|piu|majore|sus|vermeerderd");
    mark(&WordInfo::gives_back,
         "refund|refunds|refunding|reimburse|reimbursing|reimbursement|repay|repaying|erstatten|erstattung|"
         "erstattungsbetrag|ruckerstattung|ruckerstattungsbetrag|ruckzahlung|ruckzahlungsbetrag|zuruckerstatten|"
         "zuruckzahlen|zuruckuberweisen|gutschreiben|rembourser|remboursons|rembourserons|remboursement|"
         "reembolsar|reembolsamos|reembolsaremos|reembolso|devolver|devolvemos|devolveremos|devolucion|rimborsare|"
         "rimborsiamo|rimborseremo|rimborso|restituire|terugbetalen|terugstorten|terugbetaling|terugstorting|"
         "teruggaaf|refunded|reimbursed|repaid|rembourse|reembolsado|rimborsato|terugbetaald");
    mark(&WordInfo::original, "original|originale|originalrechnung|origineel|orig");
}

void Lexicon::add_words_of_claims() {
    for (WordInfo& word : infos_)
        word.begins_apart = word.begins_apart || word.gives_back || word.credit == CreditWord::favour;
    for (const auto& lists : {claim_words(), stamp_words()}) {
        for (const auto& list : lists) {
            for_each_part(list.words, '|', [&](std::string_view word) {
                WordInfo& info = describe(word);
                info.parts.add(list.part);
                info.begins_apart = info.begins_apart || info.parts.begins_claim() || info.parts.begins_stamp();
            });
        }
    }
}

Lexicon::WordId Lexicon::intern(std::string_view folded) {
    const std::uint64_t hash = hash_of(folded);
    if (const WordId known = word(hash); known != 0) return known;
    if (++n_words_ * 2 > words_.size()) grow_words();
    infos_.emplace_back();
    const auto id = static_cast<WordId>(infos_.size() - 1);
    std::size_t slot = hash & (words_.size() - 1);
    while (words_[slot].id != 0) slot = (slot + 1) & (words_.size() - 1);
    words_[slot] = {hash, id};
    return id;
}

void Lexicon::grow_words() {
    std::vector<WordSlot> bigger(words_.size() * 2);
    for (const auto& entry : words_) {
        if (entry.id == 0) continue;
        std::size_t slot = entry.hash & (bigger.size() - 1);
        while (bigger[slot].id != 0) slot = (slot + 1) & (bigger.size() - 1);
        bigger[slot] = entry;
    }
    words_.swap(bigger);
}

void Lexicon::grow_edges() {
    std::vector<Edge> bigger(edges_.size() * 2);
    for (const auto& edge : edges_) {
        if (edge.key == 0) continue;
        std::size_t slot = edge_slot(edge.key, bigger.size() - 1);
        while (bigger[slot].key != 0) slot = (slot + 1) & (bigger.size() - 1);
        bigger[slot] = edge;
    }
    edges_.swap(bigger);
}

void Lexicon::add_phrase(State root, const PhraseGroup& group, std::string_view phrase) {
    State state = root;
    for_each_part(phrase, ' ', [&](std::string_view folded) {
        const WordId id = intern(folded);
        if (state == root && root != 0) infos_[id].begins_apart = true;
        if (const State known = next(state, id); known != 0) {
            state = known;
            return;
        }
        if (++n_edges_ * 2 > edges_.size()) grow_edges();
        ends_.emplace_back();
        const auto made = static_cast<State>(ends_.size() - 1);
        const std::uint32_t key = static_cast<std::uint32_t>(state) << 16U | id;
        std::size_t slot = edge_slot(key, edges_.size() - 1);
        while (edges_[slot].key != 0) slot = (slot + 1) & (edges_.size() - 1);
        edges_[slot] = {key, made};
        state = made;
    });
    if (ends_[state].label == Label::none) ends_[state] = {group.label, group.language};
}

Lexicon::WordId Lexicon::word(std::uint64_t hash) const noexcept {
    std::size_t slot = hash & (words_.size() - 1);
    while (words_[slot].id != 0) {
        if (words_[slot].hash == hash) return words_[slot].id;
        slot = (slot + 1) & (words_.size() - 1);
    }
    return 0;
}

Lexicon::State Lexicon::next(State state, WordId word) const noexcept {
    const std::uint32_t key = static_cast<std::uint32_t>(state) << 16U | word;
    std::size_t slot = edge_slot(key, edges_.size() - 1);
    while (edges_[slot].key != 0) {
        if (edges_[slot].key == key) return edges_[slot].to;
        slot = (slot + 1) & (edges_.size() - 1);
    }
    return 0;
}

}  // namespace parser_rules
