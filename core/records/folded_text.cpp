#include "records/folded_text.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <utility>

namespace treasurer {
namespace {

constexpr utf8proc_int32_t right_quotation_mark = 0x2019;  // as typeset in "O’Neil"

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_word_character(utf8proc_int32_t character) {
    switch (utf8proc_category(character)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            return false;
    }
}

/// Bytes that are no UTF-8 count as a letter each.
template <class Each>
void each_character(std::string_view text, Each each) {
    for (std::size_t at = 0; at < text.size();) {
        const auto* const next = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
        utf8proc_int32_t character = -1;
        const auto length = utf8proc_iterate(next, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
        const std::size_t taken = length > 0 ? static_cast<std::size_t>(length) : 1;
        each(text.substr(at, taken), length > 0 ? character : utf8proc_int32_t{'x'});
        at += taken;
    }
}

}  // namespace

std::string folded_text(std::string_view utf8) {
    const auto* const begin = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
    utf8proc_uint8_t* folded = nullptr;
    constexpr auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                            UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    const auto length = utf8proc_map(begin, static_cast<utf8proc_ssize_t>(utf8.size()), &folded, options);
    if (length < 0) return ascii_lower(utf8);
    std::string out(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(length));
    std::free(folded);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc's own contract
    return out;
}

std::string folded_letters(std::string_view utf8) {
    std::string out;
    each_character(folded_text(utf8), [&](std::string_view bytes, utf8proc_int32_t character) {
        if (is_word_character(character))
            out += bytes;
        else
            out += ' ';
    });
    return out;
}

std::vector<std::string> folded_words(std::string_view utf8) {
    std::vector<std::string> out;
    std::string word;
    const auto close_word = [&] {
        if (!word.empty()) out.push_back(std::exchange(word, {}));
    };
    each_character(folded_text(utf8), [&](std::string_view bytes, utf8proc_int32_t character) {
        if (is_word_character(character))
            word += bytes;
        else if (character != '.' && character != '\'' && character != right_quotation_mark)
            close_word();
    });
    close_word();
    return out;
}

}  // namespace treasurer
