/// How often a hot path is run. tests/bench/instructions.py runs each twice as often the second time, and takes the
/// difference, so that what is made before counts for nothing.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace bench {

constexpr int most_times = 32;

/// 1..most_times, of the environment's TREASURER_TIMES. Asked once: what it costs is not of the path.
inline int times() {
    const char* const text = std::getenv("TREASURER_TIMES");
    const int out = text ? std::stoi(text) : 1;
    REQUIRE(out >= 1);
    REQUIRE(out <= most_times);
    return out;
}

}  // namespace bench
