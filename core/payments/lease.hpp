/// A payment's lease as the host that holds it knows it, and what it tells of the store's clock, which judges when
/// leases end and when jobs are due.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/executor.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace treasurer::payments {

struct Lease {
    std::uint64_t token = 0;
    std::string worker;       ///< in whose name it is held, and renewed
    UnixMillis store_ms = 0;  ///< what the store's clock showed, at the latest, when the host's showed `host_ms`; 0:
                              ///< not known
    UnixMillis host_ms = 0;

    bool knows_the_store() const { return store_ms != 0; }
    void learn(UnixMillis store, UnixMillis host) {
        store_ms = store;
        host_ms = host;
    }

    /// The store's time; nullopt: it is not known, or the host's clock was set back since.
    std::optional<UnixMillis> store_now(UnixMillis host_now) const {
        if (!knows_the_store() || host_now < host_ms) return std::nullopt;
        return store_ms + (host_now - host_ms);
    }

    /// When, by the store's clock, a job is due that is put off for `delay`; 0, which storage reads as now, where that
    /// clock is not known. A host's clock that was set meanwhile costs no more than longest_step: a payment that is due
    /// too early is looked at too early, one that is due hours late is stuck.
    UnixMillis due_in(Millis delay, UnixMillis host_now) const;
    static constexpr Millis longest_step{60'000};
};

}  // namespace treasurer::payments
