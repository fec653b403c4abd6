/// An exact amount of one asset: "12.50 MNEE", "99 EUR", "5 USDC@eip155:1".
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace atr {
inline namespace v1 {

/// True for names such as MNEE, EUR or USDC@eip155:1: 1..64 of letters, digits and "@:._-", beginning with a letter.
inline bool is_asset_name(std::string_view name) {
    if (name.empty() || name.size() > 64) return false;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!letter(name.front())) return false;
    for (char c : name)
        if (!letter(c) && !(c >= '0' && c <= '9') && std::string_view("@:._-").find(c) == std::string_view::npos)
            return false;
    return true;
}

struct Money {
    Decimal amount;
    std::string asset;

    Money() = default;
    Money(Decimal amount_, std::string asset_) : amount(amount_), asset(std::move(asset_)) {}

    /// From a decimal text and an asset name; nullopt if either is malformed.
    static std::optional<Money> parse(std::string_view amount, std::string_view asset) {
        const auto value = Decimal::parse(amount);
        if (!value || !is_asset_name(asset)) return std::nullopt;
        return Money(*value, std::string(asset));
    }

    /// "12.5 MNEE", for people and logs.
    std::string to_string() const { return amount.to_string() + ' ' + asset; }

    friend bool operator==(const Money&, const Money&) = default;
};

}  // namespace v1
}  // namespace atr
