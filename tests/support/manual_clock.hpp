/// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "runtime/clock.hpp"

namespace support {

/// Threads: any.
class ManualClock final : public treasurer::Clock {
public:
    explicit ManualClock(treasurer::UnixMillis start = 1'700'000'000'000) : now_(start) {}
    treasurer::UnixMillis unix_ms() const override { return now_.load(); }
    void advance(treasurer::UnixMillis ms) { now_.fetch_add(ms); }
    void set(treasurer::UnixMillis unix_ms) { now_.store(unix_ms); }

private:
    std::atomic<treasurer::UnixMillis> now_;
};

}  // namespace support
