#include "http/routes/readable_cache.hpp"

#include "cache/cache_keys.hpp"
#include "records/policy.hpp"
#include "treasury/dashboard_parts.hpp"
#include "treasury/logs.hpp"

namespace treasurer::http {
namespace {

bool is_policy(std::string_view text) {
    try {
        static_cast<void>(Policy::from_json(Json::parse(text)));
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

bool is_settings(std::string_view text) {
    const auto end = text.find('\n');
    return end != std::string_view::npos && Json::accept(text.substr(0, end)) && Json::accept(text.substr(end + 1));
}

bool is_logs(std::string_view text) {
    const auto page = treasury::LogsPage::from_text(text);
    return page && page->json.starts_with('[') && Json::accept(page->json);
}

/// The cache service writes "<seq> <text>" under NAME or NAME@STORE; of what has no text it judges itself.
bool is_readable_entry(std::string_view key, std::string_view entry) {
    const auto space = entry.find(' ');
    return space == std::string_view::npos || is_readable(key.substr(0, key.find('@')), entry.substr(space + 1));
}

}  // namespace

bool is_readable(std::string_view name, std::string_view text) {
    if (name == cache::treasury_balance.name) return treasury::is_figures(text);
    if (name == cache::treasury_waiting.name) return treasury::is_waiting(text);
    if (name == cache::treasury_daily_logs.name) return is_logs(text);
    if (name == cache::treasury_settings.name) return is_settings(text);
    if (name == cache::policy_limits.name) return is_policy(text);
    return true;
}

Task<atr::Result<atr::CacheEntry>> ReadableCache::get(std::string key, CallOptions options) {
    Task<atr::Result<atr::CacheEntry>> getting = behind_.get(key, options);
    atr::Result<atr::CacheEntry> found = co_await getting;
    if (found && !is_readable_entry(key, found->value))
        co_return atr::not_found("what is cached under " + key + " cannot be read");
    co_return found;
}

Task<atr::Result<>> ReadableCache::set(std::string key, std::string value, std::uint64_t version, Millis ttl,
                                       std::uint32_t flags, CallOptions options) {
    return behind_.set(std::move(key), std::move(value), version, ttl, flags, std::move(options));
}

Task<atr::Result<>> ReadableCache::del(std::vector<std::string> keys, CallOptions options) {
    return behind_.del(std::move(keys), std::move(options));
}

Task<atr::Result<atr::CacheCounter>> ReadableCache::incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                                         CallOptions options) {
    return behind_.incr(std::move(key), by, ttl_on_create, std::move(options));
}

Task<atr::Result<std::string>> ReadableCache::health(CallOptions options) {
    return behind_.health(std::move(options));
}

}  // namespace treasurer::http
