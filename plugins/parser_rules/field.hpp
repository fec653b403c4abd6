// What the rules read out of a text: fields, each with the place it was read from, and warnings for a human.
// Plain values; the engine makes them afresh for every text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parser_rules {

/// A half-open byte range of the text.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    bool empty() const noexcept { return begin >= end; }
    std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
    bool operator==(const Span&) const = default;
};

/// Grades of confidence, in 1/10000. The host's policy says how much it asks for, 8000 if not told otherwise; what is
/// below `kAskHuman` must never move money unseen.
inline constexpr std::uint32_t kCertain = 9600;
inline constexpr std::uint32_t kAskHuman = 7000;
inline constexpr std::uint32_t kCompeting = 6000;  ///< two readings compete, or a check failed
inline constexpr std::uint32_t kDoubtful = 5000;

/// One claim about the document. `evidence` is never empty; a sum carries the place of every summand.
struct Field {
    std::string_view path;  ///< static, e.g. "amount_due"
    std::string_view type;  ///< static: text | date | decimal | asset | code | iban | wallet
    std::string value;      ///< dates yyyy-mm-dd, decimals canonical
    std::uint32_t confidence_bp = 0;
    std::vector<Span> evidence;
    std::uint32_t alternative = 0;  ///< 0 is the reading preferred, 1.. are readings it competes with
};

struct Warning {
    std::string_view code;  ///< static, e.g. "iban_checksum"
    std::string message;    ///< short; quotes the document between quotation marks alone
};

struct Extraction {
    std::vector<Field> fields;
    std::vector<Warning> warnings;
    std::uint64_t steps = 0;  ///< work done, in loop turns: grows no faster than the text

    void warn(std::string_view code, std::string_view message) {
        for (const auto& known : warnings) {
            if (known.code == code) return;
        }
        warnings.push_back({code, std::string(message)});
    }
    const Field* find(std::string_view path) const {
        for (const auto& field : fields) {
            if (field.path == path && field.alternative == 0) return &field;
        }
        return nullptr;
    }
};

}  // namespace parser_rules
