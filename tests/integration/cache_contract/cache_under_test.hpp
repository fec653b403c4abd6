/// The cache plugin that ATR_TEST_CACHE names (memory or redis), through its .so, and the few words its tests need.
/// Each has keys and channels of its own, also when several share one server.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/loaded_cache.hpp"

namespace contract {

using atr::Outcome;

inline std::string from_environment(const char* name) {
    const char* const value = std::getenv(name);
    if (!value) throw std::runtime_error(std::string(name) + " is not set; run this by ctest");
    return value;
}

inline bool is_redis() {
    return from_environment("ATR_TEST_CACHE") == "redis";
}

inline std::string config_of_this_test() {
    if (!is_redis()) return R"({"max_bytes": 1048576, "max_entry_bytes": 10000})";
    std::ifstream file(from_environment("ATR_TEST_REDIS"));
    const auto facts = nlohmann::json::parse(file);
    static std::atomic<int> count{0};
    return nlohmann::json{
        {"addresses", {"127.0.0.1:" + std::to_string(facts.at("ports").at("redis").get<int>())}},
        {"username", "treasurer"},
        {"password", "secret://test/redis"},
        {"prefix", "at:" + std::to_string(std::random_device{}()) + "-" + std::to_string(++count) + ":"},
        {"max_entry_bytes", 10000}}
        .dump();
}

class CacheUnderTest {
public:
    CacheUnderTest()
        : cache(from_environment("TREASURER_BUILD") + "/plugins/cache_" + from_environment("ATR_TEST_CACHE") + ".so",
                config_of_this_test()) {
        cache.host.secrets["secret://test/redis"] = "correct-horse-9";
    }

    atr_call call(std::int64_t budget_ms = 30'000) { return support::make_call(cache.host.now_unix_ms, budget_ms); }
    /// The value, "-" when it is not there, "!" when the call failed.
    std::string get(std::string_view key) {
        const auto entry = cache.get(call(), key);
        if (entry) return entry->value;
        return entry.outcome() == Outcome::not_found ? "-" : "!";
    }
    std::int64_t ttl(std::string_view key) { return cache.get(call(), key).value().ttl_ms_left; }
    Outcome set(std::string_view key, std::string_view value, std::uint64_t version = 0, std::uint32_t flags = 0,
                std::int64_t ttl_ms = 60'000) {
        return cache.set(call(), key, value, version, ttl_ms, flags).outcome();
    }
    Outcome newer(std::string_view key, std::string_view value, std::uint64_t version, std::int64_t ttl_ms = 60'000) {
        return set(key, value, version, ATR_SET_IF_NEWER, ttl_ms);
    }
    Outcome del(std::string_view key) { return cache.del(call(), {key}).outcome(); }
    atr::Result<atr::CacheCounter> incr(std::string_view key, std::int64_t by = 1, std::int64_t ttl_ms = 60'000) {
        return cache.incr(call(), key, by, ttl_ms);
    }
    Outcome touch(std::string_view key, std::int64_t ttl_ms) { return cache.touch(call(), key, ttl_ms).outcome(); }
    /// Time passes for the cache: by its clock, where that is ours.
    void pass(std::int64_t ms) {
        cache.host.now_unix_ms += ms;
        if (is_redis()) std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    }

    support::LoadedCache cache;
};

inline void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (auto& thread : threads) thread.join();
}

}  // namespace contract
