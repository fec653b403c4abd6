/// One part of the cache with its own lock and its own share of the bytes.
///
/// Threads: every method may be called concurrently. Time comes with the call. Expired entries vanish when they are
/// asked for, and each write looks at a few others, so that none stays for long where something is written.
#pragma once

#include <atr/cache.hpp>
#include <mutex>

#include "entries.hpp"

namespace cache_memory {

struct Usage {
    std::size_t entries = 0, tombstones = 0, bytes = 0;
    std::uint64_t hits = 0, misses = 0, evictions = 0;
};

class alignas(64) Shard {
public:
    /// What an entry costs beside its key and value: node, links, its place in the table, the allocator's headers.
    static constexpr std::size_t overhead = sizeof(Entry) + 112;

    /// At most `max_bytes`, of which an eighth may be tombstones.
    void bound(std::size_t max_bytes);

    atr::Result<atr::CacheEntry> get(const HashedKey&, std::int64_t now);
    atr::Result<> set(const HashedKey&, std::string_view value, std::uint64_t version, std::int64_t now,
                      std::int64_t expires, std::uint32_t flags);
    void del(const HashedKey&);
    atr::Result<atr::CacheCounter> incr(const HashedKey&, std::int64_t by, std::int64_t now, std::int64_t expires);
    atr::Result<> touch(const HashedKey&, std::int64_t now, std::int64_t expires);
    Usage usage() const;

private:
    static std::size_t cost(const Entry& entry) { return overhead + entry.key->size() + entry.value.size(); }
    Entry* find_live(const HashedKey&, std::int64_t now);
    Entry& find_or_make(const HashedKey&);
    void store(Entry&, std::string value, std::int64_t expires);
    void bury(Entry&);
    void forget(Entry&);
    void make_room();
    void expire_some(std::int64_t now);

    mutable std::mutex mutex_;
    EntryTable table_;
    EntryList live_, tombs_;
    Entry* sweep_ = nullptr;  ///< where expire_some() goes on; in live_, or nullptr
    std::size_t max_bytes_ = 0, bytes_ = 0, tomb_bytes_ = 0, live_count_ = 0;
    std::uint64_t hits_ = 0, misses_ = 0, evictions_ = 0;
};

}  // namespace cache_memory
