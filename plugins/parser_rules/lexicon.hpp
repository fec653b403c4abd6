// The words and phrases that the rules know, in six languages, compiled once into a trie over word ids.
// Threads: const after construction. A text word is looked up once; phrases then walk integers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "claim_words.hpp"
#include "currency.hpp"

namespace parser_rules {

/// What a phrase on the page stands for.
enum class Label : std::uint8_t {
    none,
    // amounts
    amount_due,        ///< what is still to be paid
    total_gross,       ///< says that tax is in it
    total_plain,       ///< "Total" and its like, which may mean either
    total_net,         ///< says that tax is not in it
    subtotal,          ///< a sum on the way, often the net
    tax,               ///< one rate or all
    tax_total,         ///< says that it is all of it
    paid,              ///< taken off the total: deposits, payments, tax withheld
    part_asked,        ///< "Instalment", "Pay now": perhaps all that is asked, never taken for it
    previous_balance,  ///< carried over from earlier documents
    other_amount,      ///< not one of the above, and must not be taken for one
    // numbers and dates
    number,
    number_credit,  ///< a credit note's own
    number_weak,    ///< receipt, statement, document number
    number_other,   ///< another document's, the customer's, the order's
    issue_date,
    date_plain,
    due_date,
    other_date,
    due_lead,  ///< "please pay": a date after "until" in the same line is the due date
    // parties
    seller,
    buyer,
    other_party,
    party_name,
    tax_id,
    buyer_tax_id,
    payee_name,
    // payment
    iban,
    wallet,
    network,
    currency,
    // kinds of paper
    title_invoice,
    title_credit_note,
    title_reminder,
    title_receipt,
    title_statement,
    title_quote,
    title_proforma,
    title_order,
    title_delivery,
    title_remittance,  ///< tells of a payment made; on an invoice the slip to send back with one
    // helpers
    item_header,  ///< heads a column of the item table
    discount,
    // found apart from the labels above, whose words they share
    title_other_paper,       ///< "Purchase order": also the label of a number on an invoice
    stamp_paid,              ///< "PAID": counts where it stands alone
    stamp_part_paid,         ///< "Partly paid": what is left may be due
    stamp_withdrawn,         ///< "VOID", "DRAFT"
    said_paid,               ///< "has been paid"
    said_paid_whole,         ///< "paid in full": nothing is left to be due
    said_received,           ///< "received": counts beside a payment
    said_made,               ///< "was made", "has been applied": the same
    said_payment_row,        ///< "Payment": counts before a negative sum
    said_payment_of,         ///< "thank you for your payment of": counts before an amount
    said_less,               ///< "less": counts before a payment and its sum
    said_balance,            ///< "Account balance": counts before a zero
    said_paid_by,            ///< "Paid by": counts where it begins
    said_paid_on,            ///< "Date paid": counts before a date
    payment_status,          ///< "Status": a stamp behind it counts
    said_collected,          ///< "will be debited"
    said_debit,              ///< "direct debit": counts where no other way to pay stands beside it
    said_withdrawn,          ///< "do not pay"
    said_account_changed,    ///< "our bank details have changed"
    said_payee_changed,      ///< "abgetreten": somebody else is to be paid
    title_no_demand,         ///< "dispute", "cancellation": counts in the title of an invoice
    title_no_demand_beside,  ///< "test", "corrected": counts next to the word for invoice
    title_overview,          ///< "summary": the same, but next to it in the title itself
    title_copy,              ///< "duplicate": next to it as well, and not where it is the buyer's copy or an original's
    title_no_demand_whole,   ///< "Rechnungskopie": counts where it begins a title
};

enum class Language : std::uint8_t { any, en, de, fr, es, it, nl };

/// Phrases of one meaning, separated by '|', folded (lower case, no accents).
struct PhraseGroup {
    Label label;
    Language language;
    std::string_view phrases;
};
void add_amount_phrases(std::vector<PhraseGroup>&);
void add_paper_phrases(std::vector<PhraseGroup>&);
void add_date_phrases(std::vector<PhraseGroup>&);
void add_party_phrases(std::vector<PhraseGroup>&);
// Walked from Lexicon::apart(): they change the meaning of no other phrase.
void add_settlement_phrases(std::vector<PhraseGroup>&);
void add_other_paper_phrases(std::vector<PhraseGroup>&);

/// Whether a word says that an amount is owed to the buyer.
enum class CreditWord : std::uint8_t {
    none,
    credit,  ///< by itself: "credit", "Guthaben"
    favour   ///< after "your" and its like: "in your favour", "zu Ihren Gunsten"
};

struct WordInfo {
    std::uint8_t month = 0;             ///< 1..12
    CurrencyId currency = kNoCurrency;  ///< as a code in upper case, or any case if the next is set
    bool currency_any_case = false;
    bool article = false;          ///< "the", "your": does not count before a label
    bool legal_form = false;       ///< "gmbh": certain
    bool legal_short = false;      ///< "ag", "sa": only in upper case
    bool until = false;            ///< "by", "bis"
    bool neutral = false;          ///< may stand between an amount's label and the amount
    bool magnitude = false;        ///< "million": multiplies the amount beside it
    bool magnitude_upper = false;  ///< "M": does so in upper case
    CreditWord credit = CreditWord::none;
    bool beside_credit = false;  ///< makes another thing of a credit: "card", "note"
    bool yours = false;          ///< "your", "Ihren", "a": before "favour"
    bool of_another = false;     ///< "of", "von": whose favour or credit it is
    bool unit = false;           ///< "kg", "hours": the number before it is no money
    bool elsewhere = false;      ///< "next", "contract": beside a total's label, the total is not this paper's
    bool leads_only = false;     ///< "balance": by itself a label only where it leads its cell
    bool after = false;          ///< "after", "less": a credit is taken off already
    bool begins_apart = false;   ///< begins a phrase that is found apart from the labels, or a claim
    bool condition = false;      ///< "if", "until", "be": what follows did not happen, or not yet
    bool negates = false;        ///< "not"
    bool deadline = false;       ///< "within", "before": what is said is a term
    bool manner = false;         ///< "by", "with": how not to pay
    bool another_way = false;    ///< "or", "transfer": a way to pay that the buyer may choose
    bool payment = false;        ///< "payment", "deposit": what may be received
    bool linking = false;        ///< "was", "have", "with thanks": between a payment and "received"
    bool happened = false;       ///< "paid", "less": says in a label that its sum was paid
    bool nothing = false;        ///< "nil"
    bool taken_off = false;      ///< "retention", "voucher": what a sum may be less
    bool aside = false;          ///< "fee", "skonto": beside a sum that is owed only under some condition, or is none
    bool original = false;       ///< "original": what is a copy beside it is none
    bool still = false;          ///< "noch": no negation by itself
    bool adds = false;           ///< "plus": the tax behind it comes on top
    bool gives_back = false;     ///< "refund": the money goes to the buyer
    Parts parts;                 ///< in a sentence about payment
    Language language = Language::any;
};

class Lexicon {
public:
    using WordId = std::uint16_t;  ///< 0: a word nobody knows
    using State = std::uint16_t;   ///< 0: the root

    Lexicon();

    WordId word(std::uint64_t hash) const noexcept;
    const WordInfo& info(WordId id) const noexcept { return infos_[id]; }

    /// The next state, or 0 when no phrase goes on with this word.
    State next(State state, WordId word) const noexcept;
    /// The root of the phrases that are found apart from the labels.
    State apart() const noexcept { return apart_; }
    struct End {
        Label label = Label::none;
        Language language = Language::any;
    };
    const End& end(State state) const noexcept { return ends_[state]; }

private:
    WordId intern(std::string_view folded);
    WordInfo& describe(std::string_view folded) { return infos_[intern(folded)]; }
    void add_groups(State root, const std::vector<PhraseGroup>& groups);
    void add_phrase(State root, const PhraseGroup& group, std::string_view phrase);
    void add_words();
    void add_words_beside_amounts();
    void add_words_of_settlement();
    void add_words_of_claims();
    void grow_words();
    void grow_edges();

    struct WordSlot {
        std::uint64_t hash = 0;
        WordId id = 0;
    };
    struct Edge {
        std::uint32_t key = 0;  ///< state << 16 | word, never 0: word ids start at 1
        State to = 0;
    };
    std::vector<WordSlot> words_;
    std::vector<Edge> edges_;
    std::vector<WordInfo> infos_;
    std::vector<End> ends_;
    State apart_ = 0;
    std::size_t n_words_ = 0;
    std::size_t n_edges_ = 0;
};

}  // namespace parser_rules
