#include "auth/buckets.hpp"

#include <algorithm>

namespace treasurer::auth {

Buckets::Buckets(BucketSettings settings)
    : settings_(settings), max_keys_a_shard_(std::max<std::size_t>(1, settings.max_keys / shard_count)) {}

std::int64_t& Buckets::bucket_of(Shard& shard, std::string_view key, std::int64_t now_us) {
    auto& buckets = shard.full_at_us;
    if (const auto found = buckets.find(key); found != buckets.end()) return found->second;
    constexpr std::int64_t sweep_every_us = 1'000'000;
    if (buckets.size() >= max_keys_a_shard_ && now_us - shard.swept_at_us >= sweep_every_us) {
        shard.swept_at_us = now_us;
        std::erase_if(buckets, [&](const auto& bucket) { return bucket.second <= now_us; });
    }
    if (buckets.size() >= max_keys_a_shard_) return shard.shared_full_at_us;
    return buckets.emplace(std::string(key), 0).first->second;
}

Buckets::Taken Buckets::take(std::string_view key, UnixMillis now_ms) {
    const std::int64_t now_us = now_ms * 1000;
    const std::int64_t depth_us = settings_.refill_us * settings_.capacity;
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    auto& full_at_us = bucket_of(shard, key, now_us);
    // A clock that was set back must not lock anybody out for longer than an empty bucket takes to fill.
    const std::int64_t until_full_us = std::clamp<std::int64_t>(full_at_us - now_us, 0, depth_us);
    full_at_us = now_us + until_full_us;
    const std::int64_t after_us = until_full_us + settings_.refill_us;
    if (after_us > depth_us) return {false, 0, (after_us - depth_us + 999) / 1000};
    full_at_us = now_us + after_us;
    return {true, static_cast<std::uint32_t>((depth_us - after_us) / settings_.refill_us), 0};
}

void Buckets::give_back(std::string_view key) {
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.full_at_us.find(key);
    if (found != shard.full_at_us.end()) found->second -= settings_.refill_us;
}

std::size_t Buckets::keys() const {
    std::size_t out = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        out += shard.full_at_us.size();
    }
    return out;
}

}  // namespace treasurer::auth
