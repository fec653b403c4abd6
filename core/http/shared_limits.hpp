/// One limit for all hosts of a shared cache. Each host decides by its own buckets, at once; behind its back it adds
/// what it let pass to a counter of the cache, hears so what the others let pass, and takes that out of its own bucket.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "http/rate_limiter.hpp"
#include "ports/cache_port.hpp"
#include "runtime/clock.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::http {

struct SharedLimitsSettings {
    Millis interval{250};            ///< between two rounds
    std::size_t keys_a_round = 256;  ///< each a call of the cache, or two at first; the others wait for the next round
    std::size_t max_heard = 65'536;  ///< keys remembered of one minute; beyond it they are not shared
    Millis timeout{50};              ///< of one call of the cache
};

/// The counters are of a minute of the hosts' clocks. Whoever has not heard of a key in the minute before takes that to
/// have been spread evenly over it, and counts what is not a minute ago. What is let pass while the others have not
/// heard of it is owed afterwards, up to one limit. A cache that is away, slow or has forgotten leaves each host
/// with its own limit: what was to be reported then is dropped, and the round ends at the first call that fails.
/// Threads: start(), stop() and the counts from any; the rest runs on the executor. Lifetime: what it is given outlives
/// it and its task, which ends soon after stop().
class SharedLimits {
public:
    SharedLimits(RateLimiter& limiter, CachePort& cache, Executor& executor, const Clock& clock,
                 SharedLimitsSettings settings = {})
        : limiter_(limiter), cache_(cache), clock_(clock), settings_(settings), pause_(executor) {}

    void start(TaskScope& scope) { scope.spawn(run()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

    /// Reports and hears once.
    Task<> round();

    /// Requests that other hosts let pass, as far as this one has heard.
    std::uint64_t heard() const { return heard_; }
    /// Rounds in which the cache failed.
    std::uint64_t failures() const { return failures_; }

private:
    using Counters = std::unordered_map<std::string, std::int64_t>;

    Task<> run();
    Task<atr::Result<>> share(RateLimiter::Use use);
    Task<atr::Result<std::int64_t>> add(std::string name, std::int64_t minute, std::int64_t count);
    void turn_to(std::int64_t minute);
    std::int64_t unheard_before(const std::string& name, std::int64_t total) const;
    void take_out(const RateLimiter::Use& use, std::int64_t others);

    RateLimiter& limiter_;
    CachePort& cache_;
    const Clock& clock_;
    const SharedLimitsSettings settings_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> heard_{0}, failures_{0};
    std::int64_t minute_ = 0;  ///< of the hosts' clocks
    Counters known_, before_;  ///< what was last heard of this minute's counters, and of those of the one before
};

}  // namespace treasurer::http
