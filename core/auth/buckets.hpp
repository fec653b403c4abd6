/// Token buckets by key: so many at once, refilled at a steady rate. For request limits and sign-in throttling.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/clock.hpp"

namespace treasurer::auth {

struct BucketSettings {
    std::uint32_t capacity = 100;      ///< how many at once
    std::int64_t refill_us = 600'000;  ///< microseconds until one more is allowed
    std::size_t max_keys = 65'536;
    /// Keys that are noted down for used(), at once and at most; 0: none. Beyond it uses stay unnoted.
    std::size_t max_noted = 0;
    /// Beyond an empty bucket, what others may have taken: it is waited for as well.
    std::int64_t max_debt_us = 0;
};

/// Threads: any; a lock is held for one look-up. A key costs one number and its text; full buckets are forgotten. When
/// `max_keys` are not full at once, newcomers share one bucket, so that a flood of keys limits itself and nobody else.
///
/// Where several hosts limit together, each reports what was taken of its own buckets (used()), and takes out of them
/// what it hears that others gave (taken_elsewhere()).
class Buckets {
public:
    struct Use {
        std::string key;
        std::int64_t taken = 0;  ///< less what was given back; 0 for a key that was asked for in vain
    };
    struct Taken {
        bool allowed = true;
        std::uint32_t remaining = 0;
        std::int64_t retry_after_ms = 0;  ///< 0 when allowed
    };

    explicit Buckets(BucketSettings settings);

    Taken take(std::string_view key, UnixMillis now_ms);
    /// Undoes one take() of that key.
    void give_back(std::string_view key);
    /// What was asked for since it was last told, of `most` keys: those that have waited longest.
    std::vector<Use> used(std::size_t most);
    /// Another host has let `count` of that key pass.
    void taken_elsewhere(std::string_view key, std::int64_t count, UnixMillis now_ms);
    std::uint32_t capacity() const { return settings_.capacity; }
    std::size_t keys() const;

private:
    static constexpr std::size_t shard_count = 16;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Bucket {
        std::int64_t full_at_us = 0;  ///< when it is full again
        std::int64_t taken = 0;       ///< since used() told of it
        bool is_noted = false;        ///< stands in `noted`, and so stays
    };
    using Map = std::unordered_map<std::string, Bucket, Hash, std::equal_to<>>;
    struct Shard {
        mutable std::mutex mutex;
        Map buckets;
        std::deque<Map::value_type*> noted;
        std::int64_t shared_full_at_us = 0;
        std::int64_t swept_at_us = 0;
    };
    /// nullptr: there is no room for it, and it shares shared_full_at_us.
    Map::value_type* bucket_of(Shard& shard, std::string_view key, std::int64_t now_us);
    void note(Shard& shard, Map::value_type& bucket, std::int64_t taken) const;
    std::int64_t until_full_us(std::int64_t full_at_us, std::int64_t now_us) const;
    Shard& shard_of(std::string_view key) { return shards_[Hash{}(key) % shard_count]; }

    const BucketSettings settings_;
    const std::size_t max_keys_a_shard_, max_noted_a_shard_;
    std::array<Shard, shard_count> shards_;
    std::atomic<std::size_t> next_shard_{0};  ///< where used() goes on
};

}  // namespace treasurer::auth
