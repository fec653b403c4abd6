#include "receipts.hpp"

#include <algorithm>

namespace parser_rules {
namespace {

constexpr std::uint32_t kTokensBefore = 24;
constexpr std::uint32_t kTokensAfter = 6;

class ReceiptReader {
public:
    ReceiptReader(const Page& page, std::uint32_t received)
        : page_(page), tokens_(page.tokens()), received_(received) {}

    std::optional<Receipt> run() const {
        if (you_receive()) return std::nullopt;
        if (const auto payment = payment_before()) {
            if (comes_after_something(*payment) || (!past() && has_term())) return std::nullopt;
            return Receipt{*payment, received_ + 1};
        }
        const auto payment = payment_behind();
        if (!payment || comes_after_something(received_)) return std::nullopt;
        return Receipt{received_, *payment + 1};
    }

    std::optional<Receipt> run_made() const {
        const auto payment = past() ? payment_before() : std::nullopt;
        if (!payment || comes_after_something(*payment)) return std::nullopt;
        return Receipt{*payment, received_ + 1};
    }

private:
    const WordInfo& info(std::uint32_t at) const { return page_.info(tokens_[at]); }
    bool is_word(std::uint32_t at) const { return tokens_[at].kind == TokenKind::word; }
    bool same_cell(std::uint32_t at) const {
        return at < tokens_.size() && tokens_[at].cell == tokens_[received_].cell;
    }

    bool links(std::uint32_t at) const {
        const WordInfo& word = info(at);
        return word.linking || word.neutral || word.article || word.month != 0 || word.currency != kNoCurrency;
    }

    /// Back to the payment over its amount, its date and what links them; a sentence may have been broken in between.
    std::optional<std::uint32_t> payment_before() const {
        for (std::uint32_t i = received_; i > 0 && received_ - i < kTokensBefore; --i) {
            const std::uint32_t at = i - 1;
            if (tokens_[at].cell != tokens_[i].cell && !broken_line(at, i)) return std::nullopt;
            if (tokens_[at].kind == TokenKind::dot && tokens_[at].span.end < tokens_[i].span.begin &&
                tokens_[i].kind == TokenKind::word && tokens_[i].capitalised)
                return std::nullopt;
            if (!is_word(at)) continue;
            if (info(at).payment) return at;
            if (!links(at)) return std::nullopt;
        }
        return std::nullopt;
    }

    bool broken_line(std::uint32_t before, std::uint32_t after) const {
        const Cell& above = page_.cells()[tokens_[before].cell];
        const Cell& below = page_.cells()[tokens_[after].cell];
        const auto alone = [&](const Cell& cell) {
            return page_.lines()[cell.line].end_cell - page_.lines()[cell.line].first_cell == 1;
        };
        return below.line == above.line + 1 && page_.lines()[below.line].gap == 0 && alone(above) && alone(below);
    }

    std::optional<std::uint32_t> payment_behind() const {
        for (std::uint32_t at = received_ + 1; same_cell(at) && at - received_ <= kTokensAfter; ++at) {
            if (!is_word(at)) return std::nullopt;
            if (info(at).payment) return at;
            if (!links(at)) return std::nullopt;
        }
        return std::nullopt;
    }

    /// "nach Zahlung erhalten Sie", "upon payment received".
    bool comes_after_something(std::uint32_t at) const {
        if (at == 0 || tokens_[at - 1].cell != tokens_[at].cell || !is_word(at - 1)) return false;
        const std::string_view word = page_.text(tokens_[at - 1].span);
        return info(at - 1).after || info(at - 1).condition || word == "bei" || word == "Bei" || word == "on" ||
               word == "On";
    }

    /// "erhalten Sie", "Sie erhalten": the buyer does.
    bool you_receive() const {
        const auto is_you = [&](std::uint32_t at) {
            const std::string_view word = same_cell(at) ? page_.text(tokens_[at].span) : std::string_view{};
            return word == "Sie" || word == "sie";
        };
        return is_you(received_ + 1) || (received_ > 0 && is_you(received_ - 1));
    }

    /// "was received", "have received": it is so whatever follows.
    bool past() const {
        if (received_ == 0 || !is_word(received_ - 1)) return false;
        const std::string_view word = page_.text(tokens_[received_ - 1].span);
        return info(received_ - 1).linking && word != "is" && word != "are";
    }

    /// "received by the 10th", "received after the due date".
    bool has_term() const {
        if (!same_cell(received_ + 1)) return false;
        const WordInfo& next = info(received_ + 1);
        return next.deadline || next.until || next.after || next.condition || next.parts.has(Part::term);
    }

    const Page& page_;
    const std::vector<Token>& tokens_;
    std::uint32_t received_;
};

}  // namespace

std::optional<Receipt> payment_received(const Page& page, std::uint32_t received) {
    return ReceiptReader(page, received).run();
}

std::optional<Receipt> payment_made(const Page& page, std::uint32_t made) {
    return ReceiptReader(page, made).run_made();
}

}  // namespace parser_rules
