/// Randomness, injected: the operating system's in a host, a seeded one in a simulation.
#pragma once

#include <cstdint>

namespace treasurer {

/// Threads: next() from any thread.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
};

/// getrandom(2), unpredictable.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;
};

}  // namespace treasurer
