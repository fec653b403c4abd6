// A cache plugin: the table of table.hpp behind one lock, its settings, and the entry the host looks for. It has no bus
// (atr::CacheBus), so hosts that share data learn of each other's changes from the change feed alone.
#include <atr/cache.hpp>
#include <charconv>
#include <limits>
#include <mutex>

#include "table.hpp"

namespace plugin {

struct RecentSettings {
    std::int64_t max_bytes = 64 << 20;
};

atr::Error no_ttl() {
    return atr::rejected(ATR_E_BAD_INPUT, "a time to live is at least 1 ms");
}

std::int64_t expiry(const atr::Call& call, std::int64_t ttl_ms) {
    std::int64_t out = 0;
    return __builtin_add_overflow(call.now_unix_ms(), ttl_ms, &out) ? std::numeric_limits<std::int64_t>::max() : out;
}

class RecentCache final : public atr::Cache {
public:
    using Settings = RecentSettings;

    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}.integer("max_bytes", &Settings::max_bytes, 4096, std::int64_t{1} << 40, "bytes",
                                               "Keys and values with their bookkeeping, all together");
    }
    static atr::Result<std::unique_ptr<RecentCache>> create(const atr::Host&, std::string, Settings settings) {
        return std::make_unique<RecentCache>(settings);
    }
    explicit RecentCache(const Settings& settings) : table_(static_cast<std::size_t>(settings.max_bytes)) {}

    atr::Result<atr::CacheEntry> get(const atr::Call& call, std::string_view key) override {
        const std::lock_guard lock(mutex_);
        const Entry* entry = table_.find(key);
        if (!entry || !entry->is_live(call.now_unix_ms())) return atr::not_found("no such key");
        return atr::CacheEntry{entry->value, entry->expires_unix_ms - call.now_unix_ms()};
    }

    atr::Result<> set(const atr::Call& call, std::string_view key, std::string_view value, std::uint64_t version,
                      std::int64_t ttl_ms, std::uint32_t flags) override {
        if (ttl_ms < 1) return no_ttl();
        const std::lock_guard lock(mutex_);
        const Entry* known = table_.find(key);
        if ((flags & ATR_SET_IF_ABSENT) && known && known->is_live(call.now_unix_ms()))
            return atr::conflict(ATR_E_UNSPEC, "the key is present");
        if ((flags & ATR_SET_IF_NEWER) && known && version <= known->version)
            return atr::conflict(ATR_E_UNSPEC, "a version as new is known");
        return store(key, value, version, expiry(call, ttl_ms));
    }

    atr::Result<> del(const atr::Call&, const std::vector<std::string_view>& keys) override {
        const std::lock_guard lock(mutex_);
        for (const auto key : keys)
            if (Entry* entry = table_.find(key)) table_.bury(*entry);
        return {};
    }

    atr::Result<atr::CacheCounter> incr(const atr::Call& call, std::string_view key, std::int64_t by,
                                        std::int64_t ttl_ms_on_create) override {
        if (ttl_ms_on_create < 1) return no_ttl();
        const std::lock_guard lock(mutex_);
        std::int64_t value = 0, expires = expiry(call, ttl_ms_on_create);
        if (const Entry* known = table_.find(key); known && known->is_live(call.now_unix_ms())) {
            const char* end = known->value.data() + known->value.size();
            const auto read = std::from_chars(known->value.data(), end, value);
            if (read.ec != std::errc() || read.ptr != end)
                return atr::rejected(ATR_E_BAD_INPUT, "the value is no counter");
            expires = known->expires_unix_ms;
        }
        if (__builtin_add_overflow(value, by, &value)) return atr::rejected(ATR_E_LIMIT, "the counter would overflow");
        const auto stored = store(key, std::to_string(value), 0, expires);
        if (!stored) return stored.error();
        return atr::CacheCounter{value, expires - call.now_unix_ms()};
    }

    atr::Result<> touch(const atr::Call& call, std::string_view key, std::int64_t ttl_ms) override {
        if (ttl_ms < 1) return no_ttl();
        const std::lock_guard lock(mutex_);
        Entry* entry = table_.find(key);
        if (!entry || !entry->is_live(call.now_unix_ms())) return atr::not_found("no such key");
        entry->expires_unix_ms = expiry(call, ttl_ms);
        return {};
    }

private:
    atr::Result<> store(std::string_view key, std::string_view value, std::uint64_t version, std::int64_t expires) {
        Entry* entry = table_.store(key, value);
        if (!entry) return atr::rejected(ATR_E_TOO_LARGE, "key and value are larger than a quarter of max_bytes");
        entry->version = std::max(entry->version, version);
        entry->expires_unix_ms = expires;
        return {};
    }

    std::mutex mutex_;
    Table table_;
};

}  // namespace plugin

ATR_PLUGIN(atr::component<plugin::RecentCache>({.id = "org.example.cache_recent",
                                                .title = "What was used lately, in memory",
                                                .version = "1.0.0",
                                                .license = "Apache-2.0"}));
