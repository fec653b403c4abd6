/// A cache, a clock, and the few words its tests need.
#pragma once

#include <cache_memory/memory_cache.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_host.hpp"

namespace memory {

using atr::Outcome;
using cache_memory::CacheSettings;
using cache_memory::MemoryCache;

struct Memory {
    explicit Memory(CacheSettings settings = {}) : cache(MemoryCache::create(host.host(), "cache", settings).value()) {}

    template <class F>
    auto call(F&& work) {
        const atr_call raw = support::make_call(host.now_unix_ms);
        return work(atr::Call(&raw));
    }
    /// The value, or "-" when it is not there.
    std::string get(std::string_view key) {
        const auto entry = call([&](const atr::Call& c) { return cache->get(c, key); });
        return entry ? entry->value : "-";
    }
    std::int64_t ttl(std::string_view key) {
        return call([&](const atr::Call& c) { return cache->get(c, key); }).value().ttl_ms_left;
    }
    Outcome set(std::string_view key, std::string_view value, std::uint64_t version = 0, std::uint32_t flags = 0,
                std::int64_t ttl_ms = 1000) {
        return call([&](const atr::Call& c) { return cache->set(c, key, value, version, ttl_ms, flags); }).outcome();
    }
    Outcome newer(std::string_view key, std::string_view value, std::uint64_t version) {
        return set(key, value, version, ATR_SET_IF_NEWER);
    }
    void del(std::string_view key) {
        CHECK(call([&](const atr::Call& c) { return cache->del(c, {key}); }).has_value());
    }
    atr::Result<atr::CacheCounter> incr(std::string_view key, std::int64_t by = 1, std::int64_t ttl_ms = 1000) {
        return call([&](const atr::Call& c) { return cache->incr(c, key, by, ttl_ms); });
    }
    Outcome touch(std::string_view key, std::int64_t ttl_ms) {
        return call([&](const atr::Call& c) { return cache->touch(c, key, ttl_ms); }).outcome();
    }
    void pass(std::int64_t ms) { host.now_unix_ms += ms; }

    support::FakeHost host;
    std::unique_ptr<MemoryCache> cache;
};

inline void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
}

}  // namespace memory
