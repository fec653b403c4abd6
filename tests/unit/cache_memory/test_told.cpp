/// What the host is told of the memory that the cache holds.
#include <cache_memory/memory_cache.hpp>
#include <catch2/catch.hpp>

#include "tests/support/fake_host.hpp"
#include "tests/support/listening_host.hpp"

using cache_memory::MemoryCache;

TEST_CASE("what the cache holds is told, and again when it has changed", "[cache_memory]") {
    support::ListeningHost host;
    const auto cache = MemoryCache::create(host.host(), "cache", {}).value();
    const auto tells_what_it_holds = [&](double bytes) { return bytes == static_cast<double>(cache->usage().bytes); };
    CHECK(host.wait_for_gauge("cache_memory_bytes", tells_what_it_holds));
    const atr_call raw = support::make_call();
    REQUIRE(cache->set(atr::Call(&raw), "key", std::string(10'000, 'x'), 0, 60'000, 0));
    REQUIRE(cache->usage().bytes > 10'000);
    CHECK(host.wait_for_gauge("cache_memory_bytes", tells_what_it_holds));
}
