/// How long the answer to a check of a credential holds, and when to ask anew before that.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/executor.hpp"

namespace treasurer::auth {

/// When a credential was checked last, and when somebody last took it on to do so again.
struct CheckAge {
    UnixMillis checked_ms = 0, renewing_ms = 0;

    bool is_current(UnixMillis now, Millis max_age) const {
        const auto age = now - checked_ms;
        return age >= 0 && age < max_age.count();
    }
    /// From half of its time on, until somebody renews it; anew when that has come to nothing for a quarter of it.
    bool is_ageing(UnixMillis now, Millis max_age) const {
        return is_current(now, max_age) && now - checked_ms >= max_age.count() / 2 &&
               now - renewing_ms >= max_age.count() / 4;
    }
};

}  // namespace treasurer::auth
