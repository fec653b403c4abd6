/// How many retries may be made: a share of what is asked for the first time, so that a store in trouble is not buried
/// under repeats.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

namespace treasurer {

/// Threads: any.
class RetryBudget {
public:
    struct Settings {
        unsigned percent = 20;  ///< retries that a hundred first attempts earn
        unsigned saved = 100;   ///< retries saved up at most, which is also what it begins with
    };
    struct Counts {
        std::uint64_t made = 0;     ///< retries that it allowed
        std::uint64_t refused = 0;  ///< and did not
        unsigned saved = 0;         ///< that it would allow just now
    };

    explicit RetryBudget(Settings settings)
        : percent_(settings.percent), most_(std::uint64_t{settings.saved} * one), saved_(most_) {}

    void first_attempt() {
        const std::lock_guard lock(mutex_);
        saved_ = std::min(most_, saved_ + percent_);
    }
    /// False: nothing is saved up; give up now.
    bool retry() {
        const std::lock_guard lock(mutex_);
        if (saved_ < one) {
            ++refused_;
            return false;
        }
        saved_ -= one;
        ++made_;
        return true;
    }
    Counts counts() const {
        const std::lock_guard lock(mutex_);
        return {made_, refused_, static_cast<unsigned>(saved_ / one)};
    }

private:
    static constexpr std::uint64_t one = 100;  ///< a retry, in what a first attempt earns at one percent

    const std::uint64_t percent_, most_;
    mutable std::mutex mutex_;
    std::uint64_t saved_, made_ = 0, refused_ = 0;
};

}  // namespace treasurer
