// The document's own number: not the order's, the customer's, or that of the invoice it corrects.
#include <algorithm>

#include "ascii.hpp"
#include "rules.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxNumberBytes = 48;
constexpr std::uint32_t kLinesBelowNumber = 4;
constexpr std::size_t kMaxFound = 32;
constexpr std::uint32_t kMaxNumberGroups = 6;

struct FoundNumber {
    Span span;
    std::uint32_t bp = 0;
    bool may_go_on = false;    ///< more digits follow after a space
    bool one_of_many = false;  ///< heads a column of numbers
};

class NumberRule {
public:
    NumberRule(const Context& context, Extraction& out) : context_(context), text_(context.page.text()), out_(out) {}

    void run() {
        std::vector<FoundNumber> found = labelled(Label::number, 9300);
        const std::vector<FoundNumber> of_credit = labelled(Label::number_credit, 9300);
        found.insert(found.end(), of_credit.begin(), of_credit.end());
        std::sort(found.begin(), found.end(),
                  [](const FoundNumber& a, const FoundNumber& b) { return a.span.begin < b.span.begin; });
        if (found.empty()) found = labelled(Label::title_invoice, 8600);
        if (found.empty()) found = labelled(Label::title_credit_note, 8600);
        if (found.empty()) found = labelled(Label::number_weak, 8000);
        emit(found);
    }

private:
    std::vector<FoundNumber> labelled(Label label, std::uint32_t bp) {
        std::vector<FoundNumber> found;
        const auto& hits = context_.facts.hits;
        const bool title = label == Label::title_invoice || label == Label::title_credit_note;
        for (std::size_t i = 0; i < hits.size() && found.size() < kMaxFound; ++i) {
            ++out_.steps;
            const bool weak = title || label == Label::number_weak;
            if (hits[i].label != label || (weak && !hits[i].leads)) continue;
            if (auto value = value_of(i, title)) {
                value->bp = hits[i].leads ? bp : bp - 800;
                if (value->may_go_on || value->one_of_many) value->bp = std::min(value->bp, kCompeting);
                found.push_back(*value);
            }
        }
        return found;
    }

    std::optional<FoundNumber> value_of(std::size_t i, bool title) {
        const Hit& hit = context_.facts.hits[i];
        const std::uint32_t cell_end = context_.page.cells()[hit.cell].end_token;
        const std::uint32_t from = after_noise(hit.end_token, cell_end);
        if (from < cell_end) {
            const bool marked = hit.colon || has_hash(hit.end_token, from) || !title;
            return chain(from, cell_end, marked);
        }
        if (const auto right = context_.layout.cell_right(hit)) {
            const Region cell = context_.layout.of_cell(*right);
            const std::uint32_t start = after_noise(cell.token, cell.end);
            const bool marked = !title || hit.colon || has_hash(cell.token, start);
            if (start < cell.end) {
                if (auto value = chain(start, cell.end, marked)) return value;
            }
        }
        if (title || context_.layout.role(hit) == LineRole::item_header) return std::nullopt;
        const auto below = context_.layout.cell_below(hit.cell, kLinesBelowNumber);
        if (!below || context_.layout.leading_hit(*below) != nullptr) return std::nullopt;
        const Region cell = context_.layout.of_cell(*below);
        auto value = chain(after_noise(cell.token, cell.end), cell.end, true);
        if (value && column_goes_on(*below)) value->one_of_many = true;
        return value;
    }

    /// Several numbers one under the other are a list, as in a statement of account.
    bool column_goes_on(std::uint32_t cell) const {
        const auto next = context_.layout.cell_below(cell, 1);
        if (!next || context_.page.lines()[context_.page.cells()[*next].line].gap > 0) return false;
        const Region region = context_.layout.of_cell(*next);
        const auto labels = context_.layout.hits(context_.layout.of_line(context_.page.cells()[*next].line));
        return labels.begin == labels.end && region.end == region.token + 1 &&
               has_digit(context_.page.cells()[*next].span);
    }

    bool has_hash(std::uint32_t from, std::uint32_t to) const {
        for (std::uint32_t t = from; t < to; ++t) {
            if (context_.page.tokens()[t].kind == TokenKind::hash) return true;
        }
        return false;
    }

    /// Past colons, "#", "No." and type codes in parentheses, as in "Rechnung (380) Nr. 17".
    std::uint32_t after_noise(std::uint32_t at, std::uint32_t end) const {
        const auto& tokens = context_.page.tokens();
        while (at < end) {
            const Token& token = tokens[at];
            if (token.kind == TokenKind::open && at + 2 < end && tokens[at + 2].kind == TokenKind::close) {
                at += 3;
                continue;
            }
            const bool noise_word =
                token.kind == TokenKind::word && !followed_by_dash(at, end) && is_noise(context_.page.text(token.span));
            if ((token.kind == TokenKind::word && !noise_word) || token.kind == TokenKind::digits) break;
            ++at;
        }
        return at;
    }
    bool followed_by_dash(std::uint32_t at, std::uint32_t end) const {
        const auto& tokens = context_.page.tokens();
        return at + 1 < end && (tokens[at + 1].kind == TokenKind::dash || tokens[at + 1].kind == TokenKind::digits) &&
               tokens[at + 1].span.begin == tokens[at].span.end;
    }
    static bool is_noise(std::string_view word) {
        for (const std::string_view noise :
             {"no", "No", "NO", "nr", "Nr", "NR", "number", "Number", "NUMBER", "Nummer", "num", "Num", "n\xC2\xB0",
              "N\xC2\xB0", "n\xC2\xBA", "N\xC2\xBA", "ID", "Id"}) {
            if (word == noise) return true;
        }
        return false;
    }

    /// Letters, digits and - / _ . joined without spaces, with a digit among them. A short prefix may stand apart.
    std::optional<FoundNumber> chain(std::uint32_t at, std::uint32_t end, bool marked) {
        const auto& tokens = context_.page.tokens();
        if (at >= end) return std::nullopt;
        const std::uint32_t stop = context_.page.cells()[tokens[at].cell].span.end;
        FoundNumber found{{tokens[at].span.begin, run_end(tokens[at].span.begin, stop)}, 0, false, false};
        if (!has_digit(found.span) && short_prefix(found.span)) {
            const std::uint32_t next = past_space(found.span.end, stop);
            if (next < stop && digit(text_[next])) found.span.end = run_end(next, stop);
        }
        if (marked && has_digit(found.span)) found.span.end = grouped_end(found.span.end, stop);
        if (!has_digit(found.span) || found.span.end - found.span.begin > kMaxNumberBytes) return std::nullopt;
        if (!marked && found.span.end - found.span.begin < 3) return std::nullopt;
        if (is_date(at, found.span) || is_money(at)) return std::nullopt;
        const std::uint32_t next = past_space(found.span.end, stop);
        if (next < stop && next > found.span.end && !date_at(next)) {
            const bool joined = (text_[next] == '/' || text_[next] == '-') && next + 1 < stop;
            found.may_go_on = digit(text_[next]) || (joined && digit(text_[past_space(next + 1, stop - 1)]));
        }
        return found;
    }

    std::uint32_t run_end(std::uint32_t at, std::uint32_t stop) {
        std::uint32_t last = at;
        int marks = 0;
        while (at < stop && marks <= 2) {
            ++out_.steps;
            const char c = text_[at];
            if (letter(c) || digit(c)) {
                last = ++at;
                marks = 0;
                continue;
            }
            if (c == '-' || c == '/' || c == '_' || c == '.' || c == '#' || c == '\\' || c == '+' || c == '*') {
                ++at;
                ++marks;
                continue;
            }
            if (static_cast<unsigned char>(c) < 0x80) break;
            const CodePoint point = decode(text_, at);
            const CharClass kind = point.valid ? classify(point.value) : CharClass::other;
            if (kind != CharClass::letter && kind != CharClass::dash) break;
            at += point.size;
            marks = kind == CharClass::letter ? 0 : marks + 1;
            if (kind == CharClass::letter) last = at;
        }
        return last;
    }

    /// "900 123 456": groups of digits that fill the rest of the cell belong to the number.
    std::uint32_t grouped_end(std::uint32_t at, std::uint32_t stop) {
        std::uint32_t end = at;
        std::uint32_t groups = 0;
        while (end < stop && groups < kMaxNumberGroups) {
            ++out_.steps;
            const std::uint32_t begin = past_space(end, stop);
            if (begin == end || begin >= stop || !digit(text_[begin]) || date_at(begin)) return at;
            end = begin;
            while (end < stop && digit(text_[end])) ++end;
            ++groups;
        }
        return end == stop ? end : at;
    }

    std::uint32_t past_space(std::uint32_t at, std::uint32_t stop) const {
        while (at < stop && text_[at] == ' ') ++at;
        return at;
    }
    bool has_digit(Span span) const {
        const std::string_view value = context_.page.text(span);
        return std::any_of(value.begin(), value.end(), digit);
    }
    bool short_prefix(Span span) const {
        const std::string_view value = context_.page.text(span);
        return value.size() <= 5 &&
               std::all_of(value.begin(), value.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
    }
    bool date_at(std::uint32_t byte) const {
        const auto& dates = context_.facts.dates;
        const auto found = std::lower_bound(dates.begin(), dates.end(), byte,
                                            [](const Date& d, std::uint32_t b) { return d.span.begin < b; });
        return found != dates.end() && found->span.begin == byte;
    }
    bool is_date(std::uint32_t at, Span span) const {
        const auto range = context_.layout.dates({at, at + 1});
        if (range.begin == range.end) return false;
        return context_.facts.dates[range.begin].span.end >= span.end;
    }
    bool is_money(std::uint32_t at) const {
        const auto range = context_.layout.amounts({at, at + 1});
        if (range.begin == range.end) return false;
        const Amount& amount = context_.facts.amounts[range.begin];
        return amount.currency != kNoCurrency || amount.percent;
    }

    void emit(const std::vector<FoundNumber>& found) {
        if (found.empty()) return;
        const auto best = std::max_element(found.begin(), found.end(),
                                           [](const FoundNumber& a, const FoundNumber& b) { return a.bp < b.bp; });
        std::uint32_t bp = best->bp;
        const std::string value = tidy(context_.page.text(best->span));
        const auto rival = std::find_if(found.begin(), found.end(), [&](const FoundNumber& f) {
            return tidy(context_.page.text(f.span)) != value;
        });
        if (rival != found.end() || best->one_of_many) {
            bp = std::min(bp, kCompeting);
            out_.warn("numbers_compete", "several invoice numbers stand in the document");
        } else if (best->may_go_on) {
            out_.warn("number_unclear", "the invoice number may be longer than what was read");
        }
        out_.fields.push_back({"invoice_number", "text", value, bp, {best->span}, 0});
        if (rival != found.end()) {
            out_.fields.push_back(
                {"invoice_number", "text", tidy(context_.page.text(rival->span)), kDoubtful - 1000, {rival->span}, 1});
        }
    }

    const Context& context_;
    std::string_view text_;
    Extraction& out_;
};

}  // namespace

void read_invoice_number(const Context& context, Extraction& out) {
    NumberRule(context, out).run();
}

}  // namespace parser_rules
