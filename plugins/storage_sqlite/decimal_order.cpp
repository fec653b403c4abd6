#include "decimal_order.hpp"

namespace storage_sqlite {
namespace {

/// Makes every exponent of a Decimal (-37..38) a positive number of two digits.
constexpr int exponent_bias = 50;

std::string two_digits(int number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

std::string decimal_order(const atr::Decimal& value) {
    if (value.is_zero()) return "1";
    std::string text = value.to_string();
    const bool negative = text.front() == '-';
    if (negative) text.erase(0, 1);
    const std::size_t point = text.find('.');
    std::string digits = text.substr(0, point);
    int exponent = static_cast<int>(digits.size());
    if (point != std::string::npos) digits += text.substr(point + 1);
    const std::size_t leading = digits.find_first_not_of('0');
    exponent -= static_cast<int>(leading);
    digits.erase(0, leading);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (!negative) return "2" + two_digits(exponent + exponent_bias) + digits;
    for (char& digit : digits) digit = static_cast<char>('9' - digit + '0');
    return "0" + two_digits(99 - (exponent + exponent_bias)) + digits + '~';
}

}  // namespace storage_sqlite
