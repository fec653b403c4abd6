#include "sums_beside.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::uint32_t kMarksBefore = 3;
constexpr std::uint32_t kMostWordsBetween = 16;
constexpr std::size_t kMostLabels = 8;
constexpr std::uint32_t kSumReach = 3;  ///< a currency may stand before the sum
constexpr std::uint32_t kPaymentReach = 5;

}  // namespace

bool SumsBeside::leads(const Said& said) const {
    const std::uint32_t first = cell_of(said).first_token;
    if (said.begin - first > kMarksBefore) return false;
    return std::all_of(tokens_.begin() + first, tokens_.begin() + said.begin, [&](const Token& token) {
        return token.kind != TokenKind::digits && (token.kind != TokenKind::word || page_.info(token).article);
    });
}

bool SumsBeside::sum_behind(const Said& said) const {
    const auto line = context_.layout.amounts({said.end, page_.line_end_token(tokens_[said.begin].cell)});
    if (line.begin != line.end) return true;
    const auto below = context_.layout.cell_below(tokens_[said.begin].cell, 2);
    if (!below || said.end < cell_of(said).end_token || said.begin > cell_of(said).first_token) return false;
    const bool in_row = cell_of(said).line < page_.lines().size() &&
                        page_.lines()[cell_of(said).line].end_cell - page_.lines()[cell_of(said).line].first_cell > 1;
    const auto under = context_.layout.amounts(context_.layout.of_cell(*below));
    return in_row && under.begin != under.end;
}

bool SumsBeside::read_as_payment(const Said& said) const {
    if (!sum_behind(said)) return false;
    const auto line = context_.layout.amounts({said.end, page_.line_end_token(tokens_[said.begin].cell)});
    if (of_zero(said)) return true;
    const std::uint32_t sum = line.begin == line.end ? said.end : context_.facts.amounts[line.begin].token;
    const auto hits = context_.layout.hits({cell_of(said).first_token, said.end});
    for (std::size_t i = hits.begin; i < hits.end && i < hits.begin + kMostLabels; ++i) {
        const Hit& hit = context_.facts.hits[i];
        if (hit.label == Label::paid && hit.leads && hit.end_token > said.begin) return !strange_words(said.end, sum);
    }
    return false;
}

bool SumsBeside::of_zero(const Said& said) const {
    const auto line = context_.layout.amounts({said.end, page_.line_end_token(tokens_[said.begin].cell)});
    return line.begin != line.end && is_zero(context_.facts.amounts[line.begin]);
}

/// "0 h".
bool SumsBeside::counts_things(const Amount& amount) const {
    const std::uint32_t next = amount.end_token;
    return !amount.money_like() && next < tokens_.size() && tokens_[next].cell == amount.cell &&
           page_.info(tokens_[next]).parts.has(Part::unit);
}

bool SumsBeside::is_zero(const Amount& amount) const {
    const std::string_view digits = page_.text(amount.number.digits);
    return std::none_of(digits.begin(), digits.end(), [](char c) { return c >= '1' && c <= '9'; });
}

/// Words that keep an amount from being read for the label before it.
bool SumsBeside::strange_words(std::uint32_t from, std::uint32_t to) const {
    const std::uint32_t end = std::min(to, from + kMostWordsBetween);
    return std::any_of(tokens_.begin() + from, tokens_.begin() + std::max(from, end), [&](const Token& token) {
        const WordInfo& info = page_.info(token);
        return token.kind == TokenKind::word && !info.neutral && !info.article && info.month == 0 &&
               info.currency == kNoCurrency;
    });
}

bool SumsBeside::behind_amount(const Said& said) const {
    std::uint32_t before = said.begin;
    while (before > 0 && said.begin - before < 2 && !speaks(before - 1) && tokens_[before - 1].kind != TokenKind::colon)
        --before;
    const auto& amounts = context_.facts.amounts;
    const auto next = std::lower_bound(amounts.begin(), amounts.end(), said.begin,
                                       [](const Amount& a, std::uint32_t token) { return a.token < token; });
    if (next == amounts.begin()) return false;
    const Amount& amount = *(next - 1);
    const bool ends = said.end >= cell_of(said).end_token || !speaks(said.end);
    return ends && amount.end_token >= before && amount.cell == tokens_[said.begin].cell && amount.money_like();
}

bool SumsBeside::sum_follows(const Said& said) const {
    const auto range = context_.layout.amounts(
        {said.end, std::min(page_.line_end_token(tokens_[said.begin].cell), said.end + kSumReach)});
    return range.begin != range.end && !is_zero(context_.facts.amounts[range.begin]);
}

bool SumsBeside::takes_payment_off(const Said& said) const {
    const std::uint32_t end = std::min(cell_of(said).end_token, said.end + kPaymentReach);
    std::uint32_t at = said.end;
    while (at < end && (!speaks(at) || page_.info(tokens_[at]).article || page_.info(tokens_[at]).yours)) ++at;
    if (at >= end || !page_.info(tokens_[at]).payment || !leads(said)) return false;
    const auto sums = context_.layout.amounts({at + 1, page_.line_end_token(tokens_[said.begin].cell)});
    if (sums.begin == sums.end || is_zero(context_.facts.amounts[sums.begin])) return false;
    const auto hits = context_.layout.hits({said.begin, at + 1});
    if (hits.begin == hits.end || context_.facts.hits[hits.begin].label != Label::paid) return true;
    return strange_words(context_.facts.hits[hits.begin].end_token, context_.facts.amounts[sums.begin].token);
}

bool SumsBeside::negative_row(const Said& said) const {
    if (!leads(said)) return false;
    const auto sums = context_.layout.amounts({said.end, page_.line_end_token(tokens_[said.begin].cell)});
    if (sums.end - sums.begin != 1) return false;
    const Amount& sum = context_.facts.amounts[sums.begin];
    return sum.number.negative && sum.money_like() && !is_zero(sum);
}

bool SumsBeside::says_nil(const Said& said) const {
    const std::uint32_t end = page_.line_end_token(tokens_[said.begin].cell);
    std::uint32_t at = said.end;
    while (at < std::min(end, said.end + kPaymentReach) &&
           (!speaks(at) || page_.info(tokens_[at]).neutral || page_.info(tokens_[at]).article))
        ++at;
    return at < std::min(end, said.end + kPaymentReach) && page_.info(tokens_[at]).nothing;
}

bool SumsBeside::is_nothing(const Said& said) const {
    if (!leads(said)) return false;
    const std::uint32_t cell = tokens_[said.begin].cell;
    auto range = context_.layout.amounts({said.end, page_.line_end_token(cell)});
    if (range.begin == range.end && said.end >= cell_of(said).end_token) {
        const auto below = context_.layout.cell_below(cell, 1);
        if (below) range = context_.layout.amounts(context_.layout.of_cell(*below));
        if (below && range.end - range.begin != 1) return false;
    }
    if (range.begin == range.end) return says_nil(said);
    const auto& amounts = context_.facts.amounts;
    const bool beside = page_.line_of(tokens_[amounts[range.begin].token]) == cell_of(said).line;
    return (!beside || !strange_words(said.end, amounts[range.begin].token)) && is_zero(amounts[range.begin]) &&
           !counts_things(amounts[range.begin]) && is_zero(amounts[range.end - 1]);
}

}  // namespace parser_rules
