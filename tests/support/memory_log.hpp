/// A log kept in memory, line by line.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "observe/log.hpp"

namespace support {

/// Threads: any.
class MemoryLog final : public treasurer::observe::Log {
public:
    explicit MemoryLog(const treasurer::Clock& clock,
                       treasurer::observe::Level threshold = treasurer::observe::Level::trace)
        : Log(clock, threshold) {}
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

protected:
    void line(treasurer::observe::Level, std::string_view json) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(json);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace support
