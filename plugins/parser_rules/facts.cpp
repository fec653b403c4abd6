#include "facts.hpp"

#include <algorithm>
#include <optional>

#include "amount_scan.hpp"
#include "ascii.hpp"

namespace parser_rules {
namespace {

constexpr std::size_t kMaxDomains = 16;
constexpr std::uint32_t kMaxMarksInPhrase = 3;
constexpr std::size_t kMaxListed = 4096;  ///< of dates, accounts and the like: more is no invoice

class Finder {
public:
    explicit Finder(const Page& page)
        : page_(page), text_(page.text()), tokens_(page.tokens()), amounts_(page, facts_) {
        facts_.hits.reserve(tokens_.size() / 8 + 8);
        facts_.amounts.reserve(tokens_.size() / 8 + 8);
    }

    Facts run() {
        std::uint32_t at = 0;
        while (at < tokens_.size()) {
            ++facts_.steps;
            const Token& token = tokens_[at];
            if (token.cell != cell_) {
                cell_ = token.cell;
                words_before_ = 0;
            }
            if (const auto end = written_wallet(at)) {
                at = *end;
                continue;
            }
            const std::uint32_t next = token.kind == TokenKind::word || token.kind == TokenKind::hash ? read_word(at)
                                       : token.kind == TokenKind::digits                              ? read_digits(at)
                                                                                                      : read_mark(at);
            at = std::max(next, at + 1);
        }
        settle_language();
        settle_style();
        return std::move(facts_);
    }

private:
    std::uint32_t read_word(std::uint32_t at) {
        const Token& token = tokens_[at];
        const WordInfo& info = page_.info(token);
        ++facts_.language_votes[static_cast<std::size_t>(info.language)];
        if (const auto end = phrase(at)) return *end;
        if (info.month != 0) {
            if (const auto end = date(at)) return *end;
        }
        if (const auto end = iban(at)) return *end;
        if (const CurrencyId id = currency_word(page_, at); id != kNoCurrency) {
            mention(id, token.span, at);
            return at + 1;
        }
        if (const auto end = legal_form(at)) {
            ++words_before_;
            return *end;
        }
        if (us_state(at)) facts_.us_postcode = true;
        if (web_name(at)) return at + 1;
        if (!info.article) ++words_before_;
        return at + 1;
    }

    std::uint32_t read_digits(std::uint32_t at) {
        const Token& token = tokens_[at];
        if (const auto wallet = read_evm_address(text_, token.span.begin, facts_.steps)) {
            if (facts_.wallets.size() < kMaxListed) facts_.wallets.push_back({*wallet, at});
            return token_after(at, wallet->end);
        }
        if (const auto end = date(at)) return *end;
        const auto read = amounts_.read(at);
        if (!read.amount) ++words_before_;
        return read.next;
    }

    /// An address that only a person reads as one: its token's follower.
    std::optional<std::uint32_t> written_wallet(std::uint32_t at) {
        const Token& token = tokens_[at];
        if (token.kind != TokenKind::word && token.kind != TokenKind::digits) return std::nullopt;
        const bool prefixed = text_[token.span.begin] == '0' && token.kind == TokenKind::digits;
        const bool named = names_address(at);
        if ((!prefixed && !named) || read_evm_address(text_, token.span.begin, facts_.steps)) return std::nullopt;
        if (prefixed && !named && names_other_number(at)) return std::nullopt;
        const auto found = read_written_address(text_, token.span.begin, named, facts_.steps);
        if (!found) return std::nullopt;
        if (facts_.wallets.size() < kMaxListed) facts_.wallets.push_back({*found, at});
        return token_after(at, found->end);
    }
    /// "Wallet: ", "Address - " stands right before it.
    bool names_address(std::uint32_t at) const {
        constexpr std::uint32_t kMarks = 3;
        std::uint32_t before = at;
        while (before > 0 && at - before < kMarks && tokens_[before - 1].kind != TokenKind::word &&
               tokens_[before - 1].kind != TokenKind::digits)
            --before;
        if (before == 0) return false;
        if (!facts_.hits.empty() && facts_.hits.back().label == Label::wallet && facts_.hits.back().end_token == before)
            return true;
        const std::string_view word = page_.text(tokens_[before - 1].span);
        return word.size() <= 8 &&
               (lowered(word) == "address" || lowered(word) == "adresse" || lowered(word) == "wallet");
    }
    /// "Tx hash: 0x9999...9999".
    bool names_other_number(std::uint32_t at) const {
        return !facts_.hits.empty() && facts_.hits.back().label == Label::number_other &&
               page_.line_of(tokens_[facts_.hits.back().token]) == page_.line_of(tokens_[at]);
    }

    std::uint32_t read_mark(std::uint32_t at) {
        const Token& token = tokens_[at];
        if (token.kind == TokenKind::currency && token.hash != 0) {
            CurrencyId id = static_cast<CurrencyId>(token.hash);
            Span span = token.span;
            const CurrencyId dollar = text_[token.span.begin] == '$' ? prefixed_dollar(at) : kNoCurrency;
            if (dollar != kNoCurrency) {
                id = dollar;
                span.begin = tokens_[at - 1].span.begin;
            }
            mention(id, span, at);
            facts_.mentions.back().strange =
                dollar == kNoCurrency && !ends_label(at) && strange_letters_touch(page_, at);
        }
        if (token.kind == TokenKind::at) domain(at + 1);
        return at + 1;
    }

    /// "CA$", "Mex$": the dollar that the letters before the mark name.
    CurrencyId prefixed_dollar(std::uint32_t at) const {
        if (at == 0 || tokens_[at - 1].kind != TokenKind::word) return kNoCurrency;
        const Token& before = tokens_[at - 1];
        const std::string_view letters = page_.text(before.span);
        if (before.span.end != tokens_[at].span.begin || !before.capitalised || letters.size() > 3) return kNoCurrency;
        return dollar_of_prefix(lowered(letters));
    }

    /// "Total$45.00": the letters are a label's.
    bool ends_label(std::uint32_t at) const {
        return !facts_.hits.empty() && facts_.hits.back().end_token == at && at + 1 < tokens_.size() &&
               tokens_[at + 1].kind != TokenKind::word;
    }

    /// The longest phrase that begins at `at`; its last token's follower.
    std::optional<std::uint32_t> phrase(std::uint32_t at) {
        const Lexicon& lexicon = page_.lexicon();
        Lexicon::State state = lexicon.next(0, tokens_[at].word);
        if (tokens_[at].word == 0 || state == 0) return std::nullopt;
        Lexicon::End best;
        std::uint32_t best_end = 0;
        for (std::uint32_t i = at; state != 0;) {
            ++facts_.steps;
            if (lexicon.end(state).label != Label::none) {
                best = lexicon.end(state);
                best_end = i + 1;
            }
            std::uint32_t next = i + 1;
            std::uint32_t marks = 0;
            while (next < tokens_.size() && tokens_[next].cell == tokens_[at].cell && skippable(tokens_[next].kind) &&
                   marks < kMaxMarksInPhrase) {
                ++next;
                ++marks;
            }
            if (next >= tokens_.size() || tokens_[next].cell != tokens_[at].cell || tokens_[next].word == 0) break;
            state = lexicon.next(state, tokens_[next].word);
            i = next;
        }
        if (best.label == Label::none) return std::nullopt;
        add_hit(best, at, best_end);
        return best_end;
    }

    static bool skippable(TokenKind kind) {
        return kind == TokenKind::dot || kind == TokenKind::dash || kind == TokenKind::slash ||
               kind == TokenKind::apostrophe || kind == TokenKind::open || kind == TokenKind::close;
    }

    void add_hit(const Lexicon::End& end, std::uint32_t at, std::uint32_t end_token) {
        Hit hit;
        hit.label = end.label;
        hit.language = end.language;
        hit.token = at;
        hit.end_token = end_token;
        hit.cell = tokens_[at].cell;
        hit.leads = words_before_ == 0;
        const std::uint32_t cell_end = page_.cells()[hit.cell].end_token;
        std::uint32_t after = end_token;
        while (after < cell_end && (skippable(tokens_[after].kind) || tokens_[after].kind == TokenKind::hash)) ++after;
        hit.colon = after < cell_end && tokens_[after].kind == TokenKind::colon;
        while (after < cell_end &&
               (skippable(tokens_[after].kind) || tokens_[after].kind == TokenKind::hash ||
                tokens_[after].kind == TokenKind::colon || tokens_[after].kind == TokenKind::other)) {
            ++after;
        }
        facts_.steps += after - end_token;
        hit.ends = after == cell_end;
        facts_.language_votes[static_cast<std::size_t>(hit.language)] += 2;
        // "amount due" in a sentence or a product's name is no label: what leads its cell is.
        words_before_ = hit.leads && hit.colon ? 0 : words_before_ + (hit.colon ? 0 : 1);
        if (hit.colon) words_before_ = 0;
        facts_.hits.push_back(hit);
    }

    std::optional<std::uint32_t> date(std::uint32_t at) {
        auto found = read_date(page_, at);
        facts_.steps += 8;
        if (!found) return std::nullopt;
        if (facts_.dates.size() < kMaxListed) facts_.dates.push_back(*found);
        words_before_ = 0;
        return found->end_token;
    }

    std::optional<std::uint32_t> iban(std::uint32_t at) {
        const Token& token = tokens_[at];
        const bool shaped = token.span.end - token.span.begin == 2 && at + 1 < tokens_.size() &&
                            token.span.end < text_.size() && digit(text_[token.span.end]);
        const bool glued =
            token.span.begin > 0 && (letter(text_[token.span.begin - 1]) || digit(text_[token.span.begin - 1]));
        if (!shaped || glued) return std::nullopt;
        auto found = read_iban(text_, token.span.begin, facts_.steps);
        if (!found || (!found->checksum && !labelled_iban(at))) return std::nullopt;
        const std::uint32_t end = token_after(at, found->span.end);
        if (facts_.ibans.size() < kMaxListed) facts_.ibans.push_back({std::move(*found), at});
        return end;
    }

    /// Whether the last label before `at`, on its line or alone on the one before, says IBAN.
    bool labelled_iban(std::uint32_t at) const {
        if (facts_.hits.empty() || facts_.hits.back().label != Label::iban) return false;
        const std::uint32_t line = page_.line_of(tokens_[at]);
        const std::uint32_t label_line = page_.cells()[facts_.hits.back().cell].line;
        return line == label_line || line == label_line + 1;
    }

    void mention(CurrencyId id, Span span, std::uint32_t at) { facts_.mentions.push_back({id, span, at, false}); }

    /// "GmbH", "AG" in capitals, "S.A.R.L.": also when dotted.
    std::optional<std::uint32_t> legal_form(std::uint32_t at) {
        const Token& token = tokens_[at];
        const WordInfo& info = page_.info(token);
        std::uint32_t end = at + 1;
        bool found =
            info.legal_form ||
            (info.legal_short && (token.upper || page_.text(token.span) == "Co" || page_.text(token.span) == "SpA"));
        const bool one_letter = token.upper && token.span.end - token.span.begin == 1;
        if (!found && one_letter) {
            const auto dotted = [&](std::uint32_t i) {
                return i + 1 < tokens_.size() && tokens_[i].cell == token.cell && tokens_[i].kind == TokenKind::word &&
                       tokens_[i].span.end - tokens_[i].span.begin == 1 && tokens_[i + 1].kind == TokenKind::dot &&
                       tokens_[i + 1].cell == token.cell && tokens_[i + 1].span.begin == tokens_[i].span.end;
            };
            WordHash hash;
            std::uint32_t letters = 0;
            std::uint32_t i = at;
            while (letters < 4 && dotted(i)) {
                hash.add(static_cast<char>(text_[tokens_[i].span.begin] | 0x20));
                ++letters;
                i += 2;
            }
            if (letters >= 2) {
                const WordInfo& joined = page_.lexicon().info(page_.lexicon().word(hash.value()));
                found = joined.legal_form || joined.legal_short;
                end = i;
            }
        }
        if (!found) return std::nullopt;
        if (facts_.legal_forms.size() < kMaxListed) facts_.legal_forms.push_back({at, end});
        return end;
    }

    /// "TX 98342" or "TX, 98342": an address in the United States.
    bool us_state(std::uint32_t at) const {
        const Token& token = tokens_[at];
        if (!token.upper || token.span.end - token.span.begin != 2) return false;
        std::uint32_t next = at + 1;
        if (next < tokens_.size() && (tokens_[next].kind == TokenKind::comma || tokens_[next].kind == TokenKind::dot))
            ++next;
        return next < tokens_.size() && tokens_[next].kind == TokenKind::digits && tokens_[next].cell == token.cell &&
               tokens_[next].span.end - tokens_[next].span.begin == 5;
    }

    bool web_name(std::uint32_t at) {
        const std::string_view word = page_.text(tokens_[at].span);
        if (word != "www" || at + 2 >= tokens_.size() || tokens_[at + 1].kind != TokenKind::dot) return false;
        domain(at + 2);
        return true;
    }

    /// Remembers the name in a mail or web address: "muster-shop" of "muster-shop.example".
    void domain(std::uint32_t at) {
        if (at >= tokens_.size() || facts_.domains.size() >= kMaxDomains) return;
        std::uint32_t end = at;
        while (end < tokens_.size() && end < at + 8 && tokens_[end].cell == tokens_[at].cell &&
               tokens_[end].kind != TokenKind::dot &&
               (end == at || tokens_[end].span.begin == tokens_[end - 1].span.end)) {
            ++end;
        }
        if (end == at) return;
        facts_.domains.push_back(fold_hash(page_.text({tokens_[at].span.begin, tokens_[end - 1].span.end})));
    }

    std::uint32_t token_after(std::uint32_t at, std::uint32_t byte) {
        while (at < tokens_.size() && tokens_[at].span.begin < byte) ++at, ++facts_.steps;
        return at;
    }

    void settle_language() {
        const auto& votes = facts_.language_votes;
        std::size_t best = 0;
        std::uint32_t second = 0;
        for (std::size_t i = 1; i < votes.size(); ++i) {
            if (best == 0 || votes[i] > votes[best]) {
                second = best == 0 ? 0 : std::max(second, votes[best]);
                best = i;
            } else {
                second = std::max(second, votes[i]);
            }
        }
        if (votes[best] >= 3 && votes[best] >= second + second / 4 + 1) facts_.language = static_cast<Language>(best);
    }

    /// How decimals are divided: what the amounts say, else what the language or the currency is used to.
    void settle_style() {
        NumberStyle& style = facts_.style;
        for (const auto& amount : facts_.amounts) {
            ++facts_.steps;
            if (amount.percent) continue;
            const Decimals d = amount.number.decimals;
            style.dot = style.dot || d == Decimals::dot || d == Decimals::comma_grouped;
            style.comma = style.comma || d == Decimals::comma || d == Decimals::dot_grouped;
            settle_spaces(amount);
        }
        style.space = style.space && !style.space_contradicted;
        if (style.dot || style.comma) return;
        style.dot = facts_.language == Language::en;
        style.comma = facts_.language != Language::en && facts_.language != Language::any;
    }

    /// A plain space groups for certain where spaces that cannot divide two numbers do, or before a group like "050".
    void settle_spaces(const Amount& amount) {
        const Number& number = amount.number;
        NumberStyle& style = facts_.style;
        style.space = style.space || (number.grouped_by_space && (!number.plain_space || number.zero_led));
        const bool divided = number.decimals == Decimals::dot || number.decimals == Decimals::comma;
        const bool ungrouped =
            !number.grouped_by_space && !number.grouped_by_mark && divided && number.point - number.digits.begin > 3;
        style.space_contradicted = style.space_contradicted || number.grouped_by_mark || ungrouped;
    }

    const Page& page_;
    std::string_view text_;
    const std::vector<Token>& tokens_;
    Facts facts_;
    AmountScan amounts_;
    std::uint32_t cell_ = UINT32_MAX;
    std::uint32_t words_before_ = 0;
};

}  // namespace

Facts find_facts(const Page& page) {
    return Finder(page).run();
}

}  // namespace parser_rules
