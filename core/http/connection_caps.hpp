/// How many connections are open, in all and from one address.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace treasurer::http {

/// What counts as one address for the cap: an IPv4 address, or an IPv6 /64 (what one subscriber commands).
using AddressKey = std::uint64_t;

/// Threads: every method may be called concurrently; the lock is held for a look-up only. Outlives its slots.
class ConnectionCaps {
public:
    /// One counted connection, until it ends.
    class Slot {
    public:
        Slot(Slot&& other) noexcept : caps_(std::exchange(other.caps_, nullptr)), key_(other.key_) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (caps_) caps_->release(key_);
        }
        AddressKey address() const { return key_; }

    private:
        friend class ConnectionCaps;
        Slot(ConnectionCaps* caps, AddressKey key) : caps_(caps), key_(key) {}
        ConnectionCaps* caps_;
        AddressKey key_;
    };

    ConnectionCaps(std::size_t max_total, std::size_t max_per_address)
        : max_total_(max_total), max_per_address_(max_per_address) {}

    /// nullopt when either cap is reached.
    std::optional<Slot> admit(AddressKey key);
    std::size_t open() const;
    /// False when some were still open at `deadline`.
    bool wait_until_none(std::chrono::steady_clock::time_point deadline);

private:
    void release(AddressKey key);

    const std::size_t max_total_;
    const std::size_t max_per_address_;
    mutable std::mutex mutex_;
    std::condition_variable none_open_;
    std::size_t total_ = 0;
    std::unordered_map<AddressKey, std::size_t> per_address_;
};

}  // namespace treasurer::http
