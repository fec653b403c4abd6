// Issue date and due date; and over the whole document, whether 3/9/2025 is March or September.
#include <algorithm>
#include <array>

#include "rules.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxWordsBetween = 6;
constexpr std::uint32_t kLinesBelowDate = 4;
constexpr std::size_t kMaxLabelsInLine = 12;
constexpr std::uint32_t kTopLines = 15;

struct Found {
    Date date;
    std::uint32_t bp = 0;
};

/// How numeric dates are to be read, and how sure that is.
struct Order {
    bool day_first = true;
    std::uint32_t bp = kDoubtful;
};

class DateRule {
public:
    DateRule(const Context& context, CurrencyId currency, Extraction& out)
        : context_(context), out_(out), currency_(currency), order_(order()) {}

    void run() {
        std::vector<Found> due = labelled(Label::due_date, 9200);
        if (due.empty()) {
            if (const auto lead = due_in_sentence()) due.push_back(*lead);
        }
        std::vector<Found> issue = labelled(Label::issue_date, 9300);
        if (issue.empty()) issue = labelled(Label::date_plain, 8800);
        if (issue.empty()) issue = unlabelled();
        emit("issue_date", issue);
        emit("due_date", due);
    }

private:
    Order order() const {
        std::array<std::size_t, 4> seen{};
        for (const auto& date : context_.facts.dates) ++seen[static_cast<std::size_t>(date.order)];
        const std::size_t day_first = seen[static_cast<std::size_t>(DateOrder::day_first)];
        const std::size_t month_first = seen[static_cast<std::size_t>(DateOrder::month_first)];
        if (day_first > 0 && month_first == 0) return {true, 9000};
        if (month_first > 0 && day_first == 0) return {false, 9000};
        if (month_first > 0) return {true, kDoubtful};
        const Language language = context_.facts.language;
        if (language != Language::en && language != Language::any) return {true, 8500};
        const std::string_view code = parser_rules::currency(currency_).code;
        if (context_.facts.us_postcode && (code == "USD" || code.empty())) return {false, 8000};
        for (const std::string_view elsewhere :
             {"GBP", "EUR", "INR", "AUD", "NZD", "SGD", "CHF", "AED", "ZAR", "BRL", "PLN"}) {
            if (code == elsewhere) return {true, 7800};
        }
        if (code == "USD") return {false, kCompeting};
        return {true, kDoubtful};
    }

    std::vector<Found> labelled(Label label, std::uint32_t bp) const {
        std::vector<Found> found;
        const auto& hits = context_.facts.hits;
        for (std::size_t i = 0; i < hits.size() && found.size() < 16; ++i) {
            ++out_.steps;
            if (hits[i].label != label) continue;
            const bool weak = label == Label::date_plain;
            if (weak && !hits[i].leads && !after_number(i)) continue;
            if (context_.layout.role(hits[i]) == LineRole::item_header) continue;
            if (label == Label::due_date && of_discount(hits[i])) continue;
            if (auto date = beside(i)) {
                found.push_back({*date, hits[i].leads ? bp : bp - 700});
            } else if (hits[i].leads && hits[i].ends) {
                if (auto under = below(hits[i])) found.push_back({*under, bp - 300});
            }
        }
        return found;
    }

    /// "Bei Zahlung bis 10.04.2025 2 % Skonto": the date of a discount, not of the debt.
    bool of_discount(const Hit& hit) const {
        const auto line = context_.layout.hits(context_.layout.of_line(context_.page.cells()[hit.cell].line));
        const auto first = context_.facts.hits.begin() + static_cast<std::ptrdiff_t>(line.begin);
        const auto end =
            first + static_cast<std::ptrdiff_t>(std::min<std::size_t>(line.end - line.begin, kMaxLabelsInLine));
        return std::any_of(first, end, [](const Hit& h) { return h.label == Label::discount; });
    }

    /// "Rechnung Nr. 42 vom 3.3.2025": the label before is the document's number or name.
    bool after_number(std::size_t i) const {
        if (i == 0) return false;
        const Hit& before = context_.facts.hits[i - 1];
        const Hit& hit = context_.facts.hits[i];
        const bool names = before.label == Label::number || before.label == Label::number_credit ||
                           before.label == Label::title_invoice || before.label == Label::number_weak ||
                           before.label == Label::title_credit_note;
        return names && before.cell == hit.cell && hit.token - before.end_token <= 10;
    }

    std::optional<Date> beside(std::size_t i) const {
        const Hit& hit = context_.facts.hits[i];
        const Region region = context_.layout.rest_of_line(i);
        const auto& tokens = context_.page.tokens();
        const auto range = context_.layout.dates(region);
        if (range.begin < range.end) {
            const Date& date = context_.facts.dates[range.begin];
            std::uint32_t words = 0;
            for (std::uint32_t t = hit.end_token; t < date.token && words <= kMaxWordsBetween; ++t) {
                words += tokens[t].kind == TokenKind::word || tokens[t].kind == TokenKind::digits;
            }
            const bool next_cell = tokens[date.token].cell != hit.cell;
            if (words == 0 || (!next_cell && words <= kMaxWordsBetween)) return date;
            return std::nullopt;
        }
        if (!hit.colon) return std::nullopt;
        for (std::uint32_t t = region.token; t < region.end; ++t) {
            if (tokens[t].kind == TokenKind::word) break;
            if (tokens[t].kind == TokenKind::digits) return read_compact_date(context_.page, t);
        }
        return std::nullopt;
    }

    std::optional<Date> below(const Hit& hit) const {
        const auto cell = context_.layout.cell_below(hit.cell, kLinesBelowDate);
        if (!cell) return std::nullopt;
        const auto range = context_.layout.dates(context_.layout.of_cell(*cell));
        if (range.end - range.begin != 1) return std::nullopt;
        return context_.facts.dates[range.begin];
    }

    /// "Please remit until 2025-07-01", "zahlbar innerhalb 30 Tagen bis 04.07.2025": but not the date of a discount.
    std::optional<Found> due_in_sentence() const {
        const auto& tokens = context_.page.tokens();
        for (const auto& hit : context_.facts.hits) {
            ++out_.steps;
            if (hit.label != Label::due_lead) continue;
            const std::uint32_t end = std::min(context_.page.line_end_token(hit.cell), hit.end_token + 24);
            const auto range = context_.layout.dates({hit.end_token, end});
            if (range.begin == range.end) continue;
            const Date& date = context_.facts.dates[range.begin];
            if (date.token == 0 || !context_.page.info(tokens[date.token - 1]).until) continue;
            const auto between = context_.layout.hits({hit.token, date.token});
            const auto first = context_.facts.hits.begin();
            const bool discount = std::any_of(
                first + static_cast<std::ptrdiff_t>(between.begin), first + static_cast<std::ptrdiff_t>(between.end),
                [](const Hit& h) { return h.label == Label::discount || h.label == Label::other_date; });
            if (!discount) return Found{date, 8000};
        }
        return std::nullopt;
    }

    /// The only date at the top that no other label claims: alone in its cell, or after a place ("Berlin, 3.3.2025").
    std::vector<Found> unlabelled() const {
        std::vector<Found> found;
        const auto& tokens = context_.page.tokens();
        for (const auto& date : context_.facts.dates) {
            ++out_.steps;
            const Token& first = tokens[date.token];
            if (context_.page.line_of(first) >= kTopLines) break;
            const Cell& cell = context_.page.cells()[first.cell];
            if (cell.end_token != date.end_token) continue;
            std::uint32_t words = 0;
            bool comma = false;
            for (std::uint32_t t = cell.first_token; t < date.token && words <= 4; ++t) {
                words += tokens[t].kind == TokenKind::word || tokens[t].kind == TokenKind::digits;
                comma = comma || tokens[t].kind == TokenKind::comma;
            }
            const auto labels = context_.layout.hits(context_.layout.of_cell(first.cell));
            const bool alone = words == 0 && !claimed_from_left(first.cell);
            const bool placed = words <= 4 && comma && labels.begin == labels.end;
            if (alone || placed) found.push_back({date, 7600});
        }
        return found;
    }

    bool claimed_from_left(std::uint32_t cell) const {
        const Line& line = context_.page.lines()[context_.page.cells()[cell].line];
        return cell > line.first_cell && context_.layout.leading_hit(cell - 1) != nullptr;
    }

    struct Reading {
        unsigned month, day;
        std::uint32_t bp;
    };
    Reading read(const Found& found) const {
        const Date& date = found.date;
        std::uint32_t bp = date.short_year ? std::min<std::uint32_t>(found.bp, 8300) : found.bp;
        if (date.order != DateOrder::unclear) return {date.month, date.day, bp};
        bp = std::min(bp, order_.bp);
        return order_.day_first ? Reading{date.day, date.month, bp} : Reading{date.month, date.day, bp};
    }

    void emit(std::string_view path, const std::vector<Found>& found) const {
        if (found.empty()) return;
        const auto iso = [&](const Found& f) {
            const Reading r = read(f);
            return iso_date(f.date.year, r.month, r.day);
        };
        const Found& first = found.front();
        Reading reading = read(first);
        const auto rival =
            std::find_if(found.begin(), found.end(), [&](const Found& f) { return iso(f) != iso(first); });
        if (rival != found.end()) {
            reading.bp = std::min(reading.bp, kCompeting);
            out_.warn("dates_compete", "the same label stands beside several dates");
        }
        out_.fields.push_back({path, "date", iso(first), reading.bp, {first.date.span}, 0});
        if (rival != found.end())
            out_.fields.push_back({path, "date", iso(*rival), kDoubtful - 1000, {rival->date.span}, 1});
        if (first.date.order == DateOrder::unclear && order_.bp < kAskHuman) {
            out_.warn("date_order", "nothing decides whether the day or the month comes first");
            out_.fields.push_back({path,
                                   "date",
                                   iso_date(first.date.year, reading.day, reading.month),
                                   kDoubtful - 1000,
                                   {first.date.span},
                                   1});
        }
    }

    const Context& context_;
    Extraction& out_;
    CurrencyId currency_;
    Order order_;
};

}  // namespace

void read_dates(const Context& context, CurrencyId currency, Extraction& out) {
    DateRule(context, currency, out).run();
}

}  // namespace parser_rules
