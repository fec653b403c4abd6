/// A map from text to small values that never holds more than it was told, and forgets the least recently used first.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace treasurer::auth {

/// Two generations: what is found in the old one moves to the young one; when the young one is full it becomes the old
/// one, and the former old one is forgotten. So eviction costs nothing per entry.
/// Threads: any; a lock is held for one look-up only.
template <class Value>
class BoundedCache {
public:
    /// Holds at most about `max_entries`.
    explicit BoundedCache(std::size_t max_entries) : generation_size_(max_entries / (2 * shard_count) + 1) {}

    std::optional<Value> find(std::string_view key) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        if (const auto young = shard.young.find(key); young != shard.young.end()) return young->second;
        const auto old = shard.old.find(key);
        if (old == shard.old.end()) return std::nullopt;
        std::optional<Value> out(std::move(old->second));
        std::string name = old->first;
        shard.old.erase(old);
        store(shard, std::move(name), *out);
        return out;
    }
    void put(std::string_view key, Value value) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        if (const auto old = shard.old.find(key); old != shard.old.end()) shard.old.erase(old);
        store(shard, std::string(key), std::move(value));
    }
    /// What `change(value)` says of the value that is there, which it may change; false: there is none.
    template <class Change>
    bool change(std::string_view key, Change change) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        if (const auto young = shard.young.find(key); young != shard.young.end()) return change(young->second);
        const auto old = shard.old.find(key);
        return old != shard.old.end() && change(old->second);
    }
    void erase(std::string_view key) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        if (const auto young = shard.young.find(key); young != shard.young.end()) shard.young.erase(young);
        if (const auto old = shard.old.find(key); old != shard.old.end()) shard.old.erase(old);
    }
    /// `unwanted(key, value)` says what to forget. Looks at every entry.
    template <class Unwanted>
    void erase_if(Unwanted unwanted) {
        for (auto& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            const auto drop = [&](const auto& entry) { return unwanted(std::string_view(entry.first), entry.second); };
            std::erase_if(shard.young, drop);
            std::erase_if(shard.old, drop);
        }
    }
    std::size_t size() const {
        std::size_t out = 0;
        for (const auto& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            out += shard.young.size() + shard.old.size();
        }
        return out;
    }

private:
    static constexpr std::size_t shard_count = 16;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
    struct Shard {
        mutable std::mutex mutex;
        Map young, old;
    };

    Shard& shard_of(std::string_view key) { return shards_[Hash{}(key) % shard_count]; }
    void store(Shard& shard, std::string key, Value value) {
        if (shard.young.size() >= generation_size_) shard.old = std::exchange(shard.young, {});
        shard.young.insert_or_assign(std::move(key), std::move(value));
    }

    const std::size_t generation_size_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace treasurer::auth
