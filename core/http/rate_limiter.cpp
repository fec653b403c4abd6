#include "http/rate_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace treasurer::http {
namespace {

constexpr std::int64_t minute_us = 60'000'000;

auth::BucketSettings buckets_of(const RateLimiterSettings& settings) {
    const auto per_minute = std::max<std::uint32_t>(settings.per_minute, 1);
    return {.capacity = per_minute,
            .refill_us = std::max<std::int64_t>(minute_us / per_minute, 1),
            .max_keys = settings.max_addresses};
}

}  // namespace

std::string client_key(std::string_view address) {
    std::string text(address);
    in6_addr bytes{};
    if (text.find(':') == std::string::npos || ::inet_pton(AF_INET6, text.c_str(), &bytes) != 1) return text;
    constexpr std::size_t mapped_prefix = sizeof "::ffff:" - 1;
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) return text.substr(std::min(text.rfind(':') + 1, mapped_prefix));
    return {reinterpret_cast<const char*>(bytes.s6_addr), 8};
}

RateLimiter::RateLimiter(const Clock& clock, RateLimiterSettings settings)
    : clock_(clock), settings_(settings), buckets_(buckets_of(settings)) {}

std::optional<RateLimiter::Decision> RateLimiter::take(std::string_view address) {
    if (!settings_.enabled) return std::nullopt;
    const auto taken = address.find(':') == std::string_view::npos
                           ? buckets_.take(address, clock_.unix_ms())
                           : buckets_.take(client_key(address), clock_.unix_ms());
    Decision out;
    out.allowed = taken.allowed;
    out.limit = buckets_.capacity();
    out.remaining = taken.remaining;
    out.retry_after_s = static_cast<int>((taken.retry_after_ms + 999) / 1000);
    return out;
}

bool RateLimiter::is_spent(std::string_view address) {
    if (!settings_.enabled) return false;
    const auto key = client_key(address);
    const bool allowed = buckets_.take(key, clock_.unix_ms()).allowed;
    if (allowed) buckets_.give_back(key);
    return !allowed;
}

}  // namespace treasurer::http
