// Characters that make a word look like another, or hide in it. Threads: pure functions.
#pragma once

namespace parser_rules {

/// Letters of other scripts, and small capitals, that a reader takes for Latin ones.
bool looks_latin(char32_t c) noexcept;

/// What writes from the other side.
bool turns_direction(char32_t c) noexcept;

/// Mathematical, circled and squared letters: drawings of letters.
bool draws_letter(char32_t c) noexcept;

}  // namespace parser_rules
