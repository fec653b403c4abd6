#include "settlement.hpp"

#include <algorithm>

#include "claims.hpp"
#include "money_back.hpp"
#include "receipts.hpp"
#include "stamps.hpp"
#include "sums_beside.hpp"
#include "titles.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMostMarksInWords = 3;
constexpr std::uint32_t kWordsBefore = 10;  ///< looked at for "if", "not" and the like
constexpr std::uint32_t kWordsBeside = 16;  ///< looked at for another way to pay
constexpr std::uint32_t kStatusReach = 5;
constexpr std::uint32_t kDateReach = 5;
constexpr std::size_t kMaxSums = 4;

class SettlementReader {
public:
    SettlementReader(const Context& context, std::uint64_t& steps)
        : context_(context),
          page_(context.page),
          tokens_(page_.tokens()),
          beside_(context),
          claims_(context),
          stamps_(context),
          money_back_(context),
          steps_(steps) {}

    Settlement run() {
        found_.title = no_demand_in_title(context_, steps_);
        for (const auto& word : page_.spaced_words()) claim_spaced(word);
        std::uint32_t from = 0;
        for (const std::uint32_t at : page_.begins_apart()) {
            ++steps_;
            if (at < from) continue;
            from = read(at);
            if (from == at) claim(at);
            if (found_.all()) break;
        }
        find_credit_note();
        return found_;
    }

private:
    /// Judges every phrase that begins at `at`; the end of the longest that counts.
    std::uint32_t read(std::uint32_t at) {
        const Lexicon& lexicon = page_.lexicon();
        Lexicon::State state = lexicon.next(lexicon.apart(), tokens_[at].word);
        std::uint32_t counted = at;
        for (std::uint32_t i = at; state != 0;) {
            ++steps_;
            if (judge({lexicon.end(state).label, at, i + 1})) counted = i + 1;
            std::uint32_t next = i + 1;
            while (next < tokens_.size() && next - i <= kMostMarksInWords && joins(tokens_[next].kind)) ++next;
            if (next >= tokens_.size() || tokens_[next].cell != tokens_[at].cell) break;
            state = tokens_[next].word == 0 ? Lexicon::State{0} : lexicon.next(state, tokens_[next].word);
            i = next;
        }
        return counted;
    }

    /// Where no phrase says it: what the sentence around a strong word does.
    void claim(std::uint32_t at) {
        const bool back = !found_.money_back && money_back_.at(at, steps_);
        note(found_.money_back, {Label::none, at, at + 1}, back);
        auto claim = claims_.at(at, at < status_until_, steps_);
        if (!claim) claim = stamps_.at(at, steps_);
        if (!claim) return;
        switch (claim->kind) {
            case Claim::Kind::paid:
                note(found_.paid, claim->words, true);
                note_sum(claim->words);
                break;
            case Claim::Kind::withdrawn:
                note(found_.withdrawn, claim->words, true);
                break;
            case Claim::Kind::collected:
                note(found_.collected, claim->words, true);
                break;
        }
    }

    /// "P A I D".
    void claim_spaced(const Page::SpacedWord& word) {
        const Parts& parts = page_.lexicon().info(word.word).parts;
        const Said said{Label::none, word.last, word.last + 1};
        note(found_.paid_whole, said, parts.has(Part::settles) || parts.has(Part::settles_if));
        note(found_.withdrawn, said, parts.has(Part::withdraws));
    }

    /// "This document is a credit note for invoice 17".
    void find_credit_note() {
        for (const auto& hit : context_.facts.hits) {
            ++steps_;
            if (found_.money_back) return;
            note(found_.money_back, {hit.label, hit.token, hit.end_token}, money_back_.is_credit_note(hit, steps_));
        }
    }

    static bool joins(TokenKind kind) {
        return kind == TokenKind::dot || kind == TokenKind::dash || kind == TokenKind::apostrophe;
    }

    bool judge(const Said& said) {
        switch (said.label) {
            case Label::payment_status:
                status_until_ = std::min(said.end + kStatusReach, page_.line_end_token(tokens_[said.begin].cell));
                return false;
            case Label::stamp_paid:
                if (is_stamp(said) && !beside_.behind_amount(said) && ends_line(said))
                    note(found_.paid_whole, said, true);
                return note(found_.paid, said, is_stamp(said));
            case Label::stamp_part_paid:
                return note(found_.paid, said, is_stamp(said));
            case Label::stamp_withdrawn:
                return note(found_.withdrawn, said, is_stamp(said));
            case Label::said_paid:
                return pays(said) && note(found_.paid, said, true) && note_sum(said);
            case Label::said_paid_whole:
                note(found_.paid_whole, said, pays(said));
                return note(found_.paid, said, pays(said));
            case Label::said_received:
                return receives(said, payment_received(page_, said.begin));
            case Label::said_made:
                return receives(said, payment_made(page_, said.begin));
            case Label::said_payment_row:
                return beside_.negative_row(said) && remember(found_.rows, said);
            case Label::said_payment_of:
                return beside_.sum_follows(said) && pays(said) && note(found_.paid, said, true) && note_sum(said);
            case Label::said_less:
                return note(found_.paid, said, beside_.takes_payment_off(said));
            case Label::said_balance:
                return note(found_.nothing_owing, said, beside_.is_nothing(said));
            case Label::said_paid_by:
                return note(found_.paid, said,
                            beside_.leads(said) && tokens_[said.begin].capitalised && !beside_.of_zero(said));
            case Label::said_paid_on:
                return note(found_.paid, said, !conditional(said) && names_past_date(said));
            case Label::said_collected:
                return note(found_.collected, said, !conditional(said));
            case Label::said_debit:
                return note(found_.collected, said, !conditional(said) && !another_way(said));
            case Label::said_payee_changed:
                return note(found_.payee_changed, said, !conditional(said));
            case Label::said_account_changed:
                return note(found_.payee_changed, said, !conditional(said) && !account_follows(said));
            case Label::said_withdrawn:
                return note(found_.withdrawn, said,
                            !conditional(said) && !before_deadline(said) && !before_manner(said));
            default:
                return false;
        }
    }

    /// Where the new account stands behind the words it is read, and compared by who knows the old one.
    bool account_follows(const Said& said) const {
        const Facts& facts = context_.facts;
        return (!facts.wallets.empty() && facts.wallets.back().token >= said.end) ||
               (!facts.ibans.empty() && facts.ibans.back().token >= said.end);
    }

    bool note(std::optional<Span>& words, const Said& said, bool is_said) const {
        if (is_said && !words) words = Span{tokens_[said.begin].span.begin, tokens_[said.end - 1].span.end};
        return is_said;
    }

    bool pays(const Said& said) const {
        return !conditional(said) && !beside_.read_as_payment(said) && !before_deadline(said) && !addresses_buyer(said);
    }
    /// "Nach Zahlung erhalten Sie": the buyer receives.
    bool addresses_buyer(const Said& said) const {
        return said.end < cell_of(said).end_token && page_.text(tokens_[said.end].span) == "Sie";
    }

    /// "Your payment of 60.00 was received": a payment that came, with its sum in between or behind.
    bool receives(const Said& word, const std::optional<Receipt>& receipt) {
        steps_ += kWordsBeside;
        if (context_.layout.role(cell_of(word).line) == LineRole::item_header) return false;
        if (!receipt) return false;
        const Said said{word.label, receipt->begin, receipt->end};
        if (conditional(said) || conditional(word) || beside_.read_as_payment(said)) return false;
        note_sum(said);
        return note(found_.paid, said, true);
    }

    bool note_sum(const Said& said) { return remember(found_.sums, said); }
    /// Remembers the first sum inside the words or behind them on their line.
    bool remember(std::vector<std::size_t>& sums, const Said& said) const {
        const auto range = context_.layout.amounts({said.begin, page_.line_end_token(tokens_[said.end - 1].cell)});
        if (range.begin != range.end && sums.size() < kMaxSums) sums.push_back(range.begin);
        return true;
    }

    bool ends_line(const Said& said) const {
        const std::uint32_t end = page_.line_end_token(tokens_[said.begin].cell);
        std::uint32_t next = said.end;
        while (next < end && !beside_.speaks(next)) ++next;
        return next >= end;
    }

    const Cell& cell_of(const Said& said) const { return page_.cells()[tokens_[said.begin].cell]; }

    /// "PAID", "VOID - see below", "Draft invoice", "Total 48.50 MNEE (paid)", "Status: paid".
    bool is_stamp(const Said& said) const {
        if (!means_state(said)) return false;
        if (said.begin < status_until_ && !conditional(said)) return true;
        const bool paid = said.label == Label::stamp_paid || said.label == Label::stamp_part_paid;
        const bool labels_sum = paid ? beside_.read_as_payment(said) : beside_.sum_behind(said);
        if (labels_sum || context_.layout.role(cell_of(said).line) == LineRole::item_header) return false;
        if (beside_.behind_amount(said)) return true;
        const bool after_title = behind_title(said);
        if (!beside_.leads(said) && !after_title) return false;
        const Cell& cell = cell_of(said);
        std::uint32_t next = said.end;
        const bool parted = next < cell.end_token && tokens_[next].kind != TokenKind::word &&
                            tokens_[next].kind != TokenKind::digits && tokens_[next].kind != TokenKind::apostrophe &&
                            tokens_[next].kind != TokenKind::slash &&
                            tokens_[next].span.begin >= tokens_[next - 1].span.end;
        const bool glued = parted && next + 1 < cell.end_token && tokens_[next].kind == TokenKind::dash &&
                           tokens_[next].span.begin == tokens_[next - 1].span.end &&
                           tokens_[next + 1].span.begin == tokens_[next].span.end;  // "Paid-up"
        const bool colon = parted && tokens_[next].kind == TokenKind::colon;
        while (next < cell.end_token && !beside_.speaks(next)) ++next;
        if (next >= cell.end_token)
            return !colon || date_follows(said.end, page_.line_end_token(tokens_[said.begin].cell));
        if (glued) return false;
        if (colon) return !page_.info(tokens_[next]).negates;
        if (parted) return tokens_[said.begin].capitalised;
        return tokens_[said.begin].capitalised && (title_at(next) || date_follows(said.end, cell.end_token));
    }

    /// "Payee" is a label in English; "Payée" and "Payé" are not.
    bool means_state(const Said& said) const {
        const std::string_view word = page_.text(tokens_[said.begin].span);
        const bool plain = word.find_first_of("\xC3") == std::string_view::npos;
        const bool payee = word.size() >= 4 && word.size() <= 5 && (word[0] | 0x20) == 'p' && (word[1] | 0x20) == 'a' &&
                           (word[2] | 0x20) == 'y' && (word[3] | 0x20) == 'e';
        return !(plain && payee && said.begin >= status_until_);
    }

    bool title_at(std::uint32_t at) const {
        const auto hits = context_.layout.hits({at, at + 1});
        return hits.begin != hits.end && is_invoice_title(context_.facts.hits[hits.begin].label);
    }
    static bool is_invoice_title(Label label) {
        return label == Label::title_invoice || label == Label::title_proforma || label == Label::title_credit_note;
    }

    /// "INVOICE - PAID", "Invoice (draft)".
    bool behind_title(const Said& said) const {
        const auto hits = context_.layout.hits({cell_of(said).first_token, said.begin});
        if (hits.begin == hits.end || hits.end - hits.begin > 1) return false;
        const Hit& hit = context_.facts.hits[hits.begin];
        if (!hit.leads || !is_invoice_title(hit.label) || hit.end_token == said.begin) return false;
        for (std::uint32_t i = hit.end_token; i < said.begin; ++i)
            if (beside_.speaks(i)) return false;
        return said.end >= cell_of(said).end_token || !beside_.speaks(said.end);
    }

    /// A word before it in its sentence makes it a condition, a duty or its opposite.
    bool conditional(const Said& said) const {
        std::uint32_t words = 0;
        bool numbered = false;
        for (std::uint32_t i = said.begin; i > 0 && words < kWordsBefore; --i) {
            ++steps_;
            if (parted(page_, i)) return false;
            const Token& token = tokens_[i - 1];
            numbered = numbered || token.kind == TokenKind::digits;  // "Invoice no 17 has been paid"
            if (token.kind != TokenKind::word) continue;
            ++words;
            const WordInfo& info = page_.info(token);
            if (info.condition || (info.negates && words <= 3 && !numbered)) return true;
        }
        return false;
    }

    /// "paid in full within 30 days".
    bool before_deadline(const Said& said) const {
        return said.end < cell_of(said).end_token && page_.info(tokens_[said.end]).deadline;
    }
    /// "do not pay by cheque".
    bool before_manner(const Said& said) const {
        return said.end < cell_of(said).end_token && page_.info(tokens_[said.end]).manner;
    }

    /// Another way to pay stands beside it: then the buyer may choose.
    bool another_way(const Said& said) const {
        const std::uint32_t line_begin = page_.cells()[page_.lines()[cell_of(said).line].first_cell].first_token;
        const std::uint32_t line_end = page_.line_end_token(tokens_[said.begin].cell);
        const std::uint32_t from = said.begin - std::min(kWordsBeside, said.begin - line_begin);
        const std::uint32_t to = std::min(line_end, said.end + kWordsBeside);
        steps_ += to - from;
        return std::any_of(tokens_.begin() + from, tokens_.begin() + to, [&](const Token& token) {
            return token.kind == TokenKind::word && page_.info(token).another_way;
        });
    }

    const Date* date_in(Region region) const {
        const auto range = context_.layout.dates(region);
        return range.begin == range.end ? nullptr : &context_.facts.dates[range.begin];
    }
    bool date_follows(std::uint32_t from, std::uint32_t end) const {
        return date_in({from, std::min(end, from + kDateReach)}) != nullptr;
    }

    /// A date follows, and it is not the one until which is to be paid.
    bool names_past_date(const Said& said) const {
        const std::uint32_t cell = tokens_[said.begin].cell;
        const Date* date = date_in({said.end, std::min(page_.line_end_token(cell), said.end + kDateReach)});
        if (date == nullptr && said.end >= cell_of(said).end_token && beside_.leads(said)) {
            const auto below = context_.layout.cell_below(cell, 1);
            if (below) date = date_in(context_.layout.of_cell(*below));
        }
        return date != nullptr && !is_due(*date);
    }
    bool is_due(const Date& date) const {
        const auto& hits = context_.facts.hits;
        std::size_t looked = 0;
        for (std::size_t i = 0; i < hits.size() && looked < 8; ++i) {
            if (hits[i].label != Label::due_date) continue;
            ++looked;
            const Date* due = date_in(context_.layout.rest_of_line(i));
            if (due != nullptr && due != &date && same_day(*due, date)) return true;
        }
        return false;
    }
    /// Whichever of day and month stands first.
    static bool same_day(const Date& a, const Date& b) {
        return a.year == b.year && std::minmax(a.month, a.day) == std::minmax(b.month, b.day);
    }

    const Context& context_;
    const Page& page_;
    const std::vector<Token>& tokens_;
    const SumsBeside beside_;
    const Claims claims_;
    const Stamps stamps_;
    const MoneyBack money_back_;
    std::uint64_t& steps_;
    Settlement found_;
    std::uint32_t status_until_ = 0;
};

}  // namespace

Settlement read_settlement(const Context& context, std::uint64_t& steps) {
    return SettlementReader(context, steps).run();
}

}  // namespace parser_rules
