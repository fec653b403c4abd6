/// How often something is read.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/clock.hpp"

namespace treasurer::cache {

/// Counts in tenths of a second. Threads: its owner's lock.
class ReadRate {
public:
    void note(UnixMillis now_ms) {
        const UnixMillis tenth = now_ms / tenth_ms;
        if (tenth != tenth_) {
            before_ = tenth == tenth_ + 1 ? now_ : 0;
            now_ = 0;
            tenth_ = tenth;
        }
        ++now_;
    }
    /// Reads in a tenth of a second: in this one or the one before, whichever had more.
    std::uint32_t in_a_tenth(UnixMillis now_ms) const {
        const UnixMillis tenth = now_ms / tenth_ms;
        if (tenth == tenth_) return std::max(now_, before_);
        return tenth == tenth_ + 1 ? now_ : 0;
    }

private:
    static constexpr UnixMillis tenth_ms = 100;
    UnixMillis tenth_ = 0;
    std::uint32_t before_ = 0, now_ = 0;
};

}  // namespace treasurer::cache
