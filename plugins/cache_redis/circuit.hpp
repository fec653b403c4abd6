/// Keeps callers from a server that is away: after a failure all calls fail at once for a while that doubles, with
/// jitter; then one call tries, and the others wait for what comes of it by failing at once too.
/// Threads: one at a time; whoever holds it locks.
#pragma once

#include <atr/result.hpp>
#include <chrono>
#include <optional>
#include <random>

#include "settings.hpp"

namespace cache_redis {

class Circuit {
public:
    using Clock = std::chrono::steady_clock;

    Circuit(Millis shortest, Millis longest, unsigned seed) : shortest_(shortest), longest_(longest), random_(seed) {}

    /// Nothing: go on. Otherwise why not; the outcome is retry, since nothing was sent.
    /// Whoever may go on says succeeded() or failed() in the end.
    std::optional<atr::Error> refusal(Clock::time_point now);
    /// True when it had been failing.
    bool succeeded();
    /// True when it had not been failing before.
    bool failed(Clock::time_point now, atr::Error why);
    bool is_open() const { return failures_ > 0; }
    const std::string& reason() const { return why_.message; }

private:
    Millis pause();

    Millis shortest_, longest_;
    std::mt19937 random_;
    unsigned failures_ = 0;
    bool trying_ = false;  ///< one call was let through to see whether it is over
    Clock::time_point closed_until_{};
    atr::Error why_;
};

}  // namespace cache_redis
