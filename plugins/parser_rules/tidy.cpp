#include "rules.hpp"
#include "unicode.hpp"

namespace parser_rules {

std::string tidy(std::string_view text) {
    constexpr std::string_view kOuter = " ,;:|*-/";
    std::string out;
    bool space = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decode(text, at);
        const char32_t c = point.value;
        const CharClass kind = c < 0x80 ? CharClass::other : classify(c);
        const std::string_view bytes = text.substr(at, point.size);
        at += point.size;
        if (c <= ' ' || kind == CharClass::space) {
            space = true;
            continue;
        }
        if (kind == CharClass::hidden) continue;
        if (space && !out.empty()) out += ' ';
        space = false;
        if (kind == CharClass::dash) {
            out += '-';
        } else if (kind == CharClass::apostrophe) {
            out += '\'';
        } else {
            out += bytes;
        }
    }
    const std::size_t begin = out.find_first_not_of(kOuter);
    if (begin == std::string::npos) return {};
    return out.substr(begin, out.find_last_not_of(kOuter) - begin + 1);
}

}  // namespace parser_rules
