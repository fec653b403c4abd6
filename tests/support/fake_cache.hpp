/// A cache in memory with the semantics atr.h asks for: values with a time to live, versions that outlive them. A test
/// may make it fail, or slow.
/// Threads: any. Lifetime: executor and clock must outlive it.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ports/cache_port.hpp"
#include "runtime/clock.hpp"

namespace support {

class FakeCache final : public treasurer::CachePort {
public:
    using Millis = treasurer::Millis;
    using CallOptions = treasurer::CallOptions;
    template <class T>
    using Task = treasurer::Task<T>;

    FakeCache(treasurer::Executor& executor, const treasurer::Clock& clock) : executor_(executor), clock_(clock) {}

    /// Every call answers `retry`.
    void fail(bool yes) { fails_ = yes; }
    /// What is counted is counted, and every answer of it is lost.
    void lose_counts(bool yes) { loses_counts_ = yes; }
    /// The next writes take effect this much later.
    void write_latency(Millis time) { write_latency_ = time; }
    void clear() {
        const std::lock_guard lock(mutex_);
        entries_.clear();
    }

    void clear_counters() {
        const std::lock_guard lock(mutex_);
        counters_.clear();
    }
    std::size_t counters() {
        const std::lock_guard lock(mutex_);
        return counters_.size();
    }
    /// Whose keys contain `part`.
    std::size_t counters_named(std::string_view part) {
        const std::lock_guard lock(mutex_);
        std::size_t out = 0;
        for (const auto& [key, counter] : counters_) out += key.find(part) != std::string::npos ? 1 : 0;
        return out;
    }

    Task<atr::Result<atr::CacheEntry>> get(std::string key, CallOptions) override {
        const std::lock_guard lock(mutex_);
        if (fails_) co_return away();
        const auto found = entries_.find(key);
        if (found == entries_.end() || found->second.expires_ms <= clock_.unix_ms()) co_return atr::not_found("absent");
        co_return atr::CacheEntry{found->second.value, found->second.expires_ms - clock_.unix_ms()};
    }
    Task<atr::Result<>> set(std::string key, std::string value, std::uint64_t version, Millis ttl, std::uint32_t flags,
                            CallOptions) override {
        if (write_latency_.count() > 0) co_await treasurer::delay(executor_, write_latency_);
        const std::lock_guard lock(mutex_);
        if (fails_) co_return away();
        auto& entry = entries_[key];
        if ((flags & ATR_SET_IF_NEWER) && entry.version >= version) co_return atr::conflict(ATR_E_UNSPEC, "as new");
        entry = {std::move(value), version, clock_.unix_ms() + ttl.count()};
        co_return atr::Result<>();
    }
    Task<atr::Result<>> del(std::vector<std::string> keys, CallOptions) override {
        const std::lock_guard lock(mutex_);
        if (fails_) co_return away();
        for (const auto& key : keys)
            if (const auto found = entries_.find(key); found != entries_.end()) found->second.expires_ms = 0;
        co_return atr::Result<>();
    }
    Task<atr::Result<atr::CacheCounter>> incr(std::string key, std::int64_t by, Millis ttl_on_create,
                                              CallOptions) override {
        const std::lock_guard lock(mutex_);
        if (fails_) co_return away();
        auto& counter = counters_[key];
        if (counter.expires_ms <= clock_.unix_ms()) counter = {0, clock_.unix_ms() + ttl_on_create.count()};
        counter.value += by;
        if (loses_counts_) co_return away();
        co_return atr::CacheCounter{counter.value, counter.expires_ms - clock_.unix_ms()};
    }
    Task<atr::Result<std::string>> health(CallOptions) override { co_return std::string("{}"); }

private:
    struct Entry {
        std::string value;
        std::uint64_t version = 0;
        treasurer::UnixMillis expires_ms = 0;
    };
    struct Counter {
        std::int64_t value = 0;
        treasurer::UnixMillis expires_ms = 0;
    };
    static atr::Error away() { return atr::retry(ATR_E_UNREACHABLE, "the cache is away"); }

    treasurer::Executor& executor_;
    const treasurer::Clock& clock_;
    std::mutex mutex_;
    bool fails_ = false;
    bool loses_counts_ = false;
    Millis write_latency_{0};
    std::map<std::string, Entry> entries_;
    std::map<std::string, Counter> counters_;
};

}  // namespace support
