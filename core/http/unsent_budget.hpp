/// Memory for answers that clients do not take as fast as they are written: bounded in all, and for each address, so
/// that who asks and does not read takes nothing from the others.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "http/connection_caps.hpp"

namespace treasurer::http {

/// Threads: every method may be called concurrently. Quantities in bytes.
class UnsentBudget {
public:
    UnsentBudget(std::size_t limit, std::size_t of_one_address) : limit_(limit), of_one_address_(of_one_address) {}

    /// The first of an address always fits its own share, however large it is.
    bool take(AddressKey address, std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        std::size_t& held = by_address_[address];
        const bool fits = bytes <= limit_ - used_ && (held == 0 || held + bytes <= of_one_address_);
        if (fits) {
            held += bytes;
            used_ += bytes;
        } else if (held == 0) {
            by_address_.erase(address);
        }
        return fits;
    }
    void give_back(AddressKey address, std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        const auto found = by_address_.find(address);
        used_ -= bytes;
        found->second -= bytes;
        if (found->second == 0) by_address_.erase(found);
    }

private:
    const std::size_t limit_, of_one_address_;
    std::mutex mutex_;
    std::size_t used_ = 0;
    std::unordered_map<AddressKey, std::size_t> by_address_;
};

/// One connection's part of it; given back when it ends. May outlive the edge.
class UnsentCharge {
public:
    UnsentCharge() = default;
    UnsentCharge(const UnsentCharge&) = delete;
    UnsentCharge& operator=(const UnsentCharge&) = delete;
    ~UnsentCharge() { release(); }

    /// Makes the part cover `bytes`; false, and nothing changed, when there is no room.
    bool cover(const std::shared_ptr<UnsentBudget>& budget, AddressKey address, std::size_t bytes) {
        if (bytes <= bytes_) return true;
        if (!budget->take(address, bytes - bytes_)) return false;
        budget_ = budget;
        address_ = address;
        bytes_ = bytes;
        return true;
    }
    void release() {
        if (budget_) budget_->give_back(address_, std::exchange(bytes_, 0));
        budget_.reset();
    }

private:
    std::shared_ptr<UnsentBudget> budget_;
    AddressKey address_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace treasurer::http
