/// Stops asking a plugin that has failed again and again, so that callers hear "not now" at once instead of after a
/// time-out each; from time to time one call is let through to see whether it works again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace treasurer {

struct BreakerSettings {
    unsigned failures = 8;                     ///< in a row, until it opens; 0: never
    std::chrono::milliseconds open{250};       ///< until the first probe; doubles with each that fails
    std::chrono::milliseconds open_max{2000};  ///< up to this
    bool operator==(const BreakerSettings&) const = default;
};

enum class BreakerState { closed, open, half_open };
std::string_view to_string(BreakerState state);

struct BreakerSnapshot {
    BreakerState state = BreakerState::closed;
    std::uint64_t opened = 0;   ///< how often it opened
    std::uint64_t refused = 0;  ///< calls it answered itself
};

/// Threads: any. While it is closed a call costs one load and no lock.
class CircuitBreaker {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit CircuitBreaker(BreakerSettings settings) : settings_(settings) {}

    /// Whether a call may go to the plugin now. One that may must end in succeeded() or failed().
    bool allows(Time now);
    void succeeded();
    void failed(Time now);
    BreakerSnapshot snapshot() const;

private:
    void open(Time now);

    const BreakerSettings settings_;
    std::atomic<BreakerState> state_{BreakerState::closed};
    std::atomic<unsigned> failures_{0};  ///< in a row
    std::atomic<std::uint64_t> opened_{0}, refused_{0};
    std::mutex mutex_;                       ///< of what follows, and of changes of state_
    std::chrono::milliseconds open_for_{0};  ///< this time; zero: it was closed by a success since
    Time probe_at_{};
};

}  // namespace treasurer
