/// Cache plugins: bytes with a time to live, atomic counters, and optionally a bus for invalidation between hosts.
#pragma once

#include <atr/plugin.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace atr {
inline namespace v1 {

struct CacheEntry {
    std::string value;
    std::int64_t ttl_ms_left = 0;
};
struct CacheCounter {
    std::int64_t value = 0;
    std::int64_t ttl_ms_left = 0;
};

/// Base of cache plugins. Threads: every method may be called concurrently. A cache may forget at any moment.
class Cache {
public:
    static constexpr std::string_view kind = "cache";
    virtual ~Cache() = default;

    virtual Result<CacheEntry> get(const Call&, std::string_view key) = 0;  ///< not_found when absent or expired
    /// flags: ATR_SET_*. With ATR_SET_IF_NEWER a version not above the one known for the key, deleted or not, is
    /// `conflict`.
    virtual Result<> set(const Call&, std::string_view key, std::string_view value, std::uint64_t version,
                         std::int64_t ttl_ms, std::uint32_t flags) = 0;
    /// Keeps the version of a key it knows. To beat a filler of a key it may not know, set a marker with
    /// ATR_SET_IF_NEWER.
    virtual Result<> del(const Call&, const std::vector<std::string_view>& keys) = 0;
    virtual Result<CacheCounter> incr(const Call&, std::string_view key, std::int64_t by,
                                      std::int64_t ttl_ms_on_create) = 0;
    virtual Result<> touch(const Call&, std::string_view key, std::int64_t ttl_ms) = 0;
    virtual Result<std::string> health(const Call&) { return unsupported(); }

    template <class Impl>
    static const void* find_interface(Impl&, std::string_view id);
};

/// Derive from this beside Cache to offer the bus. Callbacks come from the plugin's own threads and return fast.
class CacheBus {
public:
    virtual ~CacheBus() = default;
    virtual Result<> publish(const Call&, std::string_view channel, std::string_view payload) = 0;
    /// `sink` stays valid until unsubscribe() has returned.
    virtual Result<std::uint64_t> subscribe(const Call&, std::string_view channel, const atr_bus_sink* sink) = 0;
    virtual void unsubscribe(std::uint64_t subscription) = 0;  ///< when it returns no callback runs or will run
};

namespace detail {

template <class Impl>
struct CacheTable {
    static atr_outcome get(void* self, const atr_call* call, atr_str key, atr_buf* out, std::int64_t* ttl,
                           atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto entry = self_of<Impl>(self).get(Call(call), view(key));
            if (!entry) return report(entry.error(), error);
            if (ttl) *ttl = entry->ttl_ms_left;
            return append(out, entry->value) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome set(void* self, const atr_call* call, atr_str key, atr_str value, std::uint64_t version,
                           std::int64_t ttl, std::uint32_t flags, atr_error* error) {
        return guarded(Outcome::unknown, error, [&] {
            return finish(self_of<Impl>(self).set(Call(call), view(key), view(value), version, ttl, flags), error);
        });
    }
    static atr_outcome del(void* self, const atr_call* call, const atr_str* keys, std::uint32_t n, atr_error* error) {
        return guarded(Outcome::unknown, error, [&] {
            std::vector<std::string_view> names;
            for (std::uint32_t i = 0; i < n; ++i) names.push_back(view(keys[i]));
            return finish(self_of<Impl>(self).del(Call(call), names), error);
        });
    }
    static atr_outcome incr(void* self, const atr_call* call, atr_str key, std::int64_t by, std::int64_t ttl_on_create,
                            std::int64_t* value, std::int64_t* ttl, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto counter = self_of<Impl>(self).incr(Call(call), view(key), by, ttl_on_create);
            if (!counter) return report(counter.error(), error);
            if (value) *value = counter->value;
            if (ttl) *ttl = counter->ttl_ms_left;
            return ATR_OK;
        });
    }
    static atr_outcome touch(void* self, const atr_call* call, atr_str key, std::int64_t ttl, atr_error* error) {
        return guarded(Outcome::unknown, error,
                       [&] { return finish(self_of<Impl>(self).touch(Call(call), view(key), ttl), error); });
    }
    static constexpr atr_cache table = {sizeof(atr_cache), 0, get, set, del, incr, touch};
};

template <class Impl>
struct CacheBusTable {
    static atr_outcome publish(void* self, const atr_call* call, atr_str channel, atr_str payload, atr_error* error) {
        return guarded(Outcome::unknown, error, [&] {
            return finish(self_of<Impl>(self).publish(Call(call), view(channel), view(payload)), error);
        });
    }
    static atr_outcome subscribe(void* self, const atr_call* call, atr_str channel, const atr_bus_sink* sink,
                                 std::uint64_t* out, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto subscription = self_of<Impl>(self).subscribe(Call(call), view(channel), sink);
            if (!subscription) return report(subscription.error(), error);
            *out = *subscription;
            return ATR_OK;
        });
    }
    static void unsubscribe(void* self, std::uint64_t subscription) { self_of<Impl>(self).unsubscribe(subscription); }
    static constexpr atr_cache_bus table = {sizeof(atr_cache_bus), 0, publish, subscribe, unsubscribe};
};

}  // namespace detail

template <class Impl>
const void* Cache::find_interface(Impl&, std::string_view id) {
    if (id == ATR_IF_CACHE) return &detail::CacheTable<Impl>::table;
    if constexpr (std::is_base_of_v<CacheBus, Impl>)
        if (id == ATR_IF_CACHE_BUS) return &detail::CacheBusTable<Impl>::table;
    return nullptr;
}

}  // namespace v1
}  // namespace atr
