#include "http/connection_caps.hpp"

namespace treasurer::http {

std::optional<ConnectionCaps::Slot> ConnectionCaps::admit(AddressKey key) {
    const std::lock_guard lock(mutex_);
    if (total_ >= max_total_) return std::nullopt;
    const auto known = per_address_.find(key);
    if ((known == per_address_.end() ? 0 : known->second) >= max_per_address_) return std::nullopt;
    ++total_;
    ++per_address_[key];
    return Slot(this, key);
}

std::size_t ConnectionCaps::open() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

bool ConnectionCaps::wait_until_none(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return none_open_.wait_until(lock, deadline, [this] { return total_ == 0; });
}

void ConnectionCaps::release(AddressKey key) {
    const std::lock_guard lock(mutex_);
    const auto known = per_address_.find(key);
    if (--known->second == 0) per_address_.erase(known);
    if (--total_ == 0) none_open_.notify_all();
}

}  // namespace treasurer::http
