/// How often something is read.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/clock.hpp"

namespace treasurer::cache {

/// Counts in tenths of a second. A clock that is set back begins anew. Threads: its owner's lock.
class ReadRate {
public:
    void note(UnixMillis now_ms) {
        const UnixMillis now = now_ms / tenth_ms;
        if (now < newest_ || now - newest_ >= tenths)
            counts_ = {};
        else
            for (UnixMillis tenth = newest_ + 1; tenth <= now; ++tenth) count_of(tenth) = 0;
        newest_ = now;
        ++count_of(now);
    }
    /// Reads in this tenth and the nine before it.
    std::uint32_t in_a_second(UnixMillis now_ms) const {
        const UnixMillis now = now_ms / tenth_ms;
        std::uint32_t out = 0;
        if (now < newest_) return out;
        for (UnixMillis tenth = now - tenths + 1; tenth <= newest_; ++tenth) out += counts_[index_of(tenth)];
        return out;
    }

private:
    static constexpr UnixMillis tenth_ms = 100;
    static constexpr int tenths = 10;
    static std::size_t index_of(UnixMillis tenth) { return static_cast<std::uint64_t>(tenth) % tenths; }
    std::uint32_t& count_of(UnixMillis tenth) { return counts_[index_of(tenth)]; }

    UnixMillis newest_ = tenths;
    std::array<std::uint32_t, tenths> counts_{};
};

}  // namespace treasurer::cache
