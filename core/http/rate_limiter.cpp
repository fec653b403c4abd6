#include "http/rate_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace treasurer::http {
namespace {

constexpr std::int64_t minute_us = 60'000'000;

constexpr std::size_t max_noted = 1024;

auth::BucketSettings a_minute(std::uint32_t requests, const RateLimiterSettings& settings) {
    const auto per_minute = std::max<std::uint32_t>(requests, 1);
    return {.capacity = per_minute,
            .refill_us = std::max<std::int64_t>(minute_us / per_minute, 1),
            .max_keys = settings.max_keys,
            .max_noted = settings.is_shared ? max_noted : 0,
            .max_debt_us = settings.is_shared ? minute_us : 0};
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
    : clock_(clock),
      settings_(settings),
      addresses_(a_minute(settings.per_minute, settings)),
      viewers_(a_minute(settings.roles.viewer, settings)),
      submitters_(a_minute(settings.roles.submitter, settings)),
      approvers_(a_minute(settings.roles.approver, settings)),
      admins_(a_minute(settings.roles.admin, settings)) {}

auth::Buckets& RateLimiter::buckets_of(auth::Role role) {
    switch (role) {
        case auth::Role::viewer:
            return viewers_;
        case auth::Role::submitter:
            return submitters_;
        case auth::Role::approver:
            return approvers_;
        case auth::Role::admin:
            return admins_;
    }
    return viewers_;
}

auth::Buckets& RateLimiter::buckets_of(const auth::Principal& principal) {
    auth::Buckets* largest = nullptr;
    for (const auth::Role role : principal.roles) {
        auth::Buckets& buckets = buckets_of(role);
        if (!largest || buckets.capacity() > largest->capacity()) largest = &buckets;
    }
    return largest ? *largest : viewers_;
}

std::optional<RateLimiter::Decision> RateLimiter::take_from(auth::Buckets& buckets, std::string_view key) {
    if (!settings_.enabled) return std::nullopt;
    const auto taken = buckets.take(key, clock_.unix_ms());
    Decision out;
    out.allowed = taken.allowed;
    out.limit = buckets.capacity();
    out.remaining = taken.remaining;
    out.retry_after_s = static_cast<int>((taken.retry_after_ms + 999) / 1000);
    return out;
}

bool RateLimiter::is_spent(std::string_view address) {
    if (!settings_.enabled) return false;
    const auto key = client_key(address);
    const bool allowed = addresses_.take(key, clock_.unix_ms()).allowed;
    if (allowed) addresses_.give_back(key);
    return !allowed;
}

std::optional<RateLimiter::Decision> RateLimiter::take(std::string_view address) {
    if (address.find(':') == std::string_view::npos) return take_from(addresses_, address);
    return take_from(addresses_, client_key(address));
}

std::optional<RateLimiter::Decision> RateLimiter::take(const auth::Principal& principal) {
    return take_from(buckets_of(principal), principal.user);
}

void RateLimiter::give_back(std::string_view address) {
    addresses_.give_back(client_key(address));
}

void RateLimiter::give_back(const auth::Principal& principal) {
    buckets_of(principal).give_back(principal.user);
}

std::vector<RateLimiter::Use> RateLimiter::used(std::size_t most) {
    std::vector<Use> out;
    const auto add = [&](auth::Buckets& buckets, std::string_view kind) {
        for (auto& one : buckets.used(most - out.size()))
            out.push_back({&buckets, kind, std::move(one.key), one.taken});
    };
    for (const auto role : {auth::Role::viewer, auth::Role::submitter, auth::Role::approver, auth::Role::admin})
        add(buckets_of(role), auth::to_string(role));
    add(addresses_, "address");
    return out;
}

void RateLimiter::taken_elsewhere(const Use& use, std::int64_t count) {
    use.buckets->taken_elsewhere(use.key, count, clock_.unix_ms());
}

}  // namespace treasurer::http
