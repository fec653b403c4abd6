/// A host name whose lookup does not come back until a test lets it: getaddrinfo of this program is its own, and that
/// of libc for every other name.
#pragma once

namespace net_test {

/// One at a time. Threads: any.
class HangingLookup {
public:
    static constexpr const char* name = "hangs.test";

    HangingLookup();
    /// Lets it come back, and waits until it has.
    ~HangingLookup();
    bool is_under_way() const;
    void release();
};

}  // namespace net_test
