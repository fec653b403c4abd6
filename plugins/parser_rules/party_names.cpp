#include "party_names.hpp"

#include <algorithm>

#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxNameBytes = 100;
constexpr std::uint32_t kMaxWords = 10;

const LegalForm* legal_form_in(const Context& context, std::uint32_t from, std::uint32_t to) {
    const auto& forms = context.facts.legal_forms;
    const auto found = std::lower_bound(forms.begin(), forms.end(), from,
                                        [](const LegalForm& f, std::uint32_t token) { return f.token < token; });
    return found != forms.end() && found->token < to ? &*found : nullptr;
}

}  // namespace

std::optional<Span> name_in(const Context& context, Region region) {
    const auto& tokens = context.page.tokens();
    const auto opening = [&](TokenKind kind) { return kind != TokenKind::word && kind != TokenKind::digits; };
    while (!region.empty() && opening(tokens[region.token].kind)) ++region.token;
    if (region.empty()) return std::nullopt;
    std::uint32_t end = region.token;
    std::uint32_t words = 0;
    std::uint32_t digits = 0;
    std::uint32_t letters = 0;
    for (; end < region.end; ++end) {
        const Token& token = tokens[end];
        if (end - region.token > 3 * kMaxWords) return std::nullopt;
        if (token.kind == TokenKind::at) return std::nullopt;
        if (token.kind == TokenKind::colon) break;
        const bool spaced = end > region.token && token.span.begin > tokens[end - 1].span.end;
        if ((token.kind == TokenKind::dash || token.kind == TokenKind::slash) && spaced && end + 1 < region.end &&
            tokens[end + 1].span.begin > token.span.end) {
            break;
        }
        if (token.kind == TokenKind::open && words > 0) break;
        const LegalForm* before = legal_form_in(context, region.token, end);
        if (before != nullptr && before->end_token == end && token.kind == TokenKind::word && !token.capitalised &&
            context.page.text(token.span) != "und" && context.page.text(token.span) != "and") {
            break;  // "Acme SARL au capital de": the name ends with the legal form
        }
        if (token.kind == TokenKind::comma) {
            const LegalForm* form = legal_form_in(context, end, std::min(end + 3, region.end));
            if (form == nullptr) break;
            continue;
        }
        words += token.kind == TokenKind::word;
        digits += token.kind == TokenKind::digits;
        if (token.kind == TokenKind::word) letters += token.span.end - token.span.begin;
    }
    while (end > region.token && (tokens[end - 1].kind == TokenKind::comma || tokens[end - 1].kind == TokenKind::dash ||
                                  tokens[end - 1].kind == TokenKind::open))
        --end;
    if (end == region.token || words == 0 || words > kMaxWords || letters < 2 || digits > words) return std::nullopt;
    if (tokens[region.token].kind == TokenKind::digits &&
        context.layout.dates({region.token, end}).begin != context.layout.dates({region.token, end}).end) {
        return std::nullopt;
    }
    if (context.page.info(tokens[region.token]).month != 0 && digits > 0) return std::nullopt;
    const Span span{tokens[region.token].span.begin, tokens[end - 1].span.end};
    return span.end - span.begin <= kMaxNameBytes ? std::optional(span) : std::nullopt;
}

std::uint64_t name_key(const Context& context, Span name) {
    const auto& forms = context.facts.legal_forms;
    const auto& tokens = context.page.tokens();
    const auto form =
        std::lower_bound(forms.begin(), forms.end(), name.begin,
                         [&](const LegalForm& f, std::uint32_t byte) { return tokens[f.token].span.begin < byte; });
    if (form != forms.end() && tokens[form->token].span.begin > name.begin &&
        tokens[form->token].span.begin < name.end) {
        name.end = tokens[form->token].span.begin;
    }
    return fold_hash(context.page.text(name));
}

}  // namespace parser_rules
