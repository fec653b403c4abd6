/// The original service's limit: so many requests a minute for each address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/buckets.hpp"

namespace treasurer::http {

struct RateLimiterSettings {
    bool enabled = true;
    std::uint32_t per_minute = 100;  ///< also how many at once
    std::size_t max_addresses = 65'536;
};

/// Counts by the socket's other end; X-Forwarded-For is anybody's word, and ignored. An IPv6 /64 counts as one address.
/// Threads: any. Its memory is bounded; `clock` must outlive it.
class RateLimiter {
public:
    struct Decision {
        bool allowed = true;
        std::uint32_t limit = 0;
        std::uint32_t remaining = 0;
        int retry_after_s = 0;  ///< when not allowed
    };

    RateLimiter(const Clock& clock, RateLimiterSettings settings);

    /// nullopt when the limit is switched off.
    std::optional<Decision> take(std::string_view address);
    /// Whether take() would refuse now; takes nothing.
    bool is_spent(std::string_view address);

private:
    const Clock& clock_;
    const RateLimiterSettings settings_;
    auth::Buckets buckets_;
};

/// What counts as one client of a numeric address: itself, or the /64 of an IPv6 one.
std::string client_key(std::string_view address);

}  // namespace treasurer::http
