/// What happened, and who was told of it last.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/clock.hpp"
#include "runtime/executor.hpp"

namespace treasurer::cache {

/// Counts what happens in this host. Of two, the later is greater; 0: nothing has.
using Moment = std::uint64_t;

/// Remembers of each user when he was last answered anything, or sent an event: what had happened by then he may know
/// of. Bounded: when there are too many users, those told longer than `kept_for` ago are forgotten, or all, and what
/// the last of the forgotten may know everybody is taken to know. Threads: any.
class Told {
public:
    Told(const Clock& clock, Millis kept_for, std::size_t max_users = 4096)
        : clock_(clock), kept_for_(kept_for), max_users_(max_users) {}

    Moment happens() {
        const std::lock_guard lock(mutex_);
        return ++now_;
    }
    /// Call it before the answer leaves.
    void tell(std::string_view user);
    /// Whether he may know of what happened at `moment`. Nobody in particular, "", knows all.
    bool may_know(std::string_view user, Moment moment) const;

private:
    struct Telling {
        Moment moment = 0;
        UnixMillis at_ms = 0;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    void forget_old(UnixMillis now_ms);

    const Clock& clock_;
    const Millis kept_for_;
    const std::size_t max_users_;
    mutable std::mutex mutex_;
    Moment now_ = 0, everybody_ = 0;  ///< all were told what happened up to `everybody_`
    std::unordered_map<std::string, Telling, Hash, std::equal_to<>> users_;
};

}  // namespace treasurer::cache
