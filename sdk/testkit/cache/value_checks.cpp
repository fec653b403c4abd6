// Values: bytes that live as long as they were given, and preconditions of set.
#include <iterator>
#include <limits>

#include "cache/client.hpp"
#include "cache/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

constexpr std::int64_t brief_ttl = 150;

void bytes_come_back(Context& t) {
    CacheClient cache(t);
    expect(!cache.value("absent"), "not_found for what was never set", "a value");
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (const auto& value : {std::string(), all, std::string("\0", 1), std::string(200'000, 'x')}) {
        need_ok(cache.set("k", value, long_ttl), "set");
        expect(cache.value("k") == value, "the bytes that were set", "others, or none");
    }
    need_ok(cache.set("other", "o", long_ttl), "set");
    expect(cache.value("k") != cache.value("other"), "each key has its value", "one for both");
    const std::string odd = std::string("a\0b {} \xC3\xBC'\"\r\n", 14);
    need_ok(cache.set(odd, "odd", long_ttl), "set under an odd key");
    expect(cache.value(odd) == "odd" && !cache.value("a"), "the value under exactly its key", "another");
}

void times_to_live(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("long", "v", long_ttl), "set");
    need_ok(cache.set("short", "v", brief_ttl), "set");
    cache.need_gone("short", "a value with 150 ms to live");
    const auto left = need(cache.get("long"), "get").ttl_ms_left;
    expect(left > 0 && left <= long_ttl, "ttl_ms_left of 1 to " + std::to_string(long_ttl), std::to_string(left));
    need_ok(cache.set("renewed", "v", long_ttl), "set");
    need_ok(cache.set("renewed", "v2", brief_ttl), "set with a shorter time to live");
    cache.need_gone("renewed", "a value set again with 150 ms to live");
}

void needs_a_ttl(Context& t) {
    CacheClient cache(t);
    for (const std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        need_outcome(cache.set("k", "v", ttl), Outcome::rejected, "set with a time to live of " + std::to_string(ttl));
        expect(!cache.value("k"), "no value", "one that lives for ever");
    }
    need_ok(cache.set("k", "v", std::numeric_limits<std::int64_t>::max()), "set with the longest time to live");
    expect(cache.value("k") == "v", "it is there: no overflow", "gone");
}

void if_absent(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("k", "first", long_ttl, 0, ATR_SET_IF_ABSENT), "if-absent of an absent key");
    need_outcome(cache.set("k", "second", long_ttl, 0, ATR_SET_IF_ABSENT), Outcome::conflict,
                 "if-absent of a present key");
    expect(cache.value("k") == "first", "the first value", "another");
    need_ok(cache.del({"k"}), "del");
    need_ok(cache.set("k", "third", brief_ttl, 0, ATR_SET_IF_ABSENT), "if-absent after del");
    cache.need_gone("k", "a value with 150 ms to live");
    need_ok(cache.set("k", "fourth", long_ttl, 0, ATR_SET_IF_ABSENT), "if-absent after it has expired");
}

void if_newer(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("k", "five", long_ttl, 5, ATR_SET_IF_NEWER), "if-newer of an absent key");
    need_outcome(cache.set("k", "late", long_ttl, 4, ATR_SET_IF_NEWER), Outcome::conflict,
                 "if-newer with version 4 after 5");
    need_outcome(cache.set("k", "late", long_ttl, 5, ATR_SET_IF_NEWER), Outcome::conflict,
                 "if-newer with version 5 after 5");
    expect(cache.value("k") == "five", "the newer value", "an older one");
    need_ok(cache.set("k", "six", long_ttl, 6, ATR_SET_IF_NEWER), "if-newer with version 6 after 5");
    expect(cache.value("k") == "six", "the newest value", "an older one");
}

void slow_fillers_lose(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("k", "five", long_ttl, 5, ATR_SET_IF_NEWER), "set");
    need_ok(cache.del({"k"}), "del, the invalidation");
    need_outcome(cache.set("k", "stale", long_ttl, 5, ATR_SET_IF_NEWER), Outcome::conflict,
                 "if-newer with the version that was deleted");
    expect(!cache.value("k"), "nothing", "the stale value");
    need_ok(cache.set("k", "six", long_ttl, 6, ATR_SET_IF_NEWER), "if-newer with a later version");
}

void deletes(Context& t) {
    CacheClient cache(t);
    for (const char* key : {"a", "b", "c"}) need_ok(cache.set(key, "v", long_ttl), "set");
    need_ok(cache.del({"a", "none", "b"}), "del of several, one of them absent");
    expect(!cache.value("a") && !cache.value("b") && cache.value("c").has_value(), "a and b gone, c there",
           "otherwise");
    need_ok(cache.del({"a"}), "del once more");
    need_ok(cache.del({}), "del of nothing");
}

void touches(Context& t) {
    CacheClient cache(t);
    need_outcome(cache.touch("absent", long_ttl), Outcome::not_found, "touch of what is not there");
    need_ok(cache.set("k", "v", long_ttl), "set");
    need_ok(cache.touch("k", brief_ttl), "touch with 150 ms");
    cache.need_gone("k", "a value touched to 150 ms");
    need_ok(cache.set("k", "v", 2'000), "set with 2 s");
    need_ok(cache.touch("k", long_ttl), "touch with ten minutes");
    expect(need(cache.get("k"), "get").ttl_ms_left > 2'000, "a longer time to live", "as before");
}

void one_of_many(Context& t) {
    CacheClient cache(t);
    const int rounds = t.scale(30, 300);
    for (int round = 0; round < rounds; ++round) {
        std::atomic<int> won = 0;
        in_threads(4, [&](int thread) {
            const auto answer =
                cache.set("k" + std::to_string(round), std::to_string(thread), long_ttl, 0, ATR_SET_IF_ABSENT);
            if (answer.outcome == Outcome::ok)
                ++won;
            else
                need_outcome(answer, Outcome::conflict, "if-absent of what another has set");
        });
        expect_equal(won.load(), 1, "winners among four threads");
    }
}

void newest_of_many(Context& t) {
    CacheClient cache(t);
    const int rounds = t.scale(10, 100), versions = 16;
    for (int round = 0; round < rounds; ++round) {
        const auto key = "k" + std::to_string(round);
        in_threads(4, [&](int thread) {
            for (int version = 1 + thread; version <= versions; version += 4)
                cache.set(key, std::to_string(version), long_ttl, static_cast<std::uint64_t>(version),
                          ATR_SET_IF_NEWER);
        });
        const auto last = cache.value(key);
        expect(last == std::to_string(versions), "the newest of sixteen versions that four threads set",
               last.value_or("none"));
    }
}

void bounded(Context& t) {
    CacheClient cache(t);
    const std::string value(64 << 10, 'x');
    for (int i = 0; i < t.scale(500, 3000); ++i)
        need_ok(cache.set("k" + std::to_string(i), value, long_ttl), "one of many sets");
    const auto huge = cache.set("huge", std::string(8 << 20, 'x'), long_ttl);
    if (huge.outcome != Outcome::ok)
        need_outcome(huge, Outcome::rejected, "a value of 8 MiB, if refused", ATR_E_TOO_LARGE);
    need_ok(cache.set("after", "v", long_ttl), "a set after it");
    expect(cache.value("after") == "v", "its value", "none");
}

/// Only a refusal for the size: what the caller wanted to replace is out of date, and no later fill may come for it.
void too_large_leaves_nothing_stale(Context& t) {
    CacheClient cache(t);
    for (std::size_t bytes = 64 << 10; bytes <= (8 << 20); bytes *= 2) {
        need_ok(cache.set("k", "old", long_ttl), "set");
        const auto answer = cache.set("k", std::string(bytes, 'x'), long_ttl);
        if (answer.outcome == Outcome::ok) continue;
        need_outcome(answer, Outcome::rejected, "a value of " + std::to_string(bytes) + " bytes, if refused",
                     ATR_E_TOO_LARGE);
        expect(!cache.value("k"), "no value after a set that was refused as too large", "the older one");
    }
}

void cache_stops_when_told(Context& t) {
    CacheClient cache(t);
    need_ok(cache.set("k", std::string(10'000, 'x'), long_ttl), "set");
    const std::string key = cache.name("k");
    Collector small(cache.instance().border(), 100);
    std::int64_t ttl = 0;
    const Answer answer = cache.instance().call("get into a small sink", [&](const atr_call* call, atr_error* error) {
        return cache.table().get(cache.instance().self(), call, atr::borrow(key), small.sink(), &ttl, error);
    });
    need_outcome(answer, Outcome::rejected, "get whose sink said stop");
}

void no_time_left(Context& t) {
    CacheClient cache(t);
    const std::string key = cache.name("k");
    const Answer answer = cache.instance().call(
        "set without time left",
        [&](const atr_call* call, atr_error* error) {
            return cache.table().set(cache.instance().self(), call, atr::borrow(key), atr::borrow("v"), 0, long_ttl, 0,
                                     error);
        },
        -1);
    const bool there = cache.value("k").has_value();
    if (answer.outcome == Outcome::ok) expect(there, "a set that says OK is applied", "it is not");
    if (answer.outcome == Outcome::retry) expect(!there, "a set that says RETRY is not applied", "it is");
}

}  // namespace

Checks cache_checks() {
    Checks out = cache_value_checks();
    for (auto* part : {cache_counter_checks, cache_bus_checks}) {
        auto some = part();
        std::move(some.begin(), some.end(), std::back_inserter(out));
    }
    return out;
}

Checks cache_value_checks() {
    return {
        {"ATR-CACHE-001", "A value comes back byte for byte, under exactly its key.",
         "The host caches encoded answers and keys that hold any byte.",
         "strlen(), text columns, or a separator that a key may contain.", "Keys and values have lengths, not ends.",
         bytes_come_back},
        {"ATR-CACHE-002", "A value lives for the time it was last given, and then no longer.",
         "Whoever reads an expired value decides on what is no longer true.",
         "A sweep that runs now and then in place of a look at the time of the read.",
         "Compare with call.now_unix_ms at every read; a set replaces the time too.", times_to_live},
        {"ATR-CACHE-003", "A time to live is always given: 1 ms or more, else REJECTED.",
         "A value that never ends outlives every invalidation that was lost.", "0 taken for \"for ever\".",
         "Answer REJECTED to a time to live below 1 ms, and keep the sum with the clock from overflowing.",
         needs_a_ttl},
        {"ATR-CACHE-004", "ATR_SET_IF_ABSENT loses to a value that is there.",
         "It decides who does a piece of work; two winners do it twice.",
         "A look and a write in two steps, or an expired value that still counts as there.",
         "Decide and write in one step.", if_absent},
        {"ATR-CACHE-005", "ATR_SET_IF_NEWER loses to the same or a newer version.",
         "Of two answers the newer must stay, in whatever order they come.",
         "The same version let through, or a version lost when the value expired.",
         "Keep the highest version of a key beside its value, and longer than the value lives.", if_newer},
        {"ATR-CACHE-006", "A filler that read before an invalidation does not win: del keeps the version.",
         "Else an old answer, read before the change, would come back and stay for its whole time to live.",
         "A deletion that forgets the key altogether.", "Leave a tombstone with the version, for a while.",
         slow_fillers_lose},
        {"ATR-CACHE-007", "del takes many keys, and is idempotent.",
         "Invalidations are repeated when an answer was lost.", "An absent key that stops the rest of the list.",
         "An absent key is no error.", deletes},
        {"ATR-CACHE-008", "touch() gives a new time to live, NOT_FOUND where there is no value.",
         "A value that is still good is prolonged without being sent again.",
         "A new time to live given to a value that has expired.",
         "Replace the time to live of a value that is still alive, and of no other; where that cannot be done leave "
         "the slot NULL.",
         touches},
        {.code = "ATR-CACHE-030",
         .rule = "Of many who set if-absent, one wins.",
         .why = "It decides who does a piece of work; two winners do it twice.",
         .pitfall = "A look and a write under two locks, or in two commands.",
         .advice = "Decide and write in one step.",
         .run = one_of_many,
         .stage = Stage::threads},
        {.code = "ATR-CACHE-031",
         .rule = "Of many who set if-newer, the newest stays.",
         .why = "Late fillers come from many threads and hosts at once.",
         .pitfall = "A comparison before the lock is taken.",
         .advice = "Compare and write in one step.",
         .run = newest_of_many,
         .stage = Stage::threads},
        {.code = "ATR-CACHE-040",
         .rule = "A full cache goes on; a value that is too large is ATR_E_TOO_LARGE.",
         .why = "Memory is bounded, and a cache is allowed to forget; it is not allowed to stop.",
         .pitfall =
             "A bound on values alone that forgets keys and bookkeeping, or a set that fails when it is reached.",
         .advice = "Bound the bytes and evict; never fail a set because others are there.",
         .run = bounded,
         .stage = Stage::robustness},
        {.code = "ATR-CACHE-044",
         .rule = "A set refused with ATR_E_TOO_LARGE leaves no older value under its key.",
         .why = "Whoever sets has a newer value; the older one would be told until its time to live ends.",
         .pitfall = "The size looked at first, and the key left as it was.",
         .advice = "Delete the key, as del does, before the refusal is returned.",
         .run = too_large_leaves_nothing_stale,
         .stage = Stage::robustness},
        {.code = "ATR-CACHE-041",
         .rule = "A get whose sink says stop ends as REJECTED.",
         .why = "The caller has said how much it can hold.",
         .pitfall = "OK returned whatever append() said.",
         .advice = "Look at what append() returns.",
         .run = cache_stops_when_told,
         .stage = Stage::robustness},
        {.code = "ATR-CACHE-042",
         .rule = "A set without time left tells the truth.",
         .why = "After RETRY the host takes the key for unchanged, after UNKNOWN it trusts nothing it finds there.",
         .pitfall = "RETRY returned for every time-out, also when the server may have done it.",
         .advice = "RETRY only if it is proven not applied.",
         .run = no_time_left,
         .stage = Stage::robustness},
    };
}

}  // namespace atr::testkit
