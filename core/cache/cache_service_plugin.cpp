// What a CacheService has its plugin keep for other hosts, and takes from it.
#include "cache/cache_service.hpp"

#include "runtime/mutation.hpp"

#include <algorithm>
#include <charconv>

namespace treasurer::cache {
namespace {

std::string key_in(std::string_view store, std::string_view key) {
    std::string out(key);
    if (!store.empty()) out.append("@").append(store);
    return out;
}

constexpr unsigned tick_bits = 24;

/// What the plugin keeps: "<seq> value", or "<seq>!" for a marker.
struct Entry {
    std::uint64_t seq = 0;
    CacheService::Value value;
};

std::optional<Entry> entry_of(const std::string& stored) {
    Entry out;
    const char* const end = stored.data() + stored.size();
    const auto [at, error] = std::from_chars(stored.data(), end, out.seq);
    if (error != std::errc{} || at == end || *at != ' ') return std::nullopt;
    out.value = std::make_shared<const std::string>(at + 1, end);
    return out;
}

/// A marker for a commit is older than any value that reflects it, and newer than any that does not. Of two values that
/// reflect the same commit the one written later is newer, since a plugin remembers versions longer than values.
std::uint64_t marker_version(std::uint64_t seq) {
    return seq << tick_bits;
}
std::uint64_t value_version(std::uint64_t seq, UnixMillis now) {
    const auto tick = static_cast<std::uint64_t>(now / 1000) & ((std::uint64_t{1} << tick_bits) - 1);
    return marker_version(seq) | std::max<std::uint64_t>(tick, 1);
}

}  // namespace

Task<CacheService::Value> CacheService::look(CacheKey key) {
    const std::string name(key.name);
    std::optional<Entry> entry;
    Near given;
    bool failed_call = false;
    Task<bool> clearing = clear_shared();
    const bool is_of_our_time = co_await clearing;
    if (plugin_ && is_of_our_time && may_take_of_plugin(name)) {
        CallOptions options;
        options.timeout = settings_.timeout;
        Task<atr::Result<atr::CacheEntry>> getting = plugin_->get(plugin_key(name), options);
        const atr::Result<atr::CacheEntry> stored = co_await getting;
        if (stored) entry = entry_of(stored->value);
        if (entry)
            given = near_of(entry->value, entry->seq, std::min(key.ttl, Millis{stored->ttl_ms_left}), key.stale_for);
        failed_call = !stored && stored.outcome() != atr::Outcome::not_found;
    }
    failed_call = failed_call || !is_of_our_time;
    const std::lock_guard lock(mutex_);
    auto& counts = counts_of(name);
    if (failed_call) ++counts.errors;
    // One that names what the feed has not told of may be of commits that the store has lost.
    const bool is_known = entry && entry->seq <= latest_ && entry->seq >= floor_of(name);
    const bool fresh = is_known && was_read_since_given(name, entry->seq);
    ++(fresh ? counts.hits : counts.misses);
    if (!fresh) co_return nullptr;
    keep(name, std::move(given));
    co_return std::move(entry->value);
}

/// False: what it has may be of a time before this host's.
Task<bool> CacheService::clear_shared() {
    if (!plugin_ || !is_to_clear_) co_return true;
    std::string store;
    {
        const std::lock_guard lock(mutex_);
        store = store_;
    }
    std::vector<std::string> keys;
    for (const auto& key : all_keys) keys.push_back(key_in(store, key.name));
    CallOptions options;
    options.timeout = settings_.timeout;
    Task<atr::Result<>> deleting = plugin_->del(std::move(keys), options);
    const atr::Result<> done = co_await deleting;
    const std::lock_guard lock(mutex_);
    if (!done || store_ != store) co_return false;
    is_to_clear_ = false;
    co_return true;
}

/// False: nothing that it may have could be given.
bool CacheService::may_take_of_plugin(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = near_.find(key);
    return hears(clock_.unix_ms()) && (found == near_.end() || found->second.looks_left == 0);
}

/// Of what a plugin has, which may be of a host that read before this one did: the feed was found at `seq` before it
/// was read, and was not yet there when this host looked after it had given its own.
bool CacheService::was_read_since_given(std::string_view key, std::uint64_t seq) const {
    const auto found = near_.find(key);
    return found == near_.end() || (found->second.looks_left == 0 && seq > found->second.position);
}

void CacheService::belongs_to(std::string store) {
    const std::lock_guard lock(mutex_);
    if (store != store_ && begins_anew_) is_to_clear_ = true;
    store_ = std::move(store);
}

std::string CacheService::plugin_key(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    return key_in(store_, key);
}

/// A simulated host that does it wrong must be found out by either way.
std::uint64_t CacheService::filled_seq(CacheKey key, std::uint64_t seq) const {
    if (!mutated(Mutation::fill_the_cache_after_an_invalidation)) return seq;
    const std::lock_guard lock(mutex_);
    return std::max(latest_, floor_of(key.name));
}

Task<> CacheService::fill(CacheKey key, Value value, std::uint64_t seq) {
    CallOptions options;
    options.timeout = settings_.timeout;
    seq = filled_seq(key, seq);
    std::string stored = std::to_string(seq) + ' ' + *value;
    const std::uint64_t version = value_version(seq, clock_.unix_ms());
    Task<atr::Result<>> setting =
        plugin_->set(plugin_key(key.name), std::move(stored), version, key.ttl, ATR_SET_IF_NEWER, options);
    const atr::Result<> done = co_await setting;
    if (!done && done.outcome() != atr::Outcome::conflict) failed(key.name);
}

Task<> CacheService::write_markers() {
    for (;;) {
        std::string key;
        std::uint64_t seq = 0;
        {
            const std::lock_guard lock(mutex_);
            if (to_mark_.empty()) {
                marking_ = false;
                co_return;
            }
            key = to_mark_.begin()->first;
            seq = to_mark_.begin()->second;
            to_mark_.erase(to_mark_.begin());
        }
        CallOptions options;
        options.timeout = settings_.timeout;
        std::string marker = std::to_string(seq) + '!';
        Task<atr::Result<>> setting = plugin_->set(plugin_key(key), std::move(marker), marker_version(seq),
                                                   settings_.marker_ttl, ATR_SET_IF_NEWER, options);
        const atr::Result<> done = co_await setting;
        if (!done && done.outcome() != atr::Outcome::conflict) failed(key);
    }
}

}  // namespace treasurer::cache
