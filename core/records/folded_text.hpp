/// Text in the form in which names are compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace treasurer {

/// Unicode's NFKC_Casefold: "CAFÉ", "café", "cafe" with a combining accent and full-width letters have one form, and
/// what is not visible (soft hyphens, joiners) is left out. Of text that is no UTF-8 only ASCII letters are folded.
std::string folded_text(std::string_view utf8);

/// Text in that form with a space in the place of each character that is no letter, no digit and no mark on one.
std::string folded_letters(std::string_view utf8);

/// The words of a name in that form: letters, digits and the marks on them. A full stop or an apostrophe parts no word:
/// "B.V." and "O'Neil" are one each.
std::vector<std::string> folded_words(std::string_view utf8);

}  // namespace treasurer
