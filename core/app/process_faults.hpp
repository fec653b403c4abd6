/// Fault points of a real process, for crash tests: `testing.fault_point` names where it ends, or where it is held.
#pragma once

#include "runtime/fault_points.hpp"

#include <atr/result.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace treasurer::app {

/// "NAME": SIGKILL to itself when the point is reached. "NAME:N": at the Nth time. "NAME:N:hold=FILE": makes FILE and
/// holds the thread that came there until FILE is removed. Threads: any.
class ProcessFaults final : public FaultPoints {
public:
    /// Errors: rejected, ATR_E_CONFIG, when the text is none of the forms above.
    static atr::Result<std::unique_ptr<FaultPoints>> parse(const std::string& text);
    void reach(std::string_view point) override;

private:
    std::string name_;
    std::string hold_file_;
    unsigned at_ = 1;
    std::atomic<unsigned> times_{0};
};

}  // namespace treasurer::app
