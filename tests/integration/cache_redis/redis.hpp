/// Redis caches of this process on real servers, and the few words their tests need.
#pragma once

#include <atomic>
#include <cache_redis/redis_cache.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_host.hpp"
#include "tests/support/redis_site.hpp"

namespace redis {

using atr::Outcome;
using cache_redis::Millis;
using cache_redis::RedisCache;
using cache_redis::RedisSettings;
using support::RedisSite;

inline const std::string password_reference = "secret://test/redis";

/// Settings for the server, with back-offs as short as tests want them.
inline RedisSettings standalone(const RedisSite& site) {
    RedisSettings out;
    out.addresses = {site.address("redis")};
    out.username = "treasurer";
    out.password = password_reference;
    out.prefix = "at:" + std::to_string(std::random_device{}()) + ":";
    out.back_off_min = Millis(10);
    out.back_off_max = Millis(100);
    return out;
}

class Redis {
public:
    explicit Redis(RedisSettings settings, const std::string& password = "correct-horse-9") {
        host.secrets[password_reference] = password;
        host.secrets["secret://test/sentinel"] = "watchful-eye-3";
        cache = RedisCache::create(host.host(), "cache", std::move(settings)).value();
    }

    template <class F>
    auto call(F&& work, std::int64_t budget_ms = 30'000) {
        const atr_call raw = support::make_call(host.now_unix_ms, budget_ms);
        return work(atr::Call(&raw));
    }
    atr::Result<atr::CacheEntry> look(std::string_view key, std::int64_t budget_ms = 30'000) {
        return call([&](const atr::Call& c) { return cache->get(c, key); }, budget_ms);
    }
    /// The value, "-" when it is not there, "!" when the call failed.
    std::string get(std::string_view key, std::int64_t budget_ms = 30'000) {
        const auto entry = look(key, budget_ms);
        if (entry) return entry->value;
        return entry.outcome() == Outcome::not_found ? "-" : "!";
    }
    atr::Result<> set(std::string_view key, std::string_view value, std::uint64_t version = 0, std::uint32_t flags = 0,
                      std::int64_t budget_ms = 30'000) {
        return call([&](const atr::Call& c) { return cache->set(c, key, value, version, 600'000, flags); }, budget_ms);
    }
    atr::Result<atr::CacheCounter> incr(std::string_view key, std::int64_t budget_ms = 30'000) {
        return call([&](const atr::Call& c) { return cache->incr(c, key, 1, 600'000); }, budget_ms);
    }
    atr::Result<> del(const std::vector<std::string_view>& keys) {
        return call([&](const atr::Call& c) { return cache->del(c, keys); });
    }
    atr::Result<> publish(std::string_view channel, std::string_view payload) {
        return call([&](const atr::Call& c) { return cache->publish(c, channel, payload); });
    }
    atr::Result<std::string> tried_health() {
        return call([&](const atr::Call& c) { return cache->health(c); });
    }
    /// What a healthy cache says of itself.
    nlohmann::json health() { return nlohmann::json::parse(tried_health().value()); }
    bool logged(std::string_view part) const {
        for (const auto& line : host.log())
            if (line.find(part) != std::string::npos) return true;
        return false;
    }

    support::FakeHost host;
    std::unique_ptr<RedisCache> cache;
};

/// Tries until it is so. For what only another process knows; false after half a minute.
inline bool comes_true(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

inline void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
}

/// Hears messages and gaps of a channel.
class Ear {
public:
    explicit Ear(Redis& redis, std::string_view channel = "c") : redis_(redis) {
        sink_.struct_size = sizeof sink_;
        sink_.ctx = this;
        sink_.on_message = [](void* ctx, atr_str, atr_str payload) {
            auto& self = *static_cast<Ear*>(ctx);
            if (self.on_message) self.on_message();
            self.add(atr::view(payload));
        };
        sink_.on_gap = [](void* ctx, atr_str) { static_cast<Ear*>(ctx)->add("GAP"); };
        subscribed = redis.call([&](const atr::Call& c) { return redis.cache->subscribe(c, channel, &sink_); });
    }
    ~Ear() {
        if (subscribed) redis_.cache->unsubscribe(*subscribed);
    }
    /// Everything heard so far, with "GAP" for gaps.
    std::vector<std::string> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }
    /// Once that has been heard at least `times`; false after half a minute.
    bool hears(std::string_view what, std::ptrdiff_t times = 1) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30),
                                 [&] { return std::count(heard_.begin(), heard_.end(), what) >= times; });
    }
    void forget() {
        const std::lock_guard lock(mutex_);
        heard_.clear();
    }
    atr::Result<std::uint64_t> subscribed{std::uint64_t{0}};
    std::function<void()> on_message;  ///< set before anything is published

private:
    void add(std::string_view what) {
        {
            const std::lock_guard lock(mutex_);
            heard_.emplace_back(what);
        }
        changed_.notify_all();
    }
    Redis& redis_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> heard_;
    atr_bus_sink sink_{};
};

}  // namespace redis
