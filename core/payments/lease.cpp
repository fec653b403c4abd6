#include "payments/lease.hpp"

#include "runtime/mutation.hpp"

#include <algorithm>

namespace treasurer::payments {

UnixMillis Lease::due_in(Millis delay, UnixMillis host_now) const {
    if (mutated(Mutation::reschedule_by_its_own_clock)) return host_now + delay.count();
    if (!knows_the_store()) return 0;
    return store_ms + std::clamp<UnixMillis>(host_now - host_ms, 0, longest_step.count()) + delay.count();
}

}  // namespace treasurer::payments
