// The currencies and tokens the rules know, by code, word and symbol.
// A mark such as "$" names several currencies: it is kept as a mark of its own, with the reading most likely.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace parser_rules {

using CurrencyId = std::uint8_t;
inline constexpr CurrencyId kNoCurrency = 0;

enum class CurrencyKind : std::uint8_t {
    fiat,
    token,
    mark,   ///< a symbol that several currencies share; `code` is the usual reading
    risky,  ///< a code that is also an English word: counts only beside an amount
};

struct Currency {
    std::string_view code;
    CurrencyKind kind;
};

const Currency& currency(CurrencyId id) noexcept;

/// Id of an exact upper-case code, or kNoCurrency.
CurrencyId currency_of_code(std::string_view code) noexcept;

/// Id of a symbol such as U+20AC, or kNoCurrency.
CurrencyId currency_of_symbol(char32_t symbol) noexcept;

/// The dollar named by letters before "$" (folded: "us", "ca", "hk"), or kNoCurrency.
CurrencyId dollar_of_prefix(std::string_view folded) noexcept;

/// Words that name a currency beside its code: folded word, and its currency.
struct CurrencyWord {
    std::string_view folded;
    CurrencyId id;
    bool any_case;
};
std::span<const CurrencyWord> currency_words() noexcept;

bool is_mark(CurrencyId id) noexcept;
bool is_token(CurrencyId id) noexcept;
/// Whether both may be the same money: equal, or a shared mark and one of its currencies.
bool compatible(CurrencyId a, CurrencyId b) noexcept;

}  // namespace parser_rules
