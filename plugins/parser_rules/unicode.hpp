// UTF-8 without allocation: decoding, validity, and folding of Latin letters to plain lower-case ASCII.
// Threads: pure functions. Errors: an invalid byte decodes as one unit with `valid` false; nothing throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parser_rules {

struct CodePoint {
    char32_t value = 0;
    std::uint32_t size = 1;  ///< bytes, at least 1
    bool valid = false;
};

/// The part of decode() for what is not ASCII.
CodePoint decode_wide(std::string_view text, std::size_t at) noexcept;

/// Decodes the code point at byte `at`, which must lie inside `text`.
inline CodePoint decode(std::string_view text, std::size_t at) noexcept {
    const auto lead = static_cast<unsigned char>(text[at]);
    return lead < 0x80 ? CodePoint{lead, 1, true} : decode_wide(text, at);
}

/// Byte offset of the first byte that is not well-formed UTF-8.
std::optional<std::size_t> first_invalid_byte(std::string_view text) noexcept;

enum class CharClass : std::uint8_t {
    letter,
    ignored,  ///< inside a word, changes nothing: combining marks, the degree sign of "N°"
    space,
    hidden,  ///< invisible: bidi controls, zero-width characters, soft hyphen
    dash,
    apostrophe,
    bar,  ///< separates cells: bullets, box drawing
    currency,
    numero,  ///< the single character for "No"
    other,
};
CharClass classify(char32_t c) noexcept;

/// Lower-case ASCII letters for a Latin letter ("ss" for sharp s); empty when it has none.
std::string_view fold_letter(char32_t c) noexcept;

/// FNV-1a over folded letters: the identity of a word, whatever its case and accents.
class WordHash {
public:
    void add(char c) noexcept { state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL; }
    void add(std::string_view bytes) noexcept {
        for (const char c : bytes) add(c);
    }
    std::uint64_t value() const noexcept { return state_; }

private:
    std::uint64_t state_ = 14695981039346656037ULL;
};

/// Hash of a word that is folded already.
inline std::uint64_t hash_of(std::string_view folded) noexcept {
    WordHash hash;
    hash.add(folded);
    return hash.value();
}

/// Hash of all letters and digits in `text`, folded; spaces and marks do not count.
std::uint64_t fold_hash(std::string_view text) noexcept;

}  // namespace parser_rules
