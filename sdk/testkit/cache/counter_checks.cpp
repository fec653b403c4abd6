// incr: rate limits and login locks stand on it.
#include <limits>
#include <mutex>
#include <set>

#include "cache/client.hpp"
#include "cache/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

constexpr std::int64_t window_ttl = 200;

void counts(Context& t) {
    CacheClient cache(t);
    for (const auto& [by, wanted] : {std::pair<int, int>{5, 5}, {1, 6}, {-10, -4}, {0, -4}}) {
        const auto now = need(cache.incr("n", by, long_ttl), "incr");
        expect_equal(now.value, std::int64_t{wanted}, "the counter");
        expect(now.ttl_ms_left > 0 && now.ttl_ms_left <= long_ttl, "ttl_ms_left of 1 to " + std::to_string(long_ttl),
               std::to_string(now.ttl_ms_left));
    }
    expect(cache.value("n") == "-4", "a counter read by get, as text", cache.value("n").value_or("none"));
}

void ttl_on_create(Context& t) {
    CacheClient cache(t);
    need(cache.incr("n", 1, 3'000), "incr that creates");
    const auto next = need(cache.incr("n", 1, long_ttl), "incr with a longer time to live");
    if (next.value == 2)
        expect(next.ttl_ms_left <= 3'000, "the time to live of its creation, 3000 ms",
               std::to_string(next.ttl_ms_left));
    need(cache.incr("brief", 1, window_ttl), "incr");
    const bool anew = eventually([&] { return need(cache.incr("brief", 1, window_ttl), "incr").value == 1; });
    expect(anew, "a counter that ends with its first time to live, however often it is stepped", "it goes on");
}

void refuses(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("text", "not a number", long_ttl), "set");
    const auto text = cache.incr("text", 1, long_ttl);
    need_outcome(text ? Answer{.outcome = Outcome::ok} : text.error(), Outcome::rejected, "incr of what is no number");
    need(cache.incr("n", std::numeric_limits<std::int64_t>::max(), long_ttl), "incr to the largest");
    const auto beyond = cache.incr("n", 1, long_ttl);
    need_outcome(beyond ? Answer{.outcome = Outcome::ok} : beyond.error(), Outcome::rejected,
                 "incr beyond the largest");
}

void atomic(Context& t) {
    CacheClient cache(t);
    const int threads = 8, each = t.scale(200, 2000);
    std::mutex mutex;
    std::set<std::int64_t> seen;
    in_threads(threads, [&](int) {
        std::set<std::int64_t> mine;
        for (int i = 0; i < each; ++i) mine.insert(need(cache.incr("n", 1, long_ttl), "incr").value);
        const std::lock_guard lock(mutex);
        seen.merge(mine);
    });
    expect_equal(seen.size(), static_cast<std::size_t>(threads * each), "different values given to eight threads");
    expect(cache.value("n") == std::to_string(threads * each), "all steps", cache.value("n").value_or("none"));
}

}  // namespace

Checks cache_counter_checks() {
    return {
        {"ATR-CACHE-010", "incr starts at 0, steps by any number, and tells value and time to live.",
         "Limits of requests count on it.", "A counter kept apart from the values, so that get does not see it.",
         "Keep counters where values are, as text that get() reads.", counts},
        {"ATR-CACHE-011", "incr gives a time to live when it creates, and never again.",
         "A limit of so many a minute is such a window.", "A set after each step, which begins the time to live anew.",
         "Set the time to live in the step that creates the counter, and leave it alone afterwards.", ttl_on_create},
        {"ATR-CACHE-012", "incr refuses what is no number, and never wraps.",
         "A counter that starts again, or turns negative, lets everything through.",
         "atoi(), which reads nonsense as 0, or an addition that is not checked.", "REJECTED; check for overflow.",
         refuses},
        {.code = "ATR-CACHE-032",
         .rule = "incr is atomic.",
         .why = "A lost step is a request over the limit.",
         .pitfall = "get, add, set.",
         .advice = "One step under one lock, or the server's own.",
         .run = atomic,
         .stage = Stage::threads},
    };
}

}  // namespace atr::testkit
