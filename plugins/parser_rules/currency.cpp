#include "currency.hpp"

#include <array>
#include <vector>

namespace parser_rules {
namespace {

using enum CurrencyKind;
constexpr std::array kCurrencies{
    Currency{"", fiat},
    Currency{"EUR", fiat},
    Currency{"USD", fiat},
    Currency{"GBP", fiat},
    Currency{"CHF", fiat},
    Currency{"JPY", fiat},
    Currency{"CNY", fiat},
    Currency{"INR", fiat},
    Currency{"CAD", fiat},
    Currency{"AUD", fiat},
    Currency{"NZD", fiat},
    Currency{"SGD", fiat},
    Currency{"HKD", fiat},
    Currency{"SEK", fiat},
    Currency{"NOK", fiat},
    Currency{"DKK", fiat},
    Currency{"PLN", fiat},
    Currency{"CZK", fiat},
    Currency{"HUF", fiat},
    Currency{"RON", fiat},
    Currency{"BGN", fiat},
    Currency{"TRY", risky},
    Currency{"ILS", fiat},
    Currency{"AED", fiat},
    Currency{"SAR", fiat},
    Currency{"ZAR", fiat},
    Currency{"BRL", fiat},
    Currency{"MXN", fiat},
    Currency{"ARS", risky},
    Currency{"CLP", fiat},
    Currency{"COP", risky},
    Currency{"PEN", risky},
    Currency{"KRW", fiat},
    Currency{"THB", fiat},
    Currency{"MYR", fiat},
    Currency{"IDR", fiat},
    Currency{"PHP", risky},
    Currency{"VND", fiat},
    Currency{"TWD", fiat},
    Currency{"UAH", fiat},
    Currency{"ISK", fiat},
    Currency{"NGN", fiat},
    Currency{"KES", fiat},
    Currency{"EGP", fiat},
    Currency{"PKR", fiat},
    Currency{"BDT", fiat},
    Currency{"LKR", fiat},
    Currency{"QAR", fiat},
    Currency{"KWD", fiat},
    Currency{"MAD", risky},
    Currency{"DOP", fiat},
    Currency{"JMD", fiat},
    Currency{"TTD", fiat},
    Currency{"NAD", fiat},
    Currency{"XCD", fiat},
    Currency{"BZD", fiat},
    Currency{"FJD", fiat},
    Currency{"BBD", fiat},
    Currency{"MNEE", token},
    Currency{"USDC", token},
    Currency{"USDT", token},
    Currency{"DAI", token},
    Currency{"EURC", token},
    Currency{"PYUSD", token},
    Currency{"USDP", token},
    Currency{"TUSD", token},
    Currency{"GUSD", token},
    Currency{"ETH", token},
    Currency{"WETH", token},
    Currency{"BTC", token},
    Currency{"WBTC", token},
    Currency{"BSV", token},
    Currency{"MATIC", token},
    Currency{"BNB", token},
    // marks, each with its usual reading
    Currency{"USD", mark},
    Currency{"JPY", mark},
    Currency{"SEK", mark},
    Currency{"INR", mark},
};
constexpr CurrencyId kDollar = kCurrencies.size() - 4;
constexpr CurrencyId kYen = kCurrencies.size() - 3;
constexpr CurrencyId kCrown = kCurrencies.size() - 2;
constexpr CurrencyId kRupee = kCurrencies.size() - 1;

constexpr CurrencyId id_of(std::string_view code) {
    for (std::size_t i = 1; i < kCurrencies.size(); ++i) {
        if (kCurrencies[i].code == code) return static_cast<CurrencyId>(i);
    }
    return kNoCurrency;
}

struct Shared {
    CurrencyId mark;
    std::array<CurrencyId, 9> members;
};
constexpr std::array kShared{
    Shared{kDollar,
           {id_of("USD"), id_of("CAD"), id_of("AUD"), id_of("NZD"), id_of("SGD"), id_of("HKD"), id_of("MXN"),
            id_of("TWD"), id_of("CLP")}},
    Shared{kYen, {id_of("JPY"), id_of("CNY")}},
    Shared{kCrown, {id_of("SEK"), id_of("NOK"), id_of("DKK"), id_of("ISK")}},
    Shared{kRupee, {id_of("INR"), id_of("PKR"), id_of("LKR")}},
};

}  // namespace

const Currency& currency(CurrencyId id) noexcept {
    return kCurrencies[id < kCurrencies.size() ? id : 0];
}

CurrencyId currency_of_code(std::string_view code) noexcept {
    return id_of(code);
}

CurrencyId currency_of_symbol(char32_t symbol) noexcept {
    switch (symbol) {
        case U'$':
            return kDollar;
        case 0xA3:
            return id_of("GBP");
        case 0xA5:
            return kYen;
        case 0x20AC:
            return id_of("EUR");
        case 0x20B9:
            return id_of("INR");
        case 0x20A8:
            return kRupee;
        case 0x20A9:
            return id_of("KRW");
        case 0x20AA:
            return id_of("ILS");
        case 0x20AB:
            return id_of("VND");
        case 0x20B4:
            return id_of("UAH");
        case 0x20BA:
            return id_of("TRY");
        case 0x20BF:
            return id_of("BTC");
        default:
            return kNoCurrency;
    }
}

CurrencyId dollar_of_prefix(std::string_view folded) noexcept {
    struct Prefix {
        std::string_view letters, code;
    };
    constexpr std::array kPrefixes{
        Prefix{"us", "USD"}, Prefix{"ca", "CAD"}, Prefix{"c", "CAD"},  Prefix{"can", "CAD"}, Prefix{"a", "AUD"},
        Prefix{"au", "AUD"}, Prefix{"nz", "NZD"}, Prefix{"s", "SGD"},  Prefix{"sg", "SGD"},  Prefix{"hk", "HKD"},
        Prefix{"r", "BRL"},  Prefix{"mx", "MXN"}, Prefix{"nt", "TWD"}, Prefix{"mex", "MXN"}, Prefix{"col", "COP"},
        Prefix{"rd", "DOP"}, Prefix{"j", "JMD"},  Prefix{"ja", "JMD"}, Prefix{"tt", "TTD"},  Prefix{"n", "NAD"},
        Prefix{"ec", "XCD"}, Prefix{"bz", "BZD"}, Prefix{"fj", "FJD"}, Prefix{"bds", "BBD"}};
    for (const auto& prefix : kPrefixes) {
        if (prefix.letters == folded) return id_of(prefix.code);
    }
    return kNoCurrency;
}

std::span<const CurrencyWord> currency_words() noexcept {
    static const std::vector<CurrencyWord> words = [] {
        std::vector<CurrencyWord> made{
            {"euro", id_of("EUR"), true},  {"euros", id_of("EUR"), true},
            {"rs", kRupee, true},          {"rupees", kRupee, true},
            {"kr", kCrown, true},          {"zl", id_of("PLN"), true},
            {"kc", id_of("CZK"), true},    {"sfr", id_of("CHF"), true},
            {"dollars", kDollar, true},    {"mnee", id_of("MNEE"), true},
            {"usdc", id_of("USDC"), true}, {"usdt", id_of("USDT"), true},
            {"eurc", id_of("EURC"), true}, {"pyusd", id_of("PYUSD"), true},
        };
        return made;
    }();
    return words;
}

bool is_mark(CurrencyId id) noexcept {
    return currency(id).kind == mark;
}
bool is_token(CurrencyId id) noexcept {
    return currency(id).kind == token;
}

bool compatible(CurrencyId a, CurrencyId b) noexcept {
    if (a == b || a == kNoCurrency || b == kNoCurrency) return true;
    for (const auto& shared : kShared) {
        const CurrencyId other = a == shared.mark ? b : b == shared.mark ? a : kNoCurrency;
        if (other == kNoCurrency) continue;
        for (const CurrencyId member : shared.members) {
            if (member == other) return true;
        }
    }
    return false;
}

}  // namespace parser_rules
