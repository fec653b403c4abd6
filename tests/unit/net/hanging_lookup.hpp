/// A host name whose lookup does not come back until a test lets it: getaddrinfo of this program is its own, and that
/// of libc for every other name.
#pragma once

#include <chrono>

namespace net_test {

/// That nobody has is known at once, without asking a name server.
inline constexpr const char* unknown_name = "no-such-host.invalid";

/// One at a time. Threads: any.
class HangingLookup {
public:
    static constexpr const char* name = "hangs.test";

    HangingLookup();
    /// Lets it come back, and waits until it has.
    ~HangingLookup();
    bool is_under_way_within(std::chrono::seconds time) const;
    void release();
};

}  // namespace net_test
