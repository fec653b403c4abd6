/// What `storage copy`, `backup` and `restore` share: telling where they stand, and what they ended with.
#pragma once

#include "app/storage_place.hpp"
#include "copy/store_copier.hpp"

#include <chrono>
#include <string>

namespace treasurer::app {

/// One line on standard error a second at most, and a last one.
class ProgressLines {
public:
    explicit ProgressLines(std::string verb) : verb_(std::move(verb)) {}
    void tell(const copy::Progress& progress);
    /// The time since it was made, in words.
    std::string elapsed() const;

private:
    using Steady = std::chrono::steady_clock;
    const std::string verb_;
    const Steady::time_point made_ = Steady::now();
    Steady::time_point told_ = made_;
};

/// The table of counts and hashes, one collection a line, and their sum.
void print_digest(const copy::StoreDigest& digest);
/// "trial balance: zero", or a finding for each asset whose debits are not its credits. Returns done or finding.
int print_trial_balance(const copy::StoreDigest& digest);
/// Prints what differs. Returns done or finding.
int print_comparison(const copy::StoreDigest& source, const copy::StoreDigest& copied);

/// The last steps of filling `target`: with `verify`, everything in it is read again and compared; then, unless
/// something differs, a host may serve it. Returns the exit code.
int finish_copy(copy::StoreCopier& copier, const copy::CopyResult& filled, StoragePlace& target,
                ThreadExecutor& executor, bool verify);

int fail_with(const std::string& what, const atr::Error& error);

}  // namespace treasurer::app
