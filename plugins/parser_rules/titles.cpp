#include "titles.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxWordsBeside = 3;
constexpr std::uint32_t kMaxTitleCellTokens = 24;
constexpr std::uint32_t kMaxMarksInTitle = 3;
constexpr std::size_t kMaxTitleHits = 8;
constexpr std::uint32_t kNoCell = UINT32_MAX;

/// "Invoice no": the label of a number begins with the word for invoice.
bool begins_with_invoice(const Context& context, const Hit& hit) {
    const Lexicon& lexicon = context.page.lexicon();
    return lexicon.end(lexicon.next(0, context.page.tokens()[hit.token].word)).label == Label::title_invoice;
}

class TitleReader {
public:
    TitleReader(const Context& context, std::uint64_t& steps)
        : context_(context), page_(context.page), tokens_(page_.tokens()), steps_(steps) {}

    std::optional<Span> run() {
        for (const std::uint32_t at : page_.begins_apart()) {
            ++steps_;
            if (page_.line_of(tokens_[at]) >= kTitleLines) break;
            if (const auto words = longest(at); words && spoils(*words))
                return Span{tokens_[words->begin].span.begin, tokens_[words->end - 1].span.end};
        }
        return std::nullopt;
    }

private:
    struct Words {
        Label label = Label::none;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    static bool is_of_titles(Label label) {
        return label == Label::title_no_demand || label == Label::title_no_demand_beside ||
               label == Label::title_overview || label == Label::title_copy || label == Label::title_no_demand_whole ||
               label == Label::stamp_withdrawn;
    }

    std::optional<Words> longest(std::uint32_t at) {
        const Lexicon& lexicon = page_.lexicon();
        const std::uint32_t cell_end = page_.cells()[tokens_[at].cell].end_token;
        std::optional<Words> found;
        Lexicon::State state = lexicon.next(lexicon.apart(), tokens_[at].word);
        for (std::uint32_t i = at; state != 0;) {
            ++steps_;
            if (const Label label = lexicon.end(state).label; is_of_titles(label)) found = Words{label, at, i + 1};
            std::uint32_t next = i + 1;
            while (next < cell_end && next - i <= kMaxMarksInTitle && joins(tokens_[next].kind)) ++next;
            if (next >= cell_end || tokens_[next].word == 0) break;
            state = lexicon.next(state, tokens_[next].word);
            i = next;
        }
        return found;
    }

    static bool joins(TokenKind kind) { return kind == TokenKind::dash || kind == TokenKind::apostrophe; }
    bool speaks(std::uint32_t at) const {
        return tokens_[at].kind == TokenKind::word || tokens_[at].kind == TokenKind::digits;
    }
    const Cell& cell_of(const Words& words) const { return page_.cells()[tokens_[words.begin].cell]; }

    bool spoils(const Words& words) {
        const Cell& cell = cell_of(words);
        if (cell.end_token - cell.first_token > kMaxTitleCellTokens) return false;
        steps_ += cell.end_token - cell.first_token;
        if (is_label(words)) return false;
        if (words.label == Label::title_copy && (of_original(cell) || of_buyer(words))) return false;
        const Hit* title = title_of(words);
        if (title == nullptr) {
            if (words.label == Label::title_no_demand_whole)
                return words.begin == cell.first_token && tokens_[words.begin].capitalised && !below_title(cell.line);
            return words.label != Label::title_overview && alone(words) && beside_title(cell.line);
        }
        if (below_title(cell.line)) return false;
        if (words.label == Label::title_overview && title_cell() < tokens_[words.begin].cell) return false;
        const bool sentence = words.label == Label::stamp_withdrawn && words.end - words.begin > 2;
        return sentence || words.label == Label::title_no_demand || words.label == Label::title_no_demand_whole ||
               adjacent(words, *title);
    }

    /// "Invoice queries: 0123 4567", "Invoice query?".
    bool is_label(const Words& words) const {
        const std::uint32_t next = words.end;
        if (next >= cell_of(words).end_token) return false;
        return tokens_[next].kind == TokenKind::colon || page_.text(tokens_[next].span) == "?";
    }

    bool of_original(const Cell& cell) const {
        return std::any_of(tokens_.begin() + cell.first_token, tokens_.begin() + cell.end_token,
                           [&](const Token& t) { return page_.info(t).original; });
    }
    /// "Customer copy": the buyer's own.
    bool of_buyer(const Words& words) const {
        return words.begin > cell_of(words).first_token && page_.info(tokens_[words.begin - 1]).yours;
    }

    /// The word for invoice in the same cell, where the cell may be a title.
    const Hit* title_of(const Words& words) const {
        const Cell& cell = cell_of(words);
        const auto hits = context_.layout.hits({cell.first_token, cell.end_token});
        for (std::size_t i = hits.begin; i < std::min(hits.end, hits.begin + kMaxTitleHits); ++i) {
            const Hit& hit = context_.facts.hits[i];
            if (!names_invoice(hit)) continue;
            const bool leads = hit.token == cell.first_token || words.begin == cell.first_token;
            const bool title = is_title(context_, hit) || (leads && tokens_[cell.first_token].capitalised &&
                                                           (tokens_[hit.token].upper || few_words(cell)));
            if (title) return &hit;
        }
        return nullptr;
    }

    /// "Invoice", "Invoice no", "corrected invoice", "Invoice for".
    bool names_invoice(const Hit& hit) const {
        if (hit.label == Label::title_invoice) return true;
        if (hit.label == Label::number) return begins_with_invoice(context_, hit);
        if (hit.colon || (hit.label != Label::number_other && hit.label != Label::buyer)) return false;
        const Lexicon& lexicon = page_.lexicon();
        return std::any_of(tokens_.begin() + hit.token, tokens_.begin() + hit.end_token, [&](const Token& token) {
            return lexicon.end(lexicon.next(0, token.word)).label == Label::title_invoice;
        });
    }

    bool few_words(const Cell& cell) const {
        const auto words = std::count_if(tokens_.begin() + cell.first_token, tokens_.begin() + cell.end_token,
                                         [](const Token& t) { return t.kind == TokenKind::word; });
        return words <= 6;
    }

    /// Only marks, numbers and small words stand between: "Correction to invoice", "INVOICE 17 (COPY)". But "Invoice to
    /// Test Ltd" names the buyer.
    bool adjacent(const Words& words, const Hit& title) const {
        const std::uint32_t from = std::min(words.end, title.end_token);
        const std::uint32_t to = std::max(words.begin, title.token);
        for (std::uint32_t i = from; i < to; ++i) {
            const WordInfo& info = page_.info(tokens_[i]);
            const bool small =
                info.article || info.neutral || info.of_another || (info.manner && words.begin < title.token);
            if (tokens_[i].kind == TokenKind::word && !small) return false;
        }
        return true;
    }

    /// No other word stands in its cell.
    bool alone(const Words& words) const {
        const Cell& cell = cell_of(words);
        if (!tokens_[cell.first_token].capitalised && !tokens_[words.begin].capitalised) return false;
        for (std::uint32_t i = cell.first_token; i < cell.end_token; ++i)
            if (speaks(i) && (i < words.begin || i >= words.end) && !page_.info(tokens_[i]).article) return false;
        return true;
    }

    /// The first cell that holds the title of an invoice.
    std::uint32_t title_cell() {
        if (title_cell_) return *title_cell_;
        title_cell_ = kNoCell;
        for (const auto& hit : context_.facts.hits) {
            ++steps_;
            if (page_.cells()[hit.cell].line >= kTitleLines) break;
            const bool title = hit.label == Label::title_invoice && is_title(context_, hit);
            if (!title && !(hit.label == Label::number && number_is_title(context_, hit))) continue;
            title_cell_ = hit.cell;
            break;
        }
        return *title_cell_;
    }
    bool below_title(std::uint32_t line) { return title_cell() != kNoCell && page_.cells()[title_cell()].line < line; }
    /// On the line of the title, or on the next to it.
    bool beside_title(std::uint32_t line) {
        if (title_cell() == kNoCell) return false;
        const std::uint32_t title = page_.cells()[title_cell()].line;
        return line + 1 >= title && line <= title + 1;
    }

    const Context& context_;
    const Page& page_;
    const std::vector<Token>& tokens_;
    std::uint64_t& steps_;
    std::optional<std::uint32_t> title_cell_;
};

}  // namespace

bool is_title(const Context& context, const Hit& hit) {
    const Cell& cell = context.page.cells()[hit.cell];
    if (cell.line >= kTitleLines || cell.end_token - cell.first_token > kMaxTitleCellTokens) return false;
    const auto& tokens = context.page.tokens();
    std::uint32_t before = 0;
    std::uint32_t after = 0;
    for (std::uint32_t t = cell.first_token; t < hit.token; ++t) before += tokens[t].kind == TokenKind::word;
    for (std::uint32_t t = hit.end_token; t < cell.end_token; ++t)
        after += tokens[t].kind == TokenKind::word && !context.page.info(tokens[t]).article;
    const bool number_before = cell.first_token < hit.token && tokens[cell.first_token].kind == TokenKind::digits;
    if (!hit.leads && !(hit.ends && before <= kMaxWordsBeside) && !number_before) return false;
    return after <= kMaxWordsBeside && tokens[hit.token].capitalised;
}

bool number_is_title(const Context& context, const Hit& number) {
    const Cell& cell = context.page.cells()[number.cell];
    const bool begins_line = context.page.lines()[cell.line].first_cell == number.cell;
    return begins_line && number.token == cell.first_token && context.page.tokens()[number.token].capitalised &&
           !number.colon && begins_with_invoice(context, number);
}

TitleWords title_in_number(const Context& context, const Hit& number) {
    const auto& tokens = context.page.tokens();
    const Lexicon& lexicon = context.page.lexicon();
    TitleWords found;
    Lexicon::State state = 0;
    for (std::uint32_t i = number.token; i < number.end_token; ++i) {
        if (tokens[i].word == 0) continue;
        state = lexicon.next(state, tokens[i].word);
        const Label label = lexicon.end(state).label;
        if (label >= Label::title_invoice && label <= Label::title_remittance) found = {label, i + 1};
    }
    return found;
}

std::optional<Span> no_demand_in_title(const Context& context, std::uint64_t& steps) {
    return TitleReader(context, steps).run();
}

}  // namespace parser_rules
