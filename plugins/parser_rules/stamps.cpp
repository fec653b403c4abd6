#include "stamps.hpp"

#include <algorithm>

#include "sentence.hpp"
#include "titles.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMostOfLine = 24;  ///< of a line that is looked at as a whole
constexpr std::uint32_t kStampReach = 6;

class StampReader : private Sentence {
public:
    StampReader(const Context& context, const SumsBeside& beside, std::uint32_t at, std::uint64_t& steps)
        : Sentence(context, beside, at),
          steps_(steps),
          cell_(page_.cells()[page_.tokens()[at].cell]),
          line_begin_(page_.cells()[page_.lines()[cell_.line].first_cell].first_token),
          line_end_(page_.line_end_token(page_.tokens()[at].cell)) {}

    std::optional<Claim::Kind> run() const {
        if (goes_back()) return Claim::Kind::withdrawn;
        if (came_in()) return Claim::Kind::paid;
        if (!leads()) return std::nullopt;
        if (another_paper() || reminds() || concerns_another() || waits()) return Claim::Kind::withdrawn;
        if (strong()) return is(Part::withdraws) || is(Part::suspends) ? Claim::Kind::withdrawn : Claim::Kind::paid;
        return std::nullopt;
    }

private:
    const Token& token(std::uint32_t at) const { return page_.tokens()[at]; }
    bool speaks(std::uint32_t at) const { return beside_.speaks(at); }
    bool word(std::uint32_t at) const { return token(at).kind == TokenKind::word; }

    /// Where the part of the line begins that the word stands in: behind a dash, a bracket, a sentence's end; or
    /// farther before it than a word may stand that leads.
    std::uint32_t begin() const {
        const std::uint32_t first = at_ - std::min(at_ - cell_.first_token, kMostOfLine);
        for (std::uint32_t i = at_; i > first; --i) {
            ++steps_;
            if (parted(page_, i) || token(i - 1).kind == TokenKind::open) return i;
        }
        return first;
    }
    /// No word stands before it in its part of the line but those that open it.
    bool leads() const {
        const std::uint32_t from = begin();
        if (at_ - from > kMostOfLine / 2 || (from == line_begin_ && from > 0 && runs_on(page_, from))) return false;
        return std::all_of(page_.tokens().begin() + from, page_.tokens().begin() + at_, [&](const Token& before) {
            const WordInfo& known = page_.info(before);
            return before.kind != TokenKind::digits &&
                   (before.kind != TokenKind::word || known.article || known.parts.has(Part::sober) ||
                    known.parts.has(Part::ordinal) || known.parts.has(Part::concerns_beside) ||
                    known.parts.has(Part::waits_in) || known.parts.has(Part::yet) ||
                    known.parts.has(Part::stamp_beside) || known.parts.has(Part::stamp) ||
                    known.parts.has(Part::reminds));
        });
    }
    /// Only "already" and its like stand before it.
    bool leads_soberly() const {
        return std::all_of(page_.tokens().begin() + begin(), page_.tokens().begin() + at_, [&](const Token& before) {
            return before.kind != TokenKind::word || page_.info(before).article || has_sober(before);
        });
    }
    bool has_sober(const Token& at) const { return page_.info(at).parts.has(Part::sober); }

    bool sum_on_line() const {
        const auto range = context_.layout.amounts({line_begin_, line_end_});
        for (std::size_t i = range.begin; i < range.end; ++i) {
            ++steps_;
            if (context_.facts.amounts[i].money_like() || i - range.begin > kMostOfLine) return true;
        }
        return false;
    }
    bool date_within(std::uint32_t from) const {
        const auto range = context_.layout.dates({from, std::min(line_end_, from + kStampReach)});
        return range.begin != range.end;
    }
    bool spans_few() const { return line_end_ - line_begin_ <= kMostOfLine; }
    /// A bare number says which copy it is, or is a date's; longer ones count or name something.
    bool few_digits(std::uint32_t at) const {
        return token(at).span.end - token(at).span.begin <= 1 || date_within(line_begin_);
    }

    // "SAMPLE", "Copy - not valid for payment" ----------------------------------------------------------------------

    bool another_paper() const {
        if (!is(Part::stamp) || !spans_few() || sum_on_line()) return false;
        bool behind = false;  // a mark
        for (std::uint32_t i = line_begin_; i < line_end_; ++i) {
            const TokenKind kind = token(i).kind;
            if (kind == TokenKind::colon || kind == TokenKind::slash || kind == TokenKind::at) return false;
            if (kind == TokenKind::digits && !few_digits(i) && !behind) return false;
            if (i > at_ && (kind == TokenKind::dash || kind == TokenKind::comma || kind == TokenKind::open))
                behind = behind || token(i).span.begin > token(i - 1).span.end || kind == TokenKind::comma;
            if (kind != TokenKind::word) continue;
            if (has(i, Part::harmless_copy) || info(i).original) return false;
            const bool known = has(i, Part::stamp) || has(i, Part::stamp_beside) || info(i).article ||
                               info(i).month != 0 || has(i, Part::reminds);
            if (!known && behind) return says_no_paper(at_ + 1);
            if (!known) return false;
        }
        return true;
    }
    bool says_no_paper(std::uint32_t from) const {
        for (std::uint32_t i = from; i < line_end_; ++i)
            if (negates(i) || has(i, Part::valid) || has(i, Part::invoice)) return true;
        return false;
    }

    /// The kind of the paper says it already.
    bool title_of_reminder() const {
        const auto hits = context_.layout.hits({line_begin_, line_end_});
        for (std::size_t i = hits.begin; i < std::min(hits.end, hits.begin + 4); ++i) {
            const Hit& hit = context_.facts.hits[i];
            if (hit.label == Label::title_reminder && is_title(context_, hit)) return true;
            if (hit.label == Label::number_weak && cell_.line < kTitleLines && hit.leads && !hit.colon &&
                title_in_number(context_, hit).label == Label::title_reminder)
                return true;  // "REMINDER NO. 2"
        }
        return false;
    }

    // "Second request", "OVERDUE" -----------------------------------------------------------------------------------

    bool reminds() const {
        if ((!is(Part::reminds) && !is(Part::notice)) || !spans_few() || sum_on_line() || title_of_reminder())
            return false;
        bool ordinal = false;
        bool due = false;
        bool strong = is(Part::reminds) && text(at_) != "past" && text(at_) != "Past";
        for (std::uint32_t i = line_begin_; i < line_end_; ++i) {
            if (token(i).kind == TokenKind::colon) return false;
            if (token(i).kind == TokenKind::digits && !few_digits(i)) return false;
            if (token(i).kind == TokenKind::digits) ordinal = true;
            if (!word(i)) continue;
            due = due || info(i).parts.has(Part::owes);
            const bool small = text(i) == "payment" || text(i) == "Payment" || text(i) == "invoice" ||
                               text(i) == "Invoice" || text(i) == "due" || text(i) == "Due";
            if (i > at_ && info(i).deadline) return ordinal;  // "final notice before legal action"
            ordinal = ordinal || (has(i, Part::ordinal) && !small && !has(i, Part::opens) && !has(i, Part::notice) &&
                                  text(i).size() > 2);
            strong = strong || (has(i, Part::reminds) && text(i).size() > 4);
            if (!has(i, Part::ordinal) && !has(i, Part::reminds) && !has(i, Part::notice) && !info(i).article)
                return false;
        }
        return strong || ordinal || due;
    }

    // "Corrects invoice DE-100" -------------------------------------------------------------------------------------

    bool concerns_another() const {
        if (!is(Part::concerns) || title_of_reminder()) return false;
        bool invoice = false;
        for (std::uint32_t i = at_ + 1; i < std::min(line_end_, at_ + kMostOfLine); ++i) {
            if (!speaks(i)) continue;
            if (names_paper(i)) return (invoice || letters_and_number(i)) && !in_date(i);
            if (!word(i)) return false;
            invoice = invoice || has(i, Part::invoice) || (has(i, Part::group) && has(i, Part::concerns_beside));
            if (!has(i, Part::concerns_beside) && !has(i, Part::concerns) && !info(i).article) return false;
        }
        return false;
    }
    /// "DE-100", "2026-0816", "8001".
    bool names_paper(std::uint32_t at) const {
        if (letters_and_number(at)) return true;
        const std::string_view number = text(at);
        const bool plain = token(at).kind == TokenKind::digits && number.size() >= 3 &&
                           std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
        const auto sums = context_.layout.amounts({at, at + 1});
        const bool sum = sums.begin != sums.end && context_.facts.amounts[sums.begin].money_like();
        return plain && !sum && (at + 1 >= line_end_ || token(at + 1).kind != TokenKind::percent);
    }
    bool letters_and_number(std::uint32_t at) const {
        if (!word(at) || !token(at).upper || at + 1 >= line_end_) return false;
        if (token(at + 1).kind == TokenKind::digits) return token(at + 1).span.begin == token(at).span.end;
        return at + 2 < line_end_ &&
               (token(at + 1).kind == TokenKind::dash || token(at + 1).kind == TokenKind::slash) &&
               token(at + 2).kind == TokenKind::digits && token(at + 2).span.begin == token(at + 1).span.end;
    }
    bool in_date(std::uint32_t at) const {
        const auto range = context_.layout.dates({at, std::min(line_end_, at + 1)});
        return range.begin != range.end;
    }

    // "On hold pending dispute", "Awaiting approval", "not yet final" -----------------------------------------------

    bool waits() const {
        if (sum_on_line()) return false;
        if (is(Part::released)) {
            const std::size_t yet = distance(before_, Part::yet, 1);
            if (yet == 0 || !has(begin(), Part::yet) || condition_next()) return false;
            return stops_next() || (before_.size() >= 2 && has(before_[1], Part::yet));  // "not yet"
        }
        if (!is(Part::waits)) return false;
        if (begin() == at_) return still_to_come(text(next()));
        const std::uint32_t first = begin();
        for (std::uint32_t i = first; i < at_; ++i)
            if (word(i) && !has(i, Part::waits_in) && !has(i, Part::waits)) return false;
        if ((text(first) == "On" || text(first) == "on") && text(at_).size() > 4) return false;  // "on approval"
        return text(first).size() > 3 || stops_next() || has(next(), Part::names_maker) ||
               has(next(), Part::concerns_beside);
    }

    /// "Approval pending", "Freigabe steht noch aus".
    static bool still_to_come(std::string_view word) {
        return word == "pending" || word == "outstanding" || word == "awaited" || word == "steht" ||
               word == "ausstehend" || word == "pendiente";
    }

    // "Superseded by KA-9999", "Ausgeglichen am 21.11.2026" ---------------------------------------------------------

    /// The next word or number of its part of the line; its own place: there is none.
    std::uint32_t next() const {
        for (std::uint32_t i = at_ + 1; i < cell_.end_token; ++i) {
            if (parted(page_, i)) return at_;
            if (speaks(i)) return i;
        }
        return at_;
    }
    bool stops_next() const { return next() == at_ || (at_ + 1 < next() && token(at_ + 1).kind != TokenKind::dash); }
    bool condition_next() const {
        const std::uint32_t behind = next();
        return behind != at_ && (info(behind).condition || has(behind, Part::without));
    }

    bool strong() const {
        if (!leads_soberly() || negated() || read_elsewhere()) return false;
        if (!is(Part::suspends) && (condition_next() || term())) return false;  // "suspended until"
        if (hard_condition(before_)) return false;
        if (is(Part::final) || (is(Part::final_e) && accented())) return whatever_follows();
        const std::uint32_t behind = next();
        if (behind == at_) return false;
        if (is(Part::acted) && (in_date(behind) || (has(behind, Part::names_date) && date_within(behind)))) return true;
        if (is(Part::returns) && !sum_on_line() && to_buyer(after_.first(std::min(after_.size(), kNear)))) return true;
        if (is(Part::replaced)) return has(behind, Part::names_maker) && code_behind(behind);
        return (is(Part::withdraws) || is(Part::suspends)) && has(behind, Part::names_maker) && !sum_on_line();
    }
    bool whatever_follows() const {
        const std::uint32_t behind = next();
        if (behind == at_) return !sum_on_line() || at_ + 1 >= line_end_;
        if (token(at_ + 1).kind == TokenKind::colon) return !sum_on_line() && in_date(behind);
        if (token(at_ + 1).kind == TokenKind::dash && at_ + 2 == behind) return false;  // "Paid-up"
        if (has(behind, Part::names_date) || has(behind, Part::names_maker) || in_date(behind)) return true;
        if (stops_next()) return true;
        if (has(behind, Part::attribute) || has(behind, Part::group) || has(behind, Part::thing)) return false;
        return !sum_on_line() && distance(after_, Part::duty, kAll) == 0 && !verb_behind();
    }
    /// "Settled accounts are archived".
    bool verb_behind() const {
        return std::any_of(after_.begin(), after_.end(), [&](std::uint32_t at) {
            const std::string_view verb = text(at);
            return verb == "is" || verb == "are" || verb == "ist" || verb == "sind" || verb == "werden" ||
                   verb == "wird" || verb == "sont" || verb == "est" || verb == "will";
        });
    }
    bool code_behind(std::uint32_t from) const {
        for (std::uint32_t i = from; i < std::min(line_end_, from + kStampReach); ++i)
            if (letters_and_number(i) && !sum_on_line()) return true;
        return false;
    }
    bool accented() const { return text(at_).find('\xC3') != std::string_view::npos; }

    // "This amount will be credited to you", "Der Betrag ist bereits eingegangen" -----------------------------------

    bool goes_back() const {
        if (!is(Part::returns) || hard_condition(before_) || negated() || read_elsewhere() || term()) return false;
        const std::size_t sum = std::max(distance(before_, Part::sum, 6), distance(before_, Part::invoice, 6));
        if (sum == 0 || distance(before_, Part::settles, kAll) != 0) return false;
        return !text(at_).ends_with("ed") || to_buyer(after_) || to_buyer(before_.first(std::min(sum, kNear)));
    }
    bool to_buyer(Words words) const {
        return std::any_of(words.begin(),
                           words.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(words.size(), 5)),
                           [&](std::uint32_t at) { return has(at, Part::buyers) || text(at) == "you"; });
    }

    bool came_in() const {
        if (!is(Part::comes_in) || conditional() || term() || read_elsewhere()) return false;
        if (distance(after_, Part::duty, 1) != 0 || (!after_.empty() && text(after_[0]) == "sein")) return false;
        if (distance(before_, Part::prepays, 1) != 0) return after_.empty() && !sum_on_line() && bracketed();
        const std::size_t away = distance(before_, Part::sum, 6);
        if (away < 2) return false;
        return std::all_of(before_.begin(), before_.begin() + static_cast<std::ptrdiff_t>(away) - 1,
                           [&](std::uint32_t at) {
                               return info(at).linking || info(at).article || info(at).month != 0 ||
                                      info(at).currency != kNoCurrency || has(at, Part::sober) || has(at, Part::opens);
                           });
    }
    /// "Vorkasse (eingegangen)".
    bool bracketed() const { return token(at_ - 1).kind == TokenKind::open || is(Part::final); }

    std::uint64_t& steps_;
    const Cell& cell_;
    std::uint32_t line_begin_;
    std::uint32_t line_end_;
};

}  // namespace

std::optional<Claim> Stamps::at(std::uint32_t token, std::uint64_t& steps) const {
    const Page& page = context_.page;
    if (!page.info(page.tokens()[token]).parts.begins_stamp()) return std::nullopt;
    steps += Clause::kMostTokens;
    const auto kind = StampReader(context_, beside_, token, steps).run();
    if (!kind) return std::nullopt;
    return Claim{*kind, {Label::none, token, token + 1}};
}

}  // namespace parser_rules
