#include "amount_reader.hpp"

#include <algorithm>
#include <array>

namespace parser_rules {
namespace {

constexpr std::size_t kMaxOnLine = 10;
constexpr std::uint32_t kMaxProse = 5;
constexpr std::uint32_t kLinesBelowAmount = 5;
constexpr std::uint32_t kWordsBefore = 8;
constexpr std::uint32_t kWordsBetween = 12;

/// Labels that also begin sentences and item names: only neutral words may stand before their amount.
bool weak(Label label) {
    return label == Label::total_plain || label == Label::tax || label == Label::subtotal || label == Label::paid ||
           label == Label::discount || label == Label::other_amount || label == Label::part_asked;
}

/// Labels of sums that a paper may ask for.
bool is_sum_asked(Label label) {
    return label == Label::amount_due || label == Label::total_gross || label == Label::total_plain;
}

/// Labels whose amounts are columns of tables rather than sums.
bool needs_total_beside(Label label) {
    return !is_sum_asked(label);
}

/// "Less deposit received", "abzueglich Anzahlung vom": that and when it was paid.
bool tells_of_payment(const WordInfo& word) {
    return word.happened || word.linking || word.month != 0 || word.parts.has(Part::names_date);
}

}  // namespace

bool leads_only(const Page& page, const Hit& label) {
    return label.end_token - label.token == 1 && page.info(page.tokens()[label.token]).leads_only;
}

std::optional<AmountReading> AmountReader::read(std::size_t hit) {
    const Hit& label = context_.facts.hits[hit];
    if (!label.leads && (weak(label.label) || leads_only(context_.page, label))) return std::nullopt;
    if (context_.layout.role(label) == LineRole::item_header) return std::nullopt;
    if (auto found = beside(hit)) return found;
    return label.leads && label.ends ? under(hit) : std::nullopt;
}

std::optional<AmountReading> AmountReader::beside(std::size_t hit) {
    const Hit& label = context_.facts.hits[hit];
    const auto range = context_.layout.amounts(context_.layout.rest_of_line(hit));
    std::array<std::size_t, kMaxOnLine> found{};
    std::size_t n = 0;
    bool more = false;
    bool money = false;
    for (std::size_t i = range.begin; i < range.end && !more; ++i) {
        if (context_.facts.amounts[i].percent || !believable(i)) continue;
        if (n == kMaxOnLine) {
            more = true;
            break;
        }
        found[n++] = i;
        money = money || context_.facts.amounts[i].money_like();
    }
    if (money) {
        const auto* end = std::remove_if(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(n),
                                         [&](std::size_t i) { return !context_.facts.amounts[i].money_like(); });
        n = static_cast<std::size_t>(end - found.begin());
    }
    if (n == 0 || (!money && needs_total_beside(label.label))) return std::nullopt;
    const auto& amounts = context_.facts.amounts;
    const bool columns = amounts[found[0]].cell != amounts[found[n - 1]].cell;
    const bool rate_of_base = label.label == Label::tax || label.label == Label::tax_total;
    const std::size_t pick = columns || rate_of_base ? found[n - 1] : found[0];
    const std::uint32_t strange = strange_words(label.end_token, amounts[found[0]].token, label.label);
    const bool in_cell = amounts[found[0]].cell == label.cell;
    if (strange > (weak(label.label) ? 0U : kMaxProse)) return std::nullopt;
    if (!in_cell && !label.ends && strange > 0) return std::nullopt;
    auto result = reading(hit, pick);
    if (!result) return std::nullopt;
    result->prose = strange > 0 || !label.leads;
    result->told = label.label == Label::paid && strange_words(label.end_token, amounts[found[0]].token) > 0;
    // Amounts in a row "net  tax  gross" add up: then the last is meant.
    if (n == 3 && columns) {
        const auto net = reading(hit, found[0]);
        const auto tax = reading(hit, found[1]);
        const auto sum = net && tax ? net->value.plus(tax->value) : std::nullopt;
        if (sum && *sum == result->value) return result;
    }
    for (std::size_t i = 0; i < n && !rate_of_base; ++i) {
        const auto other = reading(hit, found[i]);
        result->competing = result->competing || !other || other->value != result->value;
    }
    result->competing = result->competing || more;
    return result;
}

std::optional<AmountReading> AmountReader::under(std::size_t hit) {
    const Hit& label = context_.facts.hits[hit];
    const Layout& layout = context_.layout;
    if (layout.role(label) == LineRole::header && needs_total_beside(label.label)) {
        const auto row = layout.hits(layout.of_line(context_.page.cells()[label.cell].line));
        const auto begin = context_.facts.hits.begin();
        const bool total = std::any_of(begin + static_cast<std::ptrdiff_t>(row.begin),
                                       begin + static_cast<std::ptrdiff_t>(std::min(row.end, row.begin + kMaxOnLine)),
                                       [](const Hit& h) { return !needs_total_beside(h.label); });
        if (!total) return std::nullopt;
    }
    const auto cell = layout.cell_below(label.cell, kLinesBelowAmount);
    if (!cell) return std::nullopt;
    const auto range = layout.amounts(layout.of_cell(*cell));
    if (range.end - range.begin != 1 || !believable(range.begin)) return std::nullopt;
    const Amount& amount = context_.facts.amounts[range.begin];
    if (amount.percent || !amount.money_like()) return std::nullopt;
    if (strange_words(context_.page.cells()[*cell].first_token, amount.token) > 0) return std::nullopt;
    // Another amount right under it makes it a column of a table.
    if (const auto next = layout.cell_below(*cell, 1)) {
        const auto others = layout.amounts(layout.of_cell(*next));
        const auto labels = layout.hits(layout.of_line(context_.page.cells()[*next].line));
        const bool column = others.end > others.begin && context_.facts.amounts[others.begin].money_like();
        if (column && labels.begin == labels.end) return std::nullopt;
    }
    auto result = reading(hit, range.begin);
    if (result) result->below = true;
    return result;
}

/// A bare number before a word counts something ("30 days"); one that is part of a sentence is no total either.
bool AmountReader::believable(std::size_t i) const {
    const Amount& amount = context_.facts.amounts[i];
    if (amount.money_like()) return true;
    if (amount.unit) return false;
    const auto& tokens = context_.page.tokens();
    const bool word_follows = amount.end_token < tokens.size() && tokens[amount.end_token].cell == amount.cell &&
                              tokens[amount.end_token].kind == TokenKind::word;
    return !word_follows;
}

std::uint32_t AmountReader::strange_words(std::uint32_t from, std::uint32_t to, Label label) const {
    std::uint32_t strange = 0;
    const auto& tokens = context_.page.tokens();
    for (std::uint32_t i = from; i < to && strange <= kMaxProse; ++i) {
        if (tokens[i].kind != TokenKind::word) continue;
        const WordInfo& info = context_.page.info(tokens[i]);
        const bool known = label == Label::paid && tells_of_payment(info);
        strange += !known && !info.neutral && !info.article && info.currency == kNoCurrency;
    }
    return strange;
}

std::optional<AmountReading> AmountReader::reading(std::size_t hit, std::size_t amount) {
    auto decimal = to_decimal(context_.page.text(), context_.facts.amounts[amount].number, context_.facts.style);
    const auto value = decimal ? atr::Decimal::parse(decimal->value) : std::nullopt;
    if (!value) {
        unreadable_ = true;
        return std::nullopt;
    }
    AmountReading result;
    result.hit = hit;
    result.amount = amount;
    result.text = std::move(decimal->value);
    result.value = *value;
    result.certain = decimal->certain;
    result.tail = *value;
    const Number& number = context_.facts.amounts[amount].number;
    if (!decimal->certain && number.plain_space && !context_.facts.style.space) {
        NumberStyle spaces = context_.facts.style;
        spaces.space = true;
        const auto joined = to_decimal(context_.page.text(), number, spaces);
        const auto tail = to_decimal(context_.page.text(), behind_space(number), context_.facts.style);
        const auto tail_value = tail ? atr::Decimal::parse(tail->value) : std::nullopt;
        result.spaced = joined && joined->certain && tail_value && !context_.facts.style.space_contradicted;
        if (tail_value) result.tail = *tail_value;
    }
    result.scaled = context_.facts.amounts[amount].scaled || scaled_by_label(hit, amount);
    result.credit = context_.facts.amounts[amount].perhaps_credit;
    result.elsewhere = is_sum_asked(context_.facts.hits[hit].label) && of_another_paper(hit, amount);
    return result;
}

/// "Next invoice total: 300.00", "Grand total of contract   300.00".
bool AmountReader::of_another_paper(std::size_t hit, std::size_t amount) const {
    const Hit& label = context_.facts.hits[hit];
    const auto& tokens = context_.page.tokens();
    const std::uint32_t cell_begin = context_.page.cells()[label.cell].first_token;
    const std::uint32_t begin = label.token - std::min(label.token - cell_begin, kWordsBefore);
    const std::uint32_t end = std::min(context_.facts.amounts[amount].token, label.end_token + kWordsBetween);
    return std::any_of(tokens.begin() + begin, tokens.begin() + std::max(end, label.end_token),
                       [&](const Token& token) { return context_.page.info(token).elsewhere; });
}

/// "Total (in thousands): 450.00", "Total (EUR '000) 450.00".
bool AmountReader::scaled_by_label(std::size_t hit, std::size_t amount) const {
    const auto& tokens = context_.page.tokens();
    const std::uint32_t end = context_.facts.amounts[amount].token;
    const std::uint32_t begin = context_.facts.hits[hit].end_token;
    for (std::uint32_t i = begin; i < end && i - begin < kWordsBetween; ++i) {
        const WordInfo& info = context_.page.info(tokens[i]);
        if (info.magnitude || (info.magnitude_upper && tokens[i].upper)) return true;
        const bool zeros = tokens[i].kind == TokenKind::digits && context_.page.text(tokens[i].span) == "000";
        if (zeros && i > begin && tokens[i - 1].kind == TokenKind::apostrophe) return true;
    }
    return false;
}

}  // namespace parser_rules
