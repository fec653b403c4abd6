#include "auth/login_throttle.hpp"

namespace treasurer::auth {

std::optional<Millis> LoginThrottle::refuse(std::string_view user, std::string_view address) {
    const auto now = clock_.unix_ms();
    const auto by_address = addresses_.take(address, now);
    if (!by_address.allowed) return Millis(by_address.retry_after_ms);
    const auto by_user = users_.take(user, now);
    if (!by_user.allowed) return Millis(by_user.retry_after_ms);
    return std::nullopt;
}

void LoginThrottle::succeeded(std::string_view user, std::string_view address) {
    users_.give_back(user);
    addresses_.give_back(address);
}

}  // namespace treasurer::auth
