/// How many retries may be made: a share of what is asked for the first time, so that a store in trouble is not buried
/// under repeats.
#pragma once

#include <algorithm>
#include <mutex>

namespace treasurer {

/// Threads: any.
class RetryBudget {
public:
    /// Each first attempt earns `share` of a retry; at most `most` are saved up, which is also what it begins with.
    explicit RetryBudget(double share = 0.2, double most = 100) : share_(share), most_(most), saved_(most) {}

    void first_attempt() {
        const std::lock_guard lock(mutex_);
        saved_ = std::min(most_, saved_ + share_);
    }
    /// False: nothing is saved up; give up now.
    bool retry() {
        const std::lock_guard lock(mutex_);
        if (saved_ < 1) return false;
        saved_ -= 1;
        return true;
    }

private:
    const double share_, most_;
    std::mutex mutex_;
    double saved_;
};

}  // namespace treasurer
