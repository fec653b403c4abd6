/// Exact decimal numbers of up to 38 digits. No binary floating point comes near them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atr {
inline namespace v1 {

__extension__ typedef __int128 Int128;

/// coefficient * 10^-scale, |coefficient| < 10^38, 0 <= scale <= 38. Arithmetic that would leave this range gives
/// nullopt. Values are kept without trailing zeros behind the point, so equal numbers are equal objects.
class Decimal {
public:
    static constexpr int max_digits = 38;

    constexpr Decimal() = default;
    constexpr Decimal(std::int64_t whole) : coefficient_(whole) {}

    /// Reads "-?digits[.digits]". Refuses everything else: exponents, signs alone, white space, NaN, more than 38
    /// digits.
    static std::optional<Decimal> parse(std::string_view text) {
        bool negative = false;
        if (!text.empty() && text.front() == '-') {
            negative = true;
            text.remove_prefix(1);
        }
        Int128 coefficient = 0;
        int digits = 0, scale = 0;
        bool point = false, any = false;
        for (char c : text) {
            if (c == '.') {
                if (point || !any) return std::nullopt;
                point = true;
                any = false;
                continue;
            }
            if (c < '0' || c > '9') return std::nullopt;
            any = true;
            if (point) ++scale;
            if (scale > max_digits) return std::nullopt;
            if (coefficient != 0 || c != '0') ++digits;
            if (digits > max_digits) return std::nullopt;
            coefficient = coefficient * 10 + (c - '0');
        }
        if (!any) return std::nullopt;
        return from_units(negative ? -coefficient : coefficient, scale);
    }

    /// units * 10^-scale, e.g. from_units(1250, 2) is 12.5.
    static std::optional<Decimal> from_units(Int128 units, int scale) {
        if (scale < 0 || scale > max_digits || units > limit() || units < -limit()) return std::nullopt;
        Decimal out;
        out.coefficient_ = units;
        out.scale_ = scale;
        out.normalise();
        return out;
    }

    /// The number as an integer count of 10^-scale, or nullopt if it has more decimals than that or is too large.
    std::optional<Int128> to_units(int scale) const {
        if (scale < scale_ || scale > max_digits) return std::nullopt;
        Int128 units = coefficient_;
        for (int i = scale_; i < scale; ++i) {
            if (units > limit() / 10 || units < -(limit() / 10)) return std::nullopt;
            units *= 10;
        }
        return units;
    }

    /// Canonical text: no exponent, no trailing zeros behind the point, never "-0".
    std::string to_string() const { return to_fixed(scale_); }

    /// Text with at least `decimals` digits behind the point: 12.5 with 2 is "12.50".
    std::string to_fixed(int decimals) const {
        std::string digits = units_text(coefficient_ < 0 ? -coefficient_ : coefficient_);
        if (static_cast<int>(digits.size()) <= scale_)
            digits.insert(0, static_cast<std::size_t>(scale_) + 1 - digits.size(), '0');
        std::string out = coefficient_ < 0 ? "-" : "";
        out += digits.substr(0, digits.size() - static_cast<std::size_t>(scale_));
        std::string fraction = digits.substr(digits.size() - static_cast<std::size_t>(scale_));
        while (static_cast<int>(fraction.size()) < decimals) fraction += '0';
        if (!fraction.empty()) out += '.' + fraction;
        return out;
    }

    int scale() const { return scale_; }
    bool is_zero() const { return coefficient_ == 0; }
    bool is_negative() const { return coefficient_ < 0; }

    std::optional<Decimal> plus(const Decimal& other) const {
        const int scale = scale_ > other.scale_ ? scale_ : other.scale_;
        const auto a = to_units(scale), b = other.to_units(scale);
        if (!a || !b) return std::nullopt;
        return from_units(*a + *b, scale);  // both below 10^38 < 2^126.3, so the sum fits
    }
    std::optional<Decimal> minus(const Decimal& other) const { return plus(other.negated()); }
    std::optional<Decimal> times(const Decimal& other) const {
        Int128 product = 0;
        if (__builtin_mul_overflow(coefficient_, other.coefficient_, &product)) return std::nullopt;
        return from_units(product, scale_ + other.scale_);
    }
    Decimal negated() const {
        Decimal out = *this;
        out.coefficient_ = -out.coefficient_;
        return out;
    }

    /// this / other, rounded half away from zero to `decimals`; nullopt for division by zero or overflow.
    std::optional<Decimal> divided_by(const Decimal& other, int decimals) const {
        if (other.is_zero() || decimals < 0 || decimals > max_digits) return std::nullopt;
        Int128 numerator = coefficient_, denominator = other.coefficient_;
        int shift = decimals + other.scale_ - scale_;
        for (; shift > 0; --shift)
            if (__builtin_mul_overflow(numerator, Int128{10}, &numerator)) return std::nullopt;
        for (; shift < 0; ++shift)
            if (__builtin_mul_overflow(denominator, Int128{10}, &denominator)) return std::nullopt;
        const Int128 quotient = numerator / denominator, rest = numerator % denominator;
        const Int128 magnitude_rest = rest < 0 ? -rest : rest, magnitude = denominator < 0 ? -denominator : denominator;
        const bool negative = (numerator < 0) != (denominator < 0);
        const Int128 round = magnitude_rest >= magnitude - magnitude_rest ? (negative ? -1 : 1) : 0;
        return from_units(quotient + round, decimals);
    }

    friend bool operator==(const Decimal&, const Decimal&) = default;
    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
        if (a.is_negative() != b.is_negative())
            return a.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
        const int scale = a.scale_ > b.scale_ ? a.scale_ : b.scale_;
        const auto x = a.to_units(scale), y = b.to_units(scale);
        if (x && y) return *x <=> *y;
        // Too large to bring to one scale: the one that cannot be scaled is the larger in magnitude.
        const bool a_larger = !x;
        return a_larger != a.is_negative() ? std::strong_ordering::greater : std::strong_ordering::less;
    }

private:
    static constexpr Int128 limit() {
        Int128 out = 1;
        for (int i = 0; i < max_digits; ++i) out *= 10;
        return out - 1;
    }
    static std::string units_text(Int128 magnitude) {
        if (magnitude == 0) return "0";
        std::string out;
        for (; magnitude > 0; magnitude /= 10)
            out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(magnitude % 10)));
        return out;
    }
    void normalise() {
        while (scale_ > 0 && coefficient_ % 10 == 0) {
            coefficient_ /= 10;
            --scale_;
        }
    }

    Int128 coefficient_ = 0;
    int scale_ = 0;
};

/// Text of an integer of up to 38 digits, as COUNTER records hold it.
inline std::string units_to_string(Int128 units) {
    return Decimal::from_units(units, 0).value_or(Decimal{}).to_string();
}

/// Reads an integer of up to 38 digits; nullopt for anything else.
inline std::optional<Int128> units_from_string(std::string_view text) {
    const auto value = Decimal::parse(text);
    return value ? value->to_units(0) : std::nullopt;
}

}  // namespace v1
}  // namespace atr
