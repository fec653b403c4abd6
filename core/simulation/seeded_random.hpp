/// Randomness that a seed repeats (splitmix64).
#pragma once

#include <atomic>

#include "runtime/random.hpp"

namespace treasurer::simulation {

/// Threads: any; only one thread makes a repeatable sequence.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override {
        auto x = state_.fetch_add(0x9e3779b97f4a7c15U) + 0x9e3779b97f4a7c15U;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
        return x ^ (x >> 31);
    }
    /// 0 .. bound-1
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
    std::atomic<std::uint64_t> state_;
};

}  // namespace treasurer::simulation
