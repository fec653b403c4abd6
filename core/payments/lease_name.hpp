/// In whose name a host takes its leases. All leases of a name are renewed by one call, those too that the host is not
/// at work on: what an answer that was lost has leased, or what a store that lost commits gave back. So a name is left
/// before long, and is renewed only until the last payment that the host works on under it has ended; then it lapses
/// with all that it holds.
#pragma once

#include <mutex>
#include <string>

namespace treasurer::payments {

/// Threads: any.
class LeaseName {
public:
    explicit LeaseName(std::string host) : host_(std::move(host)) {}

    std::string now() const {
        const std::lock_guard lock(mutex_);
        return host_ + "~" + std::to_string(number_);
    }
    /// The next leases are taken in another one.
    void leave() {
        const std::lock_guard lock(mutex_);
        ++number_;
    }

private:
    const std::string host_;
    mutable std::mutex mutex_;
    unsigned number_ = 1;
};

}  // namespace treasurer::payments
