// A sound cache behind a wrapper that breaks one rule of the contract: that of fault.hpp.
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "cache_memory/memory_cache.hpp"
#include "fault.hpp"

namespace {

using broken::breaks;

void let_others_in() {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
}

class BrokenCache final : public atr::Cache, public atr::CacheBus {
public:
    using Settings = cache_memory::CacheSettings;
    static atr::Config<Settings> config() { return cache_memory::cache_config(); }
    static atr::Result<std::unique_ptr<BrokenCache>> create(const atr::Host&, std::string, Settings settings) {
        return std::make_unique<BrokenCache>(settings);
    }
    explicit BrokenCache(const Settings& settings) : sound_(settings) {}

    atr::Result<atr::CacheEntry> get(const atr::Call& call, std::string_view key) override {
        return sound_.get(call, cut(key));
    }

    atr::Result<> set(const atr::Call& call, std::string_view key, std::string_view value, std::uint64_t version,
                      std::int64_t ttl_ms, std::uint32_t flags) override {
        if (breaks("ignores_ttl") && flags == 0 && ttl_ms > 0) ttl_ms = 600'000;
        if (breaks("lives_for_ever") && ttl_ms < 1) ttl_ms = 1'000'000'000;
        if (breaks("same_version_wins") && (flags & ATR_SET_IF_NEWER) != 0) version += is_newest(key, version) ? 1 : 0;
        if (breaks("forgets_deleted_version") && is_deleted(key)) flags = 0;
        if (breaks("absent_by_reading_first") && (flags & ATR_SET_IF_ABSENT) != 0) {
            if (sound_.get(call, key)) return atr::conflict(ATR_E_UNSPEC, "present");
            let_others_in();
            flags = 0;
        }
        if (breaks("too_large_keeps_the_old") && value.size() > (1 << 20))
            return atr::rejected(ATR_E_TOO_LARGE, "larger than 1 MiB");
        return sound_.set(call, cut(key), value, version, ttl_ms, flags);
    }

    atr::Result<> del(const atr::Call& call, const std::vector<std::string_view>& keys) override {
        const std::lock_guard lock(mutex_);
        for (const auto key : keys) deleted_.emplace(key);
        return sound_.del(call, keys);
    }

    atr::Result<atr::CacheCounter> incr(const atr::Call& call, std::string_view key, std::int64_t by,
                                        std::int64_t ttl_ms) override {
        const auto before = sound_.get(call, key);
        if (breaks("incr_in_two_steps") && before &&
            before->value.find_first_not_of("0123456789-") == std::string::npos && before->value.size() < 15) {
            let_others_in();
            const std::int64_t value = std::stoll(before->value) + by;
            const auto stored = sound_.set(call, key, std::to_string(value), 0, before->ttl_ms_left, 0);
            if (!stored) return stored.error();
            return atr::CacheCounter{value, before->ttl_ms_left};
        }
        if (breaks("incr_wraps") && before && before->value == "9223372036854775807")
            return atr::CacheCounter{INT64_MIN, before->ttl_ms_left};
        auto counter = sound_.incr(call, key, by, ttl_ms);
        if (breaks("incr_prolongs") && counter && sound_.touch(call, key, ttl_ms)) counter->ttl_ms_left = ttl_ms;
        return counter;
    }

    atr::Result<> touch(const atr::Call& call, std::string_view key, std::int64_t ttl_ms) override {
        if (breaks("touch_makes_no_difference")) return {};
        return sound_.touch(call, key, ttl_ms);
    }

    atr::Result<> publish(const atr::Call& call, std::string_view channel, std::string_view payload) override {
        if (breaks("bus_drops_silently") && ++published_ % 100 == 0) return {};
        return sound_.publish(call, channel, payload);
    }
    atr::Result<std::uint64_t> subscribe(const atr::Call& call, std::string_view channel,
                                         const atr_bus_sink* sink) override {
        return sound_.subscribe(call, channel, sink);
    }
    void unsubscribe(std::uint64_t subscription) override {
        if (!breaks("goes_on_after_unsubscribe")) sound_.unsubscribe(subscription);
    }

private:
    static std::string_view cut(std::string_view key) {
        return breaks("key_ends_at_zero_byte") ? key.substr(0, key.find('\0')) : key;
    }
    bool is_newest(std::string_view key, std::uint64_t version) {
        const std::lock_guard lock(mutex_);
        auto& newest = newest_[std::string(key)];
        if (version == newest) return true;
        newest = std::max(newest, version);
        return false;
    }
    bool is_deleted(std::string_view key) {
        const std::lock_guard lock(mutex_);
        return deleted_.erase(std::string(key)) > 0;
    }

    cache_memory::MemoryCache sound_;
    std::mutex mutex_;
    std::set<std::string> deleted_;
    std::map<std::string, std::uint64_t> newest_;
    std::atomic<int> published_{0};
};

}  // namespace

ATR_PLUGIN(atr::component<BrokenCache>({.id = "test.broken_cache", .title = "Breaks one rule", .version = "1"}));
