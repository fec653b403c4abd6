/// A cache in Redis: one server, the master that Sentinels name, or a cluster; and a bus over its publish/subscribe.
///
/// Redis being away makes calls fail, at once after the first ones, and never blocks one past its deadline.
/// Time is the server's: a value's time to live starts when the server stores it.
///
/// Versions: the highest one seen for a key is remembered for `version_memory` after its value expired or was deleted;
/// a server that evicts keys, restarts empty or fails over to a replica that lags may forget it before.
///
/// Threads: every method may be called concurrently; the bus has one thread, from the first subscription on, and
/// another asks the servers now and then how much memory they use.
#pragma once

#include <atr/cache.hpp>
#include <atr/repeating.hpp>
#include <memory>
#include <optional>

#include "redis_bus.hpp"
#include "router.hpp"
#include "settings.hpp"

namespace cache_redis {

class RedisCache final : public atr::Cache, public atr::CacheBus {
public:
    using Settings = RedisSettings;
    static atr::Config<Settings> config() { return redis_config(); }
    /// Connects to nothing yet.
    /// Errors: rejected, ATR_E_CONFIG  settings that make no sense together, a TLS file that cannot be read
    static atr::Result<std::unique_ptr<RedisCache>> create(const atr::Host&, std::string instance, Settings);

    RedisCache(const atr::Host&, Settings, std::unique_ptr<TlsContext>);

    // Errors of all: retry     unreachable, timeout, overloaded: nothing was done
    //                unknown   timeout, unreachable: it was sent, and no answer came; not from get
    //                rejected  auth, permission: the server refuses us   too_large: see max_entry_bytes
    atr::Result<atr::CacheEntry> get(const atr::Call&, std::string_view key) override;
    /// Errors: conflict  a flag's condition is lost
    ///         rejected  too_large, and then the older value of the key is deleted; bad_input: ttl below 1, unknown
    ///         flags
    atr::Result<> set(const atr::Call&, std::string_view key, std::string_view value, std::uint64_t version,
                      std::int64_t ttl_ms, std::uint32_t flags) override;
    atr::Result<> del(const atr::Call&, const std::vector<std::string_view>& keys) override;
    /// A counter is a value of decimal digits; get reads it as text. Its TTL starts when it is created.
    /// Errors: rejected  limit: it would leave 64 bits; bad_input: the value is no counter, or ttl below 1
    atr::Result<atr::CacheCounter> incr(const atr::Call&, std::string_view key, std::int64_t by,
                                        std::int64_t ttl_ms_on_create) override;
    atr::Result<> touch(const atr::Call&, std::string_view key, std::int64_t ttl_ms) override;
    /// Also reads and writes a key of its own. Errors: permission  says which command is refused, and what to set
    /// {"mode","answered_in_us","nodes":{address:{"busy","idle","queued","dialed","away"}},"bus":{"state","gaps"}}
    atr::Result<std::string> health(const atr::Call&) override;

    atr::Result<> publish(const atr::Call&, std::string_view channel, std::string_view payload) override;
    atr::Result<std::uint64_t> subscribe(const atr::Call&, std::string_view channel, const atr_bus_sink* sink) override;
    void unsubscribe(std::uint64_t subscription) override;

    /// From now on: cache_memory_bytes, which is not known while a server does not say it. `host` outlives this.
    void report_to(const atr::Host& host);

private:
    std::string name_of(std::string_view key) const { return settings_.prefix + std::string(key); }
    bool fits(std::string_view key, std::string_view value = {}) const;
    atr::Result<> try_rights(const atr::Call&);
    atr::Result<Reply> run_script(const Script&, std::string_view key, Words arguments, Deadline);

    const RedisSettings settings_;
    const std::unique_ptr<TlsContext> tls_;
    const Dialer to_servers_, to_sentinels_;
    const std::unique_ptr<Topology> topology_;
    Router router_;
    RedisBus bus_;
    std::optional<atr::Repeating> reporting_;
};

}  // namespace cache_redis
