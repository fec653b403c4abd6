/// Why a command is waiting or has failed, for the person who watches it: each cause once, on standard error.
#pragma once

#include "observe/log.hpp"
#include "plugin/failure_log.hpp"

#include <mutex>
#include <set>
#include <string>

namespace treasurer::app {

/// Threads: any.
class Causes {
public:
    void tell(const CallFailure& failure) { tell(std::string(failure.instance) + ": " + failure.error.message); }
    void tell(const std::string& cause);

private:
    static constexpr std::size_t most = 20;
    std::mutex mutex_;
    std::set<std::string> told_;
};

/// For a command that has no log of its own: of what goes into it, the causes of failed plugin calls alone are told.
class CauseLog final : public observe::Log {
public:
    explicit CauseLog(const Clock& clock) : Log(clock, observe::Level::warn) {}

protected:
    void line(observe::Level level, std::string_view json) override;

private:
    Causes causes_;
};

}  // namespace treasurer::app
