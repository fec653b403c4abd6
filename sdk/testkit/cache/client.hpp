/// A cache plugin as the checks use it.
#pragma once

#include <atr/cache.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/instance.hpp"

namespace atr::testkit {

/// Milliseconds: longer than any check takes.
inline constexpr std::int64_t long_ttl = 600'000;

class CacheClient {
public:
    explicit CacheClient(Context& context);

    Instance& instance() { return instance_; }
    const atr_cache& table() const { return table_; }
    /// The key, made unlike those of other checks on the same server.
    std::string name(const std::string& key) const { return prefix_ + key; }

    atr::Result<atr::CacheEntry> get(const std::string& key);
    Answer set(const std::string& key, const std::string& value, std::int64_t ttl_ms, std::uint64_t version = 0,
               std::uint32_t flags = 0);
    Answer del(const std::vector<std::string>& keys);
    atr::Result<atr::CacheCounter> incr(const std::string& key, std::int64_t by, std::int64_t ttl_ms);
    Answer touch(const std::string& key, std::int64_t ttl_ms);

    /// The value; nothing when absent.
    std::optional<std::string> value(const std::string& key);
    /// Waits until the value is gone.
    void need_gone(const std::string& key, const std::string& what);

private:
    Instance instance_;
    atr_cache table_;
    const std::string prefix_;
};

/// One who listens on the bus, and what was heard.
class Listener {
public:
    explicit Listener(std::function<void()> on_message = {});
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    const atr_bus_sink* sink() const { return &sink_; }
    std::vector<std::string> heard() const;
    int gaps() const;
    /// Waits until `count` messages have come, or a gap was told.
    bool wait_for(std::size_t count);

private:
    std::function<void()> on_message_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
    int gaps_ = 0;
    atr_bus_sink sink_{};
};

class BusClient {
public:
    /// Throws Undeclared when the plugin has no bus.
    explicit BusClient(Instance& instance, std::string prefix);
    Answer publish(const std::string& channel, const std::string& payload);
    std::uint64_t subscribe(const std::string& channel, const Listener& listener);
    void unsubscribe(std::uint64_t subscription);

private:
    Instance& instance_;
    atr_cache_bus table_{};
    const std::string prefix_;
};

}  // namespace atr::testkit
