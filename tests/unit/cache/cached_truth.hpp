/// What the cache's tests cache: one truth, in a world whose time stands still until it is moved.
#pragma once

#include <string>

#include "cache/cache_service.hpp"
#include "tests/support/fake_cache.hpp"
#include "tests/support/manual_executor.hpp"

/// Truth is what storage holds; a load takes `load_time` and gives the truth of the moment it began.
struct CachedTruth {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    treasurer::TaskScope scope{executor};
    support::FakeCache plugin{executor, clock};
    std::string truth = "1";
    treasurer::Millis load_time{0};
    bool is_away = false;  ///< storage
    int loads = 0;

    /// For destructors of what has the service: nothing of it is under way any more.
    void come_to_rest() {
        plugin.fail(false);
        executor.run_until([this] { return scope.running() == 0; });
    }
    treasurer::Task<atr::Result<std::string>> load() {
        ++loads;
        const std::string read = truth;
        if (load_time.count() > 0) co_await treasurer::delay(executor, load_time);
        if (is_away) co_return atr::retry(ATR_E_UNREACHABLE, "storage is away");
        co_return read;
    }
    treasurer::cache::CacheService::Loader loader() {
        return [this] { return load(); };
    }
};
