/// Named places where a test may end, stop or hold the process: before and after every boundary of the payment saga.
/// A production host is given NoFaults, and reaching a point costs one virtual call.
#pragma once

#include <string_view>

namespace treasurer {

/// Threads: reach() from any thread. It may not return.
class FaultPoints {
public:
    virtual ~FaultPoints() = default;
    virtual void reach(std::string_view point) = 0;
};

class NoFaults final : public FaultPoints {
public:
    void reach(std::string_view) override {}
};

}  // namespace treasurer
