#include "accounts.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "ascii.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

constexpr std::uint32_t kMaxIbanBytes = 120;  ///< with generous spaces between groups
constexpr std::size_t kMaxTaxId = 20;

struct IbanLength {
    std::string_view country;
    std::uint8_t length;
};
constexpr std::array kIbanLengths{
    IbanLength{"AD", 24}, IbanLength{"AE", 23}, IbanLength{"AL", 28}, IbanLength{"AT", 20}, IbanLength{"AZ", 28},
    IbanLength{"BA", 20}, IbanLength{"BE", 16}, IbanLength{"BG", 22}, IbanLength{"BH", 22}, IbanLength{"BR", 29},
    IbanLength{"CH", 21}, IbanLength{"CR", 22}, IbanLength{"CY", 28}, IbanLength{"CZ", 24}, IbanLength{"DE", 22},
    IbanLength{"DK", 18}, IbanLength{"DO", 28}, IbanLength{"EE", 20}, IbanLength{"EG", 29}, IbanLength{"ES", 24},
    IbanLength{"FI", 18}, IbanLength{"FO", 18}, IbanLength{"FR", 27}, IbanLength{"GB", 22}, IbanLength{"GE", 22},
    IbanLength{"GI", 23}, IbanLength{"GL", 18}, IbanLength{"GR", 27}, IbanLength{"GT", 28}, IbanLength{"HR", 21},
    IbanLength{"HU", 28}, IbanLength{"IE", 22}, IbanLength{"IL", 23}, IbanLength{"IQ", 23}, IbanLength{"IS", 26},
    IbanLength{"IT", 27}, IbanLength{"JO", 30}, IbanLength{"KW", 30}, IbanLength{"KZ", 20}, IbanLength{"LB", 28},
    IbanLength{"LC", 32}, IbanLength{"LI", 21}, IbanLength{"LT", 20}, IbanLength{"LU", 20}, IbanLength{"LV", 21},
    IbanLength{"MC", 27}, IbanLength{"MD", 24}, IbanLength{"ME", 22}, IbanLength{"MK", 19}, IbanLength{"MR", 27},
    IbanLength{"MT", 31}, IbanLength{"MU", 30}, IbanLength{"NL", 18}, IbanLength{"NO", 15}, IbanLength{"PK", 24},
    IbanLength{"PL", 28}, IbanLength{"PS", 29}, IbanLength{"PT", 25}, IbanLength{"QA", 29}, IbanLength{"RO", 24},
    IbanLength{"RS", 22}, IbanLength{"SA", 24}, IbanLength{"SC", 31}, IbanLength{"SE", 24}, IbanLength{"SI", 19},
    IbanLength{"SK", 24}, IbanLength{"SM", 27}, IbanLength{"ST", 25}, IbanLength{"SV", 28}, IbanLength{"TN", 24},
    IbanLength{"TR", 26}, IbanLength{"UA", 29}, IbanLength{"VA", 22}, IbanLength{"VG", 24}, IbanLength{"XK", 20},
};

std::size_t iban_length(char first, char second) {
    const std::array<char, 2> country{to_upper(first), to_upper(second)};
    const auto* found = std::lower_bound(kIbanLengths.begin(), kIbanLengths.end(), std::string_view(country.data(), 2),
                                         [](const IbanLength& a, std::string_view b) { return a.country < b; });
    return found != kIbanLengths.end() && found->country == std::string_view(country.data(), 2) ? found->length : 0;
}

/// ISO 7064 mod 97-10 over the IBAN with its first four characters moved to the end.
bool mod97(std::string_view iban) {
    unsigned rest = 0;
    for (std::size_t i = 0; i < iban.size(); ++i) {
        const char c = iban[(i + 4) % iban.size()];
        rest = digit(c) ? (rest * 10 + static_cast<unsigned>(c - '0')) % 97
                        : (rest * 100 + static_cast<unsigned>(c - 'A') + 10) % 97;
    }
    return rest == 1;
}

/// Bytes of white space at `at`, of any kind but a line's end.
std::uint32_t space_at(std::string_view text, std::uint32_t at) {
    if (text[at] == ' ' || text[at] == '\t') return 1;
    if (static_cast<unsigned char>(text[at]) < 0x80) return 0;
    const CodePoint point = decode(text, at);
    return point.valid && classify(point.value) == CharClass::space ? point.size : 0;
}

/// 9: a digit, A: a letter, *: either.
bool shaped(std::string_view value, std::string_view shape) {
    if (value.size() != shape.size()) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool fits = shape[i] == '9'   ? digit(value[i])
                          : shape[i] == 'A' ? upper(value[i])
                          : shape[i] == '*' ? digit(value[i]) || upper(value[i])
                                            : value[i] == shape[i];
        if (!fits) return false;
    }
    return true;
}

constexpr auto kInternational = std::to_array<std::string_view>(
    {"ATU99999999",    "BE0999999999",  "BE1999999999",     "BG999999999",     "BG9999999999",    "CY99999999A",
     "CZ99999999",     "CZ999999999",   "CZ9999999999",     "DE999999999",     "DK99999999",      "EE999999999",
     "EL999999999",    "GR999999999",   "ES*9999999*",      "FI99999999",      "FR**999999999",   "HR99999999999",
     "HU99999999",     "IE9*99999A",    "IE9999999AA",      "IT99999999999",   "LT999999999",     "LT999999999999",
     "LU99999999",     "LV99999999999", "MT99999999",       "NL*********B99",  "PL9999999999",    "PT999999999",
     "RO99",           "RO999999",      "RO9999999",        "RO99999999",      "RO999999999",     "RO9999999999",
     "SE999999999999", "SI99999999",    "SK9999999999",     "GB999999999",     "GB999999999999",  "XI999999999",
     "NO999999999MVA", "CHE999999999",  "CHE999999999MWST", "CHE999999999TVA", "CHE999999999IVA", "99AAAAA9999A*Z*",
     "EU999999999",    "IE9999999A",    "NO999999999",      "IM999999999999"});

constexpr auto kLocal = std::to_array<std::string_view>(
    {"999999999", "99999999", "9999999999", "99999999999", "999999999999", "9999999999999", "99999999999999",
     "A99999999", "99999999A", "A9999999A", "99A99999999", "9999999A", "999999999A99", "999999999B99"});

}  // namespace

std::optional<Iban> read_iban(std::string_view text, std::uint32_t at, std::uint64_t& steps) {
    if (at + 4 > text.size() || !alnum(text[at]) || !alnum(text[at + 1])) return std::nullopt;
    const std::size_t length = iban_length(text[at], text[at + 1]);
    if (length == 0) return std::nullopt;
    Iban iban;
    iban.span.begin = at;
    const std::uint32_t limit = std::min<std::uint32_t>(static_cast<std::uint32_t>(text.size()), at + kMaxIbanBytes);
    while (at < limit && iban.value.size() < length) {
        ++steps;
        if (alnum(text[at])) {
            iban.value += to_upper(text[at++]);
            iban.span.end = at;
        } else if (const std::uint32_t space = space_at(text, at); space > 0) {
            at += space;
        } else {
            return std::nullopt;
        }
    }
    if (iban.value.size() != length || !digit(iban.value[2]) || !digit(iban.value[3])) return std::nullopt;
    if (at < text.size() && alnum(text[at])) return std::nullopt;
    iban.checksum = mod97(iban.value);
    return iban;
}

std::optional<Span> read_evm_address(std::string_view text, std::uint32_t at, std::uint64_t& steps) {
    constexpr std::uint32_t kSize = 42;
    if (text.size() - at < kSize || text[at] != '0' || (text[at + 1] != 'x' && text[at + 1] != 'X'))
        return std::nullopt;
    if (at > 0 && alnum(text[at - 1])) return std::nullopt;
    for (std::uint32_t i = 2; i < kSize; ++i) {
        ++steps;
        const char c = to_upper(text[at + i]);
        if (!digit(c) && (c < 'A' || c > 'F')) return std::nullopt;
    }
    if (at + kSize < text.size() && alnum(text[at + kSize])) return std::nullopt;
    return Span{at, at + kSize};
}

namespace {

constexpr std::uint32_t kAddressDigits = 40;
constexpr std::uint32_t kMaxAddressBytes = 200;
constexpr std::uint32_t kMaxMarksInAddress = 24;

bool hex(char c) {
    const char upper = to_upper(c);
    return digit(c) || (upper >= 'A' && upper <= 'F');
}
bool has_prefix(std::string_view text, std::uint32_t at) {
    return at + 2 < text.size() && text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X');
}

/// Bytes of what may divide the digits at `at`: a space, a hyphen, a line's end, an invisible character.
std::uint32_t divider_at(std::string_view text, std::uint32_t at) {
    if (text[at] == '-' || text[at] == '\n' || text[at] == '\r') return 1;
    if (const std::uint32_t space = space_at(text, at)) return space;
    if (static_cast<unsigned char>(text[at]) < 0x80) return 0;
    const CodePoint point = decode(text, at);
    const CharClass kind = point.valid ? classify(point.value) : CharClass::other;
    return kind == CharClass::hidden || kind == CharClass::dash ? point.size : 0;
}

std::uint32_t past_hex(std::string_view text, std::uint32_t at) {
    const auto limit = std::min<std::uint32_t>(static_cast<std::uint32_t>(text.size()), at + kAddressDigits + 1);
    while (at < limit && hex(text[at])) ++at;
    return at;
}

/// Bytes of "...", ".." or its one character at `at`.
std::uint32_t ellipsis_at(std::string_view text, std::uint32_t at) {
    const std::string_view rest = text.substr(at);
    return rest.starts_with("...") || rest.starts_with("\xE2\x80\xA6") ? 3 : rest.starts_with("..") ? 2 : 0;
}

std::optional<Span> read_shortened(std::string_view text, std::uint32_t at) {
    const std::uint32_t dots = past_hex(text, at + 2);
    if (dots < at + 4 || dots >= text.size() || ellipsis_at(text, dots) == 0) return std::nullopt;
    const std::uint32_t tail = dots + ellipsis_at(text, dots);
    const std::uint32_t end = past_hex(text, tail);
    if (end < tail + 2 || (end < text.size() && alnum(text[end]))) return std::nullopt;
    return Span{at, end};
}

/// More digits follow in the same way: a longer number, such as a transaction's hash.
bool digits_go_on(std::string_view text, std::uint32_t at) {
    if (at < text.size() && alnum(text[at])) return true;
    if (at + 1 >= text.size() || text[at] == '\n' || text[at] == '\r' || divider_at(text, at) == 0) return false;
    const std::uint32_t begin = at + divider_at(text, at);
    const std::uint32_t end = past_hex(text, begin);
    const bool whole = end > begin && (end >= text.size() || !alnum(text[end]));
    return whole && std::any_of(text.begin() + begin, text.begin() + end, digit);
}

}  // namespace

std::optional<Span> read_written_address(std::string_view text, std::uint32_t at, bool named, std::uint64_t& steps) {
    const bool prefixed = has_prefix(text, at);
    if (!prefixed && !named) return std::nullopt;
    if (at > 0 && alnum(text[at - 1])) return std::nullopt;
    if (prefixed)
        if (const auto shortened = read_shortened(text, at)) return shortened;
    const auto limit = std::min<std::uint32_t>(static_cast<std::uint32_t>(text.size()), at + kMaxAddressBytes);
    std::uint32_t digits = 0;
    std::uint32_t marks = 0;
    std::uint32_t lines = 0;
    for (std::uint32_t i = prefixed ? at + 2 : at; i < limit;) {
        ++steps;
        if (hex(text[i])) {
            ++i;
            if (++digits < kAddressDigits) continue;
            return digits_go_on(text, i) ? std::nullopt : std::optional<Span>(Span{at, i});
        }
        const std::uint32_t size = divider_at(text, i);
        lines += text[i] == '\n' ? 1 : 0;
        if (size == 0 || ++marks > kMaxMarksInAddress || lines > 1) return std::nullopt;
        i += size;
    }
    return std::nullopt;
}

std::string address_value(std::string_view written) {
    if (written.find("..") != std::string_view::npos || written.find("\xE2\x80\xA6") != std::string_view::npos)
        return std::string(written);
    std::string value = "0x";
    for (std::size_t i = has_prefix(written, 0) ? 2 : 0; i < written.size(); ++i)
        if (hex(written[i])) value += written[i];
    return value;
}

std::optional<TaxId> read_tax_id(std::string_view text, Span within, std::uint64_t& steps) {
    // The longest run that may be one: letters and digits, joined by single spaces, dots, dashes or slashes.
    struct Cut {
        std::string value;
        std::uint32_t end;
    };
    std::string value;
    std::vector<Cut> cuts;  // the value so far at each word's end; at most kMaxTaxId of them
    bool slashes = false;
    std::uint32_t at = within.begin;
    while (at < within.end && value.size() < kMaxTaxId) {
        ++steps;
        const char c = text[at];
        if (alnum(c)) {
            value += to_upper(c);
            ++at;
            if (at >= within.end || !alnum(text[at])) cuts.push_back({value, at});
            continue;
        }
        const bool joins = c == ' ' || c == '.' || c == '-' || c == '/';
        const std::uint32_t size = joins ? 1 : space_at(text, at);
        if (size == 0 || value.empty()) break;
        slashes = slashes || c == '/';
        at += size;
        if (at >= within.end || !alnum(text[at])) break;
    }
    for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
        steps += kInternational.size();
        for (const auto shape : kInternational) {
            if (shaped(cut->value, shape)) return TaxId{{within.begin, cut->end}, cut->value, true};
        }
    }
    for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
        steps += kLocal.size();
        for (const auto shape : kLocal) {
            if (!shaped(cut->value, shape)) continue;
            const Span span{within.begin, cut->end};
            std::string written(span.of(text));
            if (!slashes && written.find('-') == std::string::npos) written = cut->value;
            return TaxId{span, written, false};
        }
    }
    return std::nullopt;
}

}  // namespace parser_rules
