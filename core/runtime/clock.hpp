/// The time, injected. Only app/ makes the real clock; the core asks the one it was given.
#pragma once

#include <cstdint>

namespace treasurer {

/// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMillis = std::int64_t;

/// Threads: unix_ms() from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual UnixMillis unix_ms() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    UnixMillis unix_ms() const override;
};

}  // namespace treasurer
