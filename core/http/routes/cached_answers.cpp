#include "http/routes/cached_answers.hpp"

#include "treasury/dashboard_parts.hpp"
#include "treasury/json_text.hpp"

namespace treasurer::http {
namespace {

using Text = atr::Result<std::string>;

/// The cached value under `key` is `text` of what `read` gives.
template <class Read, class ToText>
cache::CachedValue cached(const ApiServices& services, cache::CacheKey key, Read read, ToText text) {
    struct Loader {
        const ApiServices& services;
        Read read;
        ToText text;
        Task<Text> operator()() const { return load(services, read, text); }
        static Task<Text> load(const ApiServices& services, Read read, ToText text) {
            auto reading = read(services);
            const auto found = co_await reading;
            if (!found) co_return found.error();
            co_return text(*found);
        }
    };
    return {services.cache, key, Loader{services, std::move(read), std::move(text)}};
}

Task<atr::Result<Policy>> policy_in_force(const ApiServices& services) {
    return services.policy.current();
}

}  // namespace

std::string limit_json(const Policy& policy) {
    treasury::JsonObject out;
    out.add("limit", treasury::json_number(policy.auto_approval_limit))
        .add("currency", treasury::json_string(policy.asset));
    return std::move(out).done();
}

std::string limits_json(const Policy& policy) {
    treasury::JsonObject out;
    out.add("auto_approval_limit", treasury::json_number(policy.auto_approval_limit))
        .add("critical_runway_months", treasury::json_number(policy.critical_runway_months));
    out.add("currency", treasury::json_string(policy.asset)).add("paused", policy.paused ? "true" : "false");
    return std::move(out).done();
}

cache::CachedValue cached_balance(const ApiServices& services) {
    const auto read = [](const ApiServices& from) {
        return from.dashboard.figures(from.settings.asset, from.settings.rail);
    };
    return cached(services, cache::treasury_balance, read,
                  [](const treasury::TreasuryFigures& figures) { return treasury::to_text(figures); });
}

cache::CachedValue cached_waiting(const ApiServices& services) {
    return cached(
        services, cache::treasury_waiting, [](const ApiServices& from) { return from.dashboard.waiting(); },
        [](const treasury::Waiting& waiting) { return treasury::to_text(waiting); });
}

cache::CachedValue cached_newest_logs(const ApiServices& services) {
    return cached(
        services, cache::treasury_daily_logs,
        [](const ApiServices& from) { return from.logs.read({}, Freshness::newest); },
        [](const treasury::LogsPage& page) { return page.to_text(); });
}

cache::CachedValue cached_policy(const ApiServices& services) {
    return cached(services, cache::policy_limits, policy_in_force,
                  [](const Policy& policy) { return dump(policy.to_json()); });
}

Task<atr::Result<Policy>> policy_of(const cache::CachedValue& cached) {
    Task<atr::Result<cache::CacheService::Value>> getting = cached.get();
    const atr::Result<cache::CacheService::Value> got = co_await getting;
    if (!got) co_return got.error();
    atr::Result<Policy> policy =
        decode<Policy>({.collection = Policy::collection, .key = Policy::current, .body = **got});
    co_return policy;
}

cache::CachedValue cached_settings(const ApiServices& services) {
    return cached(services, cache::treasury_settings, policy_in_force,
                  [](const Policy& policy) { return limits_json(policy) + '\n' + limit_json(policy); });
}

}  // namespace treasurer::http
