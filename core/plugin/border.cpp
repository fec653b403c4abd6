#include "plugin/border.hpp"

#include <cstring>

namespace treasurer::border {

namespace {

/// Length of the well-formed UTF-8 sequence at the front of `text` (RFC 3629), or 0.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return tail(1) && tail(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

std::size_t utf8_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = sequence_length(text.substr(at));
        if (length == 0) break;
        at += length;
    }
    return at;
}

template <std::size_t N>
std::string c_text(const char (&from)[N]) {
    const std::string_view whole(from, strnlen(from, N));
    return std::string(whole.substr(0, utf8_prefix(whole)));
}

}  // namespace

bool is_utf8(std::string_view text) {
    return utf8_prefix(text) == text.size();
}

std::optional<std::string_view> bounded(atr_str from, std::size_t limit) {
    if (from.len == 0) return std::string_view();
    if (from.ptr == nullptr || from.len > limit) return std::nullopt;
    return std::string_view(from.ptr, from.len);
}

std::optional<std::string_view> text(atr_str from, std::size_t limit) {
    const auto out = bounded(from, limit);
    return out && is_utf8(*out) ? out : std::nullopt;
}

bool copy_text(atr_str from, std::size_t limit, std::string& to) {
    const auto found = text(from, limit);
    if (found) to.assign(*found);
    return found.has_value();
}

atr::Error ErrorOut::read(atr_outcome outcome) const {
    atr::Error out{.outcome = atr::to_outcome(outcome),
                   .code = raw_.code,
                   .message = c_text(raw_.message),
                   .vendor_code = c_text(raw_.vendor_code),
                   .retry_after_ms = raw_.retry_after_ms};
    if (outcome < ATR_OK || outcome > ATR_UNSUPPORTED) {
        out.code = ATR_E_CORRUPT;
        out.message = "the plugin's outcome " + std::to_string(outcome) + " is not one of the contract's";
    }
    if (out.message.empty())
        out.message = "the plugin said " + std::string(atr::to_string(out.outcome)) + ", and no more";
    return out;
}

}  // namespace treasurer::border
