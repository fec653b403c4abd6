#pragma once

#include <algorithm>
#include <atr/plugin.hpp>
#include <chrono>

namespace rail_simulated {

/// What is left of the call's time, between nothing and a day, so that adding it to a clock cannot overflow.
inline std::chrono::milliseconds time_left(const atr::Call& call) {
    constexpr std::int64_t day_ms = 86'400'000;
    std::int64_t left = 0;
    if (__builtin_sub_overflow(call.deadline_unix_ms(), call.now_unix_ms(), &left)) left = day_ms;
    return std::chrono::milliseconds(std::clamp<std::int64_t>(left, 0, day_ms));
}

}  // namespace rail_simulated
