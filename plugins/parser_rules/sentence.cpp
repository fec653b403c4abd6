#include "sentence.hpp"

#include <algorithm>

namespace parser_rules {

std::size_t Sentence::distance(Words words, Part part, std::size_t reach) const {
    for (std::size_t i = 0; i < std::min(reach, words.size()); ++i)
        if (has(words[i], part)) return i + 1;
    return 0;
}

bool Sentence::negates(std::uint32_t token) const {
    return (info(token).negates && !info(token).still && !has(token, Part::opens)) || has(token, Part::refuses);
}

std::size_t Sentence::negation(Words words, std::size_t reach) const {
    for (std::size_t i = 0; i < std::min(reach, words.size()); ++i)
        if (negates(words[i]) && !numbers(words[i])) return i + 1;
    return 0;
}

bool Sentence::negated() const {
    const auto reach = static_cast<std::ptrdiff_t>(std::min(kNear, before_.size()));
    if (std::any_of(before_.begin(), before_.begin() + reach, [&](auto word) { return info(word).still; })) return true;
    const std::size_t away = negation(before_, kNear);
    return away != 0 && !has(before_[away - 1], Part::money);
}

bool Sentence::numbers(std::uint32_t token) const {
    const auto& tokens = page_.tokens();
    std::uint32_t next = token + 1;
    while (next < tokens.size() && next <= token + 2 && !beside_.speaks(next)) ++next;
    return next < tokens.size() && tokens[next].kind == TokenKind::digits && tokens[next].cell == tokens[token].cell;
}

bool Sentence::hard_condition(Words words) const {
    return std::any_of(words.begin(), words.end(), [&](std::uint32_t word) {
        return info(word).condition && !has(word, Part::duty) && !has(word, Part::serves) && !has(word, Part::own) &&
               !(word + 1 < at_ && has(word + 1, Part::asks));
    });
}

bool Sentence::read_elsewhere() const {
    return context_.layout.role(page_.line_of(page_.tokens()[at_])) == LineRole::item_header ||
           beside_.read_as_payment({Label::none, at_, at_ + 1});
}

}  // namespace parser_rules
