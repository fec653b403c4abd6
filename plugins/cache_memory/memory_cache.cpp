#include "memory_cache.hpp"

#include <algorithm>
#include <atr/metrics.hpp>
#include <bit>
#include <limits>

namespace cache_memory {

namespace {

constexpr std::size_t most_shards = 64, entries_a_shard_holds_at_least = 4;
constexpr std::chrono::milliseconds report_every{1000};

/// More shards mean less waiting; but each must hold a few of the largest entries.
std::size_t shards_for(std::size_t max_bytes, std::size_t max_entry_bytes) {
    const std::size_t fit = max_bytes / (entries_a_shard_holds_at_least * (max_entry_bytes + Shard::overhead));
    return std::bit_floor(std::clamp<std::size_t>(fit, 1, most_shards));
}

std::int64_t expiry(std::int64_t now, std::int64_t ttl_ms) {
    std::int64_t out = 0;
    return __builtin_add_overflow(now, ttl_ms, &out) ? std::numeric_limits<std::int64_t>::max() : out;
}

atr::Error no_ttl() {
    return atr::rejected(ATR_E_BAD_INPUT, "a time to live is at least 1 ms");
}

}  // namespace

MemoryCache::MemoryCache(const Settings& settings)
    : max_bytes_(static_cast<std::size_t>(settings.max_bytes)),
      max_entry_bytes_(static_cast<std::size_t>(settings.max_entry_bytes)),
      shard_count_(shards_for(max_bytes_, max_entry_bytes_)),
      shards_(std::make_unique<Shard[]>(shard_count_)) {
    for (std::size_t i = 0; i < shard_count_; ++i) shards_[i].bound(max_bytes_ / shard_count_);
}

atr::Result<std::unique_ptr<MemoryCache>> MemoryCache::create(const atr::Host& host, std::string /*instance*/,
                                                              Settings settings) {
    if (settings.max_entry_bytes > settings.max_bytes / 2)
        return atr::rejected(ATR_E_CONFIG, "setting 'max_entry_bytes': is more than half of max_bytes");
    auto made = std::make_unique<MemoryCache>(settings);
    made->report_to(host);
    return made;
}

void MemoryCache::report_to(const atr::Host& host) {
    const atr::Metrics metrics(host);
    if (!metrics.are_wanted()) return;
    reporting_.emplace(report_every,
                       [this, metrics] { metrics.gauge("cache_memory_bytes", static_cast<double>(usage().bytes)); });
}

atr::Result<atr::CacheEntry> MemoryCache::get(const atr::Call& call, std::string_view key) {
    const HashedKey hashed(key);
    return shard_of(hashed).get(hashed, call.now_unix_ms());
}

atr::Result<> MemoryCache::set(const atr::Call& call, std::string_view key, std::string_view value,
                               std::uint64_t version, std::int64_t ttl_ms, std::uint32_t flags) {
    if (ttl_ms < 1) return no_ttl();
    if (flags & ~static_cast<std::uint32_t>(ATR_SET_IF_ABSENT | ATR_SET_IF_NEWER))
        return atr::rejected(ATR_E_BAD_INPUT, "unknown flags");
    const HashedKey hashed(key);
    if (key.size() > max_entry_bytes_ || value.size() > max_entry_bytes_ - key.size()) {
        shard_of(hashed).del(hashed);
        return atr::rejected(ATR_E_TOO_LARGE, "key and value are larger than max_entry_bytes");
    }
    const std::int64_t now = call.now_unix_ms();
    return shard_of(hashed).set(hashed, value, version, now, expiry(now, ttl_ms), flags);
}

atr::Result<> MemoryCache::del(const atr::Call&, const std::vector<std::string_view>& keys) {
    for (const std::string_view key : keys) {
        const HashedKey hashed(key);
        shard_of(hashed).del(hashed);
    }
    return {};
}

atr::Result<atr::CacheCounter> MemoryCache::incr(const atr::Call& call, std::string_view key, std::int64_t by,
                                                 std::int64_t ttl_ms_on_create) {
    if (ttl_ms_on_create < 1) return no_ttl();
    if (key.size() > max_entry_bytes_) return atr::rejected(ATR_E_TOO_LARGE, "the key is larger than max_entry_bytes");
    const HashedKey hashed(key);
    const std::int64_t now = call.now_unix_ms();
    return shard_of(hashed).incr(hashed, by, now, expiry(now, ttl_ms_on_create));
}

atr::Result<> MemoryCache::touch(const atr::Call& call, std::string_view key, std::int64_t ttl_ms) {
    if (ttl_ms < 1) return no_ttl();
    const HashedKey hashed(key);
    const std::int64_t now = call.now_unix_ms();
    return shard_of(hashed).touch(hashed, now, expiry(now, ttl_ms));
}

Usage MemoryCache::usage() const {
    Usage out;
    for (std::size_t i = 0; i < shard_count_; ++i) {
        const Usage one = shards_[i].usage();
        out.entries += one.entries;
        out.tombstones += one.tombstones;
        out.bytes += one.bytes;
        out.hits += one.hits;
        out.misses += one.misses;
        out.evictions += one.evictions;
    }
    return out;
}

atr::Result<std::string> MemoryCache::health(const atr::Call&) {
    const Usage now = usage();
    return nlohmann::json{{"entries", now.entries},    {"tombstones", now.tombstones},
                          {"bytes", now.bytes},        {"max_bytes", max_bytes_},
                          {"hits", now.hits},          {"misses", now.misses},
                          {"evictions", now.evictions}}
        .dump();
}

atr::Result<> MemoryCache::publish(const atr::Call&, std::string_view channel, std::string_view payload) {
    bus_.publish(channel, payload);
    return {};
}

atr::Result<std::uint64_t> MemoryCache::subscribe(const atr::Call&, std::string_view channel,
                                                  const atr_bus_sink* sink) {
    return bus_.subscribe(channel, sink);
}

void MemoryCache::unsubscribe(std::uint64_t subscription) {
    bus_.unsubscribe(subscription);
}

}  // namespace cache_memory
