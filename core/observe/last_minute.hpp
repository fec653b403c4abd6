/// What something that only grows was a minute ago: the difference to what it is now is what happened in between.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>

#include "runtime/clock.hpp"

namespace treasurer::observe {

/// Threads: one at a time. Memory: one value for every look of a minute.
template <class Value>
class LastMinute {
public:
    static constexpr std::int64_t length_ms = 60'000;
    struct Look {
        UnixMillis at_ms;
        Value value;
    };

    LastMinute(UnixMillis now_ms, Value value) { reset(now_ms, std::move(value)); }

    /// To be called every few seconds; what is more than a minute old is forgotten, but for the newest look.
    void look(UnixMillis now_ms, Value value) {
        if (now_ms < looks_.back().at_ms) return reset(now_ms, std::move(value));  // the clock was set back
        looks_.push_back({now_ms, std::move(value)});
        while (looks_.size() > 2 && looks_.front().at_ms < now_ms - length_ms) looks_.pop_front();
    }
    /// The oldest look that is not more than a minute old; without one, the newest.
    const Look& before(UnixMillis now_ms) const {
        const auto found = std::find_if(looks_.begin(), looks_.end(),
                                        [&](const Look& look) { return look.at_ms >= now_ms - length_ms; });
        return found == looks_.end() ? looks_.back() : *found;
    }
    const Value& newest() const { return looks_.back().value; }
    /// Begins anew.
    void reset(UnixMillis now_ms, Value value) {
        looks_.clear();
        looks_.push_back({now_ms, std::move(value)});
    }

private:
    std::deque<Look> looks_;
};

/// How fast a number grew in the last minute, or since the window began while that is shorter.
inline double per_second(const LastMinute<double>& window, UnixMillis now_ms, double value) {
    const auto& [at_ms, before] = window.before(now_ms);
    const auto ms = std::max<std::int64_t>(now_ms - at_ms, 1000);
    return std::max(value - before, 0.0) * 1000 / static_cast<double>(ms);
}

}  // namespace treasurer::observe
