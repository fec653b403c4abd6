/// Entries of the cache and the table and lists they stand in. Nothing here locks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cache_memory {

/// A key with its hash, so that it is hashed once: the shard is chosen by it too.
struct HashedKey {
    explicit HashedKey(std::string_view key) : text(key), hash(std::hash<std::string_view>{}(key)) {}
    std::string_view text;
    std::size_t hash;
};

/// A value, or a tombstone: what is left of a forgotten one, so that its version is still known.
struct Entry {
    std::string value;
    std::uint64_t version = 0;  ///< the highest seen for the key; 0 = unversioned
    std::int64_t expires_unix_ms = 0;
    bool live = false;
    bool used = false;                 ///< read since it was last looked at for eviction
    const std::string* key = nullptr;  ///< the table's own
    Entry* before = nullptr;
    Entry* after = nullptr;
};

/// A list through the entries themselves, newest first. An entry is in one list at most.
class EntryList {
public:
    EntryList() { clear(); }
    EntryList(const EntryList&) = delete;
    EntryList& operator=(const EntryList&) = delete;

    bool empty() const { return ends_.after == &ends_; }
    Entry* oldest() { return ends_.before; }
    /// The next newer one; behind the newest, the oldest again. nullptr from an empty list.
    Entry* newer_round(Entry* entry) {
        if (empty()) return nullptr;
        return entry->before == &ends_ ? ends_.before : entry->before;
    }
    void push(Entry& entry) {
        entry.before = &ends_;
        entry.after = ends_.after;
        ends_.after->before = &entry;
        ends_.after = &entry;
    }
    static void remove(Entry& entry) {
        entry.before->after = entry.after;
        entry.after->before = entry.before;
    }
    void clear() { ends_.before = ends_.after = &ends_; }

private:
    Entry ends_;
};

struct KeyHash {
    using is_transparent = void;
    // Not noexcept: libstdc++ then keeps the hash beside the key instead of computing it again.
    std::size_t operator()(const std::string& key) const { return std::hash<std::string_view>{}(key); }
    std::size_t operator()(const HashedKey& key) const { return key.hash; }
};
struct KeyEqual {
    using is_transparent = void;
    bool operator()(const std::string& a, const std::string& b) const { return a == b; }
    bool operator()(const HashedKey& a, const std::string& b) const { return a.text == b; }
    bool operator()(const std::string& a, const HashedKey& b) const { return a == b.text; }
};
using EntryTable = std::unordered_map<std::string, Entry, KeyHash, KeyEqual>;

}  // namespace cache_memory
