/// A cache in the memory of the process: bounded in bytes, what was not used lately goes first (clock), with versions
/// that outlive their values, and a bus within the process.
///
/// Versions: the highest one seen for a key is remembered when its value expires, is deleted or evicted, until the
/// table of such tombstones (an eighth of max_bytes) forgets the oldest. A value that is refused for its size takes the
/// older value of its key with it, so that nothing stale stays.
///
/// Threads: every method may be called concurrently; a thread of its own tells the host how much is held, and does
/// nothing else. Time is the call's.
#pragma once

#include <atr/cache.hpp>
#include <atr/repeating.hpp>
#include <memory>
#include <optional>

#include "memory_bus.hpp"
#include "settings.hpp"
#include "shard.hpp"

namespace cache_memory {

class MemoryCache final : public atr::Cache, public atr::CacheBus {
public:
    using Settings = CacheSettings;
    static atr::Config<Settings> config() { return cache_config(); }
    /// Errors: rejected, ATR_E_CONFIG  an entry may not be half of the cache
    static atr::Result<std::unique_ptr<MemoryCache>> create(const atr::Host&, std::string instance, Settings);

    explicit MemoryCache(const Settings&);

    atr::Result<atr::CacheEntry> get(const atr::Call&, std::string_view key) override;
    /// Errors: conflict  a flag's condition is lost   rejected  too_large; bad_input: ttl_ms below 1, unknown flags
    atr::Result<> set(const atr::Call&, std::string_view key, std::string_view value, std::uint64_t version,
                      std::int64_t ttl_ms, std::uint32_t flags) override;
    atr::Result<> del(const atr::Call&, const std::vector<std::string_view>& keys) override;
    /// A counter is a value of decimal digits; get reads it as text. Its TTL starts when it is created.
    /// Errors: rejected  limit: it would leave 64 bits; bad_input: the value is no counter, or ttl below 1
    atr::Result<atr::CacheCounter> incr(const atr::Call&, std::string_view key, std::int64_t by,
                                        std::int64_t ttl_ms_on_create) override;
    atr::Result<> touch(const atr::Call&, std::string_view key, std::int64_t ttl_ms) override;
    /// {"entries","tombstones","bytes","max_bytes","hits","misses","evictions"}
    atr::Result<std::string> health(const atr::Call&) override;

    atr::Result<> publish(const atr::Call&, std::string_view channel, std::string_view payload) override;
    atr::Result<std::uint64_t> subscribe(const atr::Call&, std::string_view channel, const atr_bus_sink* sink) override;
    void unsubscribe(std::uint64_t subscription) override;

    Usage usage() const;
    /// From now on: cache_memory_bytes. `host` outlives this.
    void report_to(const atr::Host& host);

private:
    Shard& shard_of(const HashedKey& key) { return shards_[(key.hash >> 32) & (shard_count_ - 1)]; }

    std::size_t max_bytes_, max_entry_bytes_, shard_count_;
    std::unique_ptr<Shard[]> shards_;
    MemoryBus bus_;
    std::optional<atr::Repeating> reporting_;
};

}  // namespace cache_memory
