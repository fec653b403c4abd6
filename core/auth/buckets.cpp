#include "auth/buckets.hpp"

#include <algorithm>

namespace treasurer::auth {

Buckets::Buckets(BucketSettings settings)
    : settings_(settings),
      max_keys_a_shard_(std::max<std::size_t>(1, settings.max_keys / shard_count)),
      max_noted_a_shard_((settings.max_noted + shard_count - 1) / shard_count) {}

Buckets::Map::value_type* Buckets::bucket_of(Shard& shard, std::string_view key, std::int64_t now_us) {
    auto& buckets = shard.buckets;
    if (const auto found = buckets.find(key); found != buckets.end()) return &*found;
    constexpr std::int64_t sweep_every_us = 1'000'000;
    if (buckets.size() >= max_keys_a_shard_ && now_us - shard.swept_at_us >= sweep_every_us) {
        shard.swept_at_us = now_us;
        std::erase_if(buckets,
                      [&](const auto& entry) { return entry.second.full_at_us <= now_us && !entry.second.is_noted; });
    }
    if (buckets.size() >= max_keys_a_shard_) return nullptr;
    return &*buckets.emplace(std::string(key), Bucket()).first;
}

void Buckets::note(Shard& shard, Map::value_type& bucket, std::int64_t taken) const {
    if (!bucket.second.is_noted) {
        if (shard.noted.size() >= max_noted_a_shard_) return;
        shard.noted.push_back(&bucket);
        bucket.second.is_noted = true;
    }
    bucket.second.taken += taken;
}

/// A clock that was set back must not lock anybody out for longer than an empty bucket takes to fill.
std::int64_t Buckets::until_full_us(std::int64_t full_at_us, std::int64_t now_us) const {
    const std::int64_t depth_us = settings_.refill_us * settings_.capacity;
    return std::clamp<std::int64_t>(full_at_us - now_us, 0, depth_us + settings_.max_debt_us);
}

Buckets::Taken Buckets::take(std::string_view key, UnixMillis now_ms) {
    const std::int64_t now_us = now_ms * 1000;
    const std::int64_t depth_us = settings_.refill_us * settings_.capacity;
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    Map::value_type* const bucket = bucket_of(shard, key, now_us);
    auto& full_at_us = bucket ? bucket->second.full_at_us : shard.shared_full_at_us;
    const std::int64_t before_us = until_full_us(full_at_us, now_us);
    full_at_us = now_us + before_us;
    const std::int64_t after_us = before_us + settings_.refill_us;
    const bool allowed = after_us <= depth_us;
    if (bucket) note(shard, *bucket, allowed ? 1 : 0);
    if (!allowed) return {false, 0, (after_us - depth_us + 999) / 1000};
    full_at_us = now_us + after_us;
    return {true, static_cast<std::uint32_t>((depth_us - after_us) / settings_.refill_us), 0};
}

void Buckets::give_back(std::string_view key) {
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.buckets.find(key);
    if (found == shard.buckets.end()) return;
    found->second.full_at_us -= settings_.refill_us;
    note(shard, *found, -1);
}

std::vector<Buckets::Use> Buckets::used(std::size_t most) {
    std::vector<Use> out;
    for (std::size_t i = 0; i < shard_count && out.size() < most; ++i) {
        auto& shard = shards_[next_shard_.fetch_add(1, std::memory_order_relaxed) % shard_count];
        const std::lock_guard lock(shard.mutex);
        for (; !shard.noted.empty() && out.size() < most; shard.noted.pop_front()) {
            auto& [key, bucket] = *shard.noted.front();
            out.push_back({key, bucket.taken});
            bucket.taken = 0;
            bucket.is_noted = false;
        }
    }
    return out;
}

void Buckets::taken_elsewhere(std::string_view key, std::int64_t count, UnixMillis now_ms) {
    const std::int64_t now_us = now_ms * 1000;
    // Never more than would fill it from the deepest debt: what is beyond makes no difference.
    const std::int64_t most = settings_.capacity + settings_.max_debt_us / settings_.refill_us;
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    Map::value_type* const bucket = bucket_of(shard, key, now_us);
    if (!bucket) return;
    auto& full_at_us = bucket->second.full_at_us;
    const std::int64_t taken_us = std::clamp<std::int64_t>(count, 0, most) * settings_.refill_us;
    full_at_us = now_us + until_full_us(now_us + until_full_us(full_at_us, now_us) + taken_us, now_us);
}

std::size_t Buckets::keys() const {
    std::size_t out = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        out += shard.buckets.size();
    }
    return out;
}

}  // namespace treasurer::auth
