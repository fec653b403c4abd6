#include "rows_below.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxWords = 24;      ///< looked at in a line
constexpr std::uint32_t kMaxLabelWords = 8;  ///< of a row that no word tells about
constexpr std::uint16_t kGapInBlock = 1;     ///< empty lines inside the block of sums
constexpr std::size_t kMaxParts = 24;        ///< rows that may add up to the total
constexpr std::uint32_t kMaxCents = 2;       ///< more decimals are a rate's

class RowFinder {
public:
    RowFinder(const Context& context, const SaidAmounts& said, const Chosen& chosen, std::uint64_t& steps)
        : context_(context),
          page_(context.page),
          tokens_(page_.tokens()),
          amounts_(context.facts.amounts),
          said_(said),
          chosen_(chosen),
          steps_(steps) {}

    std::optional<std::size_t> run() {
        const std::size_t start = first_place();
        std::uint32_t block_end = line_of(start);
        for (std::size_t i = start + 1; i < amounts_.size();) {
            const std::uint32_t line = line_of(i);
            std::size_t next = i;
            std::size_t sums = 0;
            std::size_t sum = i;
            for (; next < amounts_.size() && line_of(next) == line; ++next) {
                ++steps_;
                if (!is_sum(next)) continue;
                ++sums;
                sum = next;
            }
            i = next;
            if (line == line_of(start)) continue;
            if (line <= block_end + 1 && page_.lines()[line].gap <= kGapInBlock) block_end = line;
            if (sums == 0 && next > start) sum = next - 1;
            if (sums <= 1 && asks(sum, sums == 1, line == block_end)) return sum;
        }
        return parts_explain() ? std::nullopt : std::optional(parts_.front());
    }

private:
    /// What the words of a row say.
    struct Words {
        std::uint32_t count = 0;
        bool takes_off = false;  ///< "deposit", "retention", "discount"
        bool happened = false;   ///< "received"
        bool condition = false;  ///< "if"
        bool term = false;       ///< "within", "fee"
        bool negated = false;
        bool other = false;         ///< its label is of another thing: "Late payment fee", "Customer no"
        bool beside_other = false;  ///< names such a thing: "Including VAT", "Hours worked"

        bool a_deduction() const { return takes_off && !other && !negated && !condition && (happened || !term); }
        bool unknown() const { return !other && !beside_other && !condition && !term; }
    };

    std::uint32_t line_of(std::size_t amount) const { return page_.cells()[amounts_[amount].cell].line; }

    /// Where the sums chosen stand first below other amounts: not in a box above the items, nor on a slip far below.
    std::size_t first_place() {
        std::size_t first = std::min(chosen_.due.amount, chosen_.total ? chosen_.total->amount : chosen_.due.amount);
        std::vector<std::size_t> places;
        places.reserve(kMaxParts);
        places.push_back(first);
        for (const Readings* sums : {&said_.gross, &said_.plain, &said_.due}) {
            for (const auto& sum : *sums)
                if (is_chosen(sum.value)) places.push_back(sum.amount);
        }
        std::sort(places.begin(), places.end());
        std::size_t above = 0;
        while (above < places.back() && (!is_sum(above) || std::binary_search(places.begin(), places.end(), above)))
            ++above;
        steps_ += above;
        const auto below = std::upper_bound(places.begin(), places.end(), above);
        return above < places.back() && below != places.end() ? *below : places.front();
    }

    bool is_chosen(const atr::Decimal& value) const {
        return value == chosen_.due.value || (chosen_.total != nullptr && value == chosen_.total->value);
    }
    bool is_sum(std::size_t i) const { return !amounts_[i].percent && amounts_[i].money_like() && !is_day(i); }

    /// "10.11." and "10.11.:": no sum of money.
    bool is_day(std::size_t i) const {
        const Amount& amount = amounts_[i];
        return amount.currency == kNoCurrency && amount.number.decimals == Decimals::dot &&
               amount.end_token < tokens_.size() && tokens_[amount.end_token].kind == TokenKind::dot &&
               tokens_[amount.end_token].span.begin == amount.number.span.end &&
               amount.end_token + 1 < page_.line_end_token(amount.cell);
    }

    std::optional<atr::Decimal> size_of(std::size_t i) const {
        const auto decimal = to_decimal(page_.text(), amounts_[i].number, context_.facts.style);
        const auto value = decimal ? atr::Decimal::parse(decimal->value) : std::nullopt;
        return value && value->is_negative() ? value->negated() : value;
    }

    bool asks(std::size_t i, bool money, bool in_block) {
        if (read_already(i)) return false;
        const Words words = words_of(i);
        const bool typed = words.a_deduction();
        if (words.count == 0 || (!money && words.beside_other) || (!typed && (!in_block || !money))) return false;
        const bool row = ends_line(i) && (money || tokens_[amounts_[i].token - 1].kind == TokenKind::colon);
        if (!row && !(typed && money && words.happened)) return false;
        const auto value = size_of(i);
        const atr::Decimal& total = chosen_.total != nullptr ? chosen_.total->value : chosen_.due.value;
        if (!value || value->is_zero() || !(*value < total) || is_chosen(*value)) return false;
        if (typed) return !taken_off(*value);
        if (!words.unknown() || words.count > kMaxLabelWords || is_sentence(i) || strange(i) || leads_there(*value))
            return false;
        if (parts_.size() < kMaxParts) parts_.push_back(i);
        return false;
    }

    /// In the cell of the amount, or where it stands there alone, in the cell before it; in a sentence, of its line.
    Words words_of(std::size_t i) {
        const std::uint32_t cell = amounts_[i].cell;
        const std::uint32_t line_begin = page_.lines()[line_of(i)].first_cell;
        Words words;
        read(page_.cells()[cell].first_token, page_.cells()[cell].end_token, words);
        label_begin_ = page_.cells()[cell].first_token;
        for (std::uint32_t c = cell; words.count == 0 && c > line_begin;) {
            --c;
            read(page_.cells()[c].first_token, page_.cells()[c].end_token, words);
            label_begin_ = page_.cells()[c].first_token;
        }
        return words.count == 0 ? words : with_labels(i, words);
    }

    void read(std::uint32_t begin, std::uint32_t end, Words& words) {
        for (std::uint32_t t = begin; t < std::min(end, begin + kMaxWords); ++t) {
            ++steps_;
            if (tokens_[t].kind != TokenKind::word) continue;
            const WordInfo& info = page_.info(tokens_[t]);
            if (info.currency != kNoCurrency) continue;
            ++words.count;
            const bool happened = info.happened && !info.after;
            words.happened = words.happened || happened;
            words.takes_off =
                words.takes_off || happened || info.payment || info.taken_off || (info.credit == CreditWord::credit);
            words.condition = words.condition || info.condition;
            words.term = words.term || info.deadline || info.until || info.aside;
            words.beside_other = words.beside_other || info.unit;
            words.negated = words.negated || info.negates;
        }
    }

    /// Labels of other things say what the row is.
    Words with_labels(std::size_t i, Words words) {
        const auto hits = context_.layout.hits({label_begin_, amounts_[i].token});
        for (std::size_t h = hits.begin; h < std::min(hits.end, hits.begin + kMaxLabelWords); ++h) {
            ++steps_;
            const Hit& hit = context_.facts.hits[h];
            if (takes_off(hit)) {
                words.takes_off = true;
            } else if (!neutral(hit.label)) {
                (h == hits.begin && hit.leads ? words.other : words.beside_other) = true;
            }
        }
        return words;
    }

    bool takes_off(const Hit& hit) const {
        return hit.label == Label::paid || hit.label == Label::discount || hit.label == Label::title_credit_note ||
               (hit.label == Label::other_amount && names_taken_off(hit));
    }

    /// Labels that a deduction may begin with as well: "Instalment 1 (paid)", "Zahlung vom 10.11.".
    static bool neutral(Label label) {
        return label == Label::part_asked || label == Label::item_header || label == Label::date_plain ||
               label == Label::issue_date || label == Label::other_date;
    }

    bool names_taken_off(const Hit& hit) const {
        return std::any_of(tokens_.begin() + hit.token, tokens_.begin() + hit.end_token,
                           [&](const Token& token) { return page_.info(token).taken_off; });
    }

    bool ends_line(std::size_t i) const {
        for (std::uint32_t t = amounts_[i].end_token; t < page_.line_end_token(amounts_[i].cell); ++t) {
            const bool currency = page_.info(tokens_[t]).currency != kNoCurrency;
            if (tokens_[t].kind == TokenKind::digits || (tokens_[t].kind == TokenKind::word && !currency)) return false;
        }
        return true;
    }

    bool is_sentence(std::size_t i) const {
        return tokens_[page_.line_end_token(amounts_[i].cell) - 1].kind == TokenKind::dot;
    }

    /// A rate, or the sum in another currency.
    bool strange(std::size_t i) const {
        const Amount& amount = amounts_[i];
        const CurrencyId asked = amounts_[chosen_.due.amount].currency;
        if (amount.currency != kNoCurrency && asked != kNoCurrency && amount.currency != asked) return true;
        const auto& number = amount.number;
        return number.decimals != Decimals::none && number.digits.end - number.point > kMaxCents + 1;
    }

    /// Beside a label that other rules weigh.
    bool read_already(std::size_t i) const {
        for (const Readings* sums : {&said_.due, &said_.gross, &said_.plain, &said_.part, &said_.net, &said_.subtotal,
                                     &said_.tax_total, &said_.tax, &said_.paid, &said_.previous}) {
            if (std::any_of(sums->begin(), sums->end(), [&](const auto& sum) { return sum.amount == i; })) return true;
        }
        return false;
    }

    /// The sum due is just that much less than the total.
    bool taken_off(const atr::Decimal& value) const {
        if (chosen_.total == nullptr) return false;
        const auto left = chosen_.total->value.minus(value);
        return left && *left == chosen_.due.value;
    }

    /// The net, or the tax, of the total.
    bool leads_there(const atr::Decimal& value) const {
        for (const Readings* others : {&said_.tax_total, &said_.tax, &said_.net, &said_.subtotal}) {
            for (const auto& other : *others) {
                const auto with = value.plus(other.value);
                if (other.value == value || (with && is_chosen(*with))) return true;
            }
        }
        return taken_off(value);
    }

    /// The rows are the parts of the sum, or of its net.
    bool parts_explain() const {
        if (parts_.empty()) return true;
        atr::Decimal all;
        for (const std::size_t part : parts_) {
            const auto value = size_of(part);
            const auto with = value ? all.plus(*value) : std::nullopt;
            if (!with) return false;
            all = *with;
        }
        return parts_.size() > 1 && (is_chosen(all) || leads_there(all));
    }

    const Context& context_;
    const Page& page_;
    const std::vector<Token>& tokens_;
    const std::vector<Amount>& amounts_;
    const SaidAmounts& said_;
    const Chosen& chosen_;
    std::uint64_t& steps_;
    std::uint32_t label_begin_ = 0;
    std::vector<std::size_t> parts_;  ///< rows right below the sums that no word tells about
};

}  // namespace

std::optional<std::size_t> unexplained_row(const Context& context, const SaidAmounts& said, const Chosen& chosen,
                                           std::uint64_t& steps) {
    return RowFinder(context, said, chosen, steps).run();
}

}  // namespace parser_rules
