#include "auth/login_throttle.hpp"

namespace treasurer::auth {
namespace {

/// Of a text that may be far too long for a name; what is beyond the longest name makes no difference.
std::string_view name_of(std::string_view user) {
    constexpr std::size_t longest_name = 64;
    return user.substr(0, longest_name + 1);
}

std::string pair_of(std::string_view user, std::string_view address) {
    std::string out(name_of(user));
    out += '\0';
    out += address;
    return out;
}

}  // namespace

std::optional<Millis> LoginThrottle::refuse(std::string_view user, std::string_view address) {
    const auto now = clock_.unix_ms();
    const std::string pair = pair_of(user, address);
    const auto by_pair = pairs_.take(pair, now);
    if (!by_pair.allowed) return Millis(by_pair.retry_after_ms);
    const auto by_address = addresses_.take(address, now);
    if (!by_address.allowed) {
        pairs_.give_back(pair);
        return Millis(by_address.retry_after_ms);
    }
    const auto by_user = users_.take(name_of(user), now);
    if (by_user.allowed || familiar_.find(pair)) return std::nullopt;
    pairs_.give_back(pair);
    addresses_.give_back(address);
    return Millis(by_user.retry_after_ms);
}

void LoginThrottle::succeeded(std::string_view user, std::string_view address) {
    not_judged(user, address);
    familiar_.put(pair_of(user, address), true);
}

void LoginThrottle::not_judged(std::string_view user, std::string_view address) {
    pairs_.give_back(pair_of(user, address));
    addresses_.give_back(address);
    users_.give_back(name_of(user));
}

}  // namespace treasurer::auth
