#include "shard.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cache_memory {

namespace {

constexpr int swept_at_a_write = 2;

std::optional<std::int64_t> parse_counter(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

void Shard::bound(std::size_t max_bytes) {
    max_bytes_ = max_bytes;
}

atr::Result<atr::CacheEntry> Shard::get(const HashedKey& key, std::int64_t now) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find_live(key, now);
    if (!entry) {
        ++misses_;
        return atr::Error{.outcome = atr::Outcome::not_found};
    }
    ++hits_;
    entry->used = true;
    return atr::CacheEntry{entry->value, entry->expires_unix_ms - now};
}

atr::Result<> Shard::set(const HashedKey& key, std::string_view value, std::uint64_t version, std::int64_t now,
                         std::int64_t expires, std::uint32_t flags) {
    std::string copy(value);
    const std::lock_guard lock(mutex_);
    expire_some(now);
    const auto found = table_.find(key);
    if (found != table_.end()) {
        const Entry& known = found->second;
        if ((flags & ATR_SET_IF_ABSENT) && known.live && known.expires_unix_ms > now)
            return atr::conflict(ATR_E_UNSPEC, "the key is present");
        if ((flags & ATR_SET_IF_NEWER) && version <= known.version)
            return atr::conflict(ATR_E_UNSPEC, "a version as new is known");
    }
    Entry& entry = find_or_make(key);
    entry.version = std::max(entry.version, version);
    store(entry, std::move(copy), expires);
    make_room();
    return {};
}

void Shard::del(const HashedKey& key) {
    const std::lock_guard lock(mutex_);
    const auto found = table_.find(key);
    if (found == table_.end() || !found->second.live) return;
    bury(found->second);
    make_room();
}

atr::Result<atr::CacheCounter> Shard::incr(const HashedKey& key, std::int64_t by, std::int64_t now,
                                           std::int64_t expires) {
    const std::lock_guard lock(mutex_);
    expire_some(now);
    const Entry* present = find_live(key, now);
    std::int64_t value = by;
    if (present) {
        const auto old = parse_counter(present->value);
        if (!old) return atr::rejected(ATR_E_BAD_INPUT, "the value is not a counter");
        if (__builtin_add_overflow(*old, by, &value)) return atr::rejected(ATR_E_LIMIT, "the counter would overflow");
        expires = present->expires_unix_ms;
    }
    store(find_or_make(key), std::to_string(value), expires);
    make_room();
    return atr::CacheCounter{value, expires - now};
}

atr::Result<> Shard::touch(const HashedKey& key, std::int64_t now, std::int64_t expires) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find_live(key, now);
    if (!entry) return atr::Error{.outcome = atr::Outcome::not_found};
    entry->expires_unix_ms = expires;
    return {};
}

Usage Shard::usage() const {
    const std::lock_guard lock(mutex_);
    return {.entries = live_count_,
            .tombstones = table_.size() - live_count_,
            .bytes = bytes_,
            .hits = hits_,
            .misses = misses_,
            .evictions = evictions_};
}

/// nullptr when absent; an expired one is buried on the way.
Entry* Shard::find_live(const HashedKey& key, std::int64_t now) {
    const auto found = table_.find(key);
    if (found == table_.end() || !found->second.live) return nullptr;
    if (found->second.expires_unix_ms > now) return &found->second;
    bury(found->second);
    return nullptr;
}

/// The entry of the key, accounted for, in one of the lists.
Entry& Shard::find_or_make(const HashedKey& key) {
    if (const auto found = table_.find(key); found != table_.end()) return found->second;
    const auto made = table_.try_emplace(std::string(key.text)).first;
    Entry& entry = made->second;
    entry.key = &made->first;
    bytes_ += cost(entry);
    tomb_bytes_ += cost(entry);
    tombs_.push(entry);
    return entry;
}

/// Makes the entry live and the newest.
void Shard::store(Entry& entry, std::string value, std::int64_t expires) {
    if (!entry.live) {
        tomb_bytes_ -= cost(entry);
        ++live_count_;
    }
    bytes_ -= entry.value.size();
    entry.value = std::move(value);
    bytes_ += entry.value.size();
    entry.expires_unix_ms = expires;
    entry.live = true;
    EntryList::remove(entry);
    live_.push(entry);
}

/// Turns a live entry into a tombstone, or removes it where there is no version to remember.
void Shard::bury(Entry& entry) {
    if (sweep_ == &entry) sweep_ = nullptr;
    EntryList::remove(entry);
    --live_count_;
    bytes_ -= entry.value.size();
    std::string().swap(entry.value);
    entry.live = entry.used = false;
    tombs_.push(entry);
    tomb_bytes_ += cost(entry);
    if (entry.version == 0) forget(entry);
}

/// Removes a tombstone for good.
void Shard::forget(Entry& entry) {
    EntryList::remove(entry);
    bytes_ -= cost(entry);
    tomb_bytes_ -= cost(entry);
    table_.erase(table_.find(HashedKey(*entry.key)));
}

void Shard::make_room() {
    while (bytes_ > max_bytes_ && !live_.empty()) {
        Entry& oldest = *live_.oldest();
        if (std::exchange(oldest.used, false)) {  // a second round, instead of a move in the list at every get
            EntryList::remove(oldest);
            live_.push(oldest);
            continue;
        }
        ++evictions_;
        bury(oldest);
        while (tomb_bytes_ > max_bytes_ / 8 && !tombs_.empty()) forget(*tombs_.oldest());
    }
    while (tomb_bytes_ > max_bytes_ / 8 && !tombs_.empty()) forget(*tombs_.oldest());
}

void Shard::expire_some(std::int64_t now) {
    for (int i = 0; i < swept_at_a_write && !live_.empty(); ++i) {
        Entry* entry = sweep_ ? sweep_ : live_.oldest();
        sweep_ = live_.newer_round(entry);
        if (sweep_ == entry) sweep_ = nullptr;
        if (entry->expires_unix_ms <= now) bury(*entry);
    }
}

}  // namespace cache_memory
