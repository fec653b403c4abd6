/// One check on its way: its child process, its folder, and the result that comes of it.
#pragma once

#include <atr/testkit.hpp>
#include <chrono>
#include <filesystem>
#include <optional>

#include "base/check.hpp"
#include "base/child.hpp"

namespace atr::testkit {

/// Puts the words of the check into the result of its failure.
void explain(CheckResult& result, const Check& check);

/// What came of a check. `broken` is the code of a rule that holds in every call, when that is what was broken.
struct JobEnd {
    CheckResult result;
    std::string broken;
    bool timed_out = false;
};

class Job {
public:
    /// Starts the check in a child process, in `folder`, which it makes.
    Job(const Check& check, const Options& options, std::size_t component, const std::filesystem::path& folder,
        const std::string& unique);

    int fd() const { return child_->fd(); }
    /// Reads what has come. False: it has ended, call finish().
    bool read_some() { return child_->read_some(); }
    std::chrono::steady_clock::time_point deadline() const { return deadline_; }
    /// Kills the child; finish() then tells of the rule that calls return.
    void give_up();
    JobEnd finish();

private:
    std::string run(std::size_t component, const std::string& unique);
    std::string last_lines(const char* file) const;

    const Check& check_;
    const Options& options_;
    const std::filesystem::path folder_;
    Note note_;
    std::chrono::steady_clock::time_point began_, deadline_;
    bool given_up_ = false;
    std::optional<Child> child_;
};

}  // namespace atr::testkit
