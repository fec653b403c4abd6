/// Token buckets by key: so many at once, refilled at a steady rate. For request limits and sign-in throttling.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/clock.hpp"

namespace treasurer::auth {

struct BucketSettings {
    std::uint32_t capacity = 100;      ///< how many at once
    std::int64_t refill_us = 600'000;  ///< microseconds until one more is allowed
    std::size_t max_keys = 65'536;
};

/// Threads: any; a lock is held for one look-up. A key costs one number and its text; full buckets are forgotten. When
/// `max_keys` are not full at once, newcomers share one bucket, so that a flood of keys limits itself and nobody else.
class Buckets {
public:
    struct Taken {
        bool allowed = true;
        std::uint32_t remaining = 0;
        std::int64_t retry_after_ms = 0;  ///< 0 when allowed
    };

    explicit Buckets(BucketSettings settings);

    Taken take(std::string_view key, UnixMillis now_ms);
    /// Undoes one take() of that key.
    void give_back(std::string_view key);
    std::uint32_t capacity() const { return settings_.capacity; }
    std::size_t keys() const;

private:
    static constexpr std::size_t shard_count = 16;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Shard {
        mutable std::mutex mutex;
        /// The moment (microseconds) at which the bucket is full again.
        std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> full_at_us;
        std::int64_t shared_full_at_us = 0;
        std::int64_t swept_at_us = 0;
    };
    std::int64_t& bucket_of(Shard& shard, std::string_view key, std::int64_t now_us);
    Shard& shard_of(std::string_view key) { return shards_[Hash{}(key) % shard_count]; }

    const BucketSettings settings_;
    const std::size_t max_keys_a_shard_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace treasurer::auth
