/// Safe reading of what comes from a plugin: lengths without pointers, huge or broken text, unlisted outcomes. All
/// adapters read through these, so that no value a plugin returns can crash the host.
#pragma once

#include <atr/abi_sizes.hpp>
#include <atr/plugin.hpp>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace treasurer::border {

/// Sizes no honest plugin comes near; beyond them a value is refused.
constexpr std::size_t max_name = 256;
constexpr std::size_t max_text = 16 << 10;
constexpr std::size_t max_json = 256 << 10;
constexpr std::size_t max_blob = 1 << 20;

bool is_utf8(std::string_view text);

/// The text, or nullopt: a length without a pointer, or beyond `limit`.
std::optional<std::string_view> bounded(atr_str from, std::size_t limit);
/// The same, and it must be UTF-8.
std::optional<std::string_view> text(atr_str from, std::size_t limit);
/// Copies such text to `to`; false, and `to` as it was, when it is none.
bool copy_text(atr_str from, std::size_t limit, std::string& to);

/// The error struct handed to a call, and what the plugin wrote there.
class ErrorOut {
public:
    ErrorOut() {
        raw_.struct_size = sizeof raw_;
        raw_.retry_after_ms = -1;
    }
    atr_error* raw() { return &raw_; }
    /// The Error of a call that ended in `outcome`, not ok. Text is cut to the struct and to valid UTF-8.
    atr::Error read(atr_outcome outcome) const;

private:
    atr_error raw_{};
};

/// How answers that break the contract read.
inline atr::Error malformed(atr::Outcome outcome, std::string what) {
    return {
        .outcome = outcome, .code = ATR_E_CORRUPT, .message = "the plugin's answer is malformed: " + std::move(what)};
}

/// A struct the plugin made: there, and at least as large as 1.0 had it. What came later may be missing.
template <class T>
bool is_whole(const T* made) {
    return made != nullptr && made->struct_size >= atr::SizeIn10<T>::value;
}

}  // namespace treasurer::border
