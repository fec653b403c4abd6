/// One memory budget for every request body in flight, from its first byte read until the request is dropped.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace treasurer::http {

/// Threads: every method may be called concurrently. Quantities in bytes.
class BodyBudget {
public:
    /// `whole`: the budget that this one is a share of; what is taken here is taken there as well.
    explicit BodyBudget(std::size_t limit, std::shared_ptr<BodyBudget> whole = nullptr)
        : limit_(limit), whole_(std::move(whole)) {}

    bool take(std::size_t bytes);
    void give_back(std::size_t bytes) {
        used_.fetch_sub(bytes, std::memory_order_relaxed);
        if (whole_) whole_->give_back(bytes);
    }
    bool could_take(std::size_t bytes) const {
        return bytes <= limit_ && used() <= limit_ - bytes && (!whole_ || whole_->could_take(bytes));
    }
    std::size_t used() const { return used_.load(std::memory_order_relaxed); }

private:
    bool take_here(std::size_t bytes);

    const std::size_t limit_;
    const std::shared_ptr<BodyBudget> whole_;
    std::atomic<std::size_t> used_{0};
};

inline bool BodyBudget::take(std::size_t bytes) {
    if (!take_here(bytes)) return false;
    if (!whole_ || whole_->take(bytes)) return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
}

inline bool BodyBudget::take_here(std::size_t bytes) {
    auto used = used_.load(std::memory_order_relaxed);
    while (bytes <= limit_ && used <= limit_ - bytes) {
        if (used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed)) return true;
    }
    return false;
}

/// Whose part of the memory for bodies one is charged to: whoever fills his own leaves the others theirs.
enum class BodyShare : std::uint8_t {
    signed_in,
    unproven,  ///< shows what may be a key, which only storage knows
    anyone,    ///< asks for what needs no sign-in, such as to sign in
};

/// The budget of an edge, and the shares of it that are bounded by themselves.
struct BodyBudgets {
    std::shared_ptr<BodyBudget> whole, unproven, anyone;

    const std::shared_ptr<BodyBudget>& of(BodyShare share) const {
        return share == BodyShare::unproven ? unproven : share == BodyShare::anyone ? anyone : whole;
    }
};

/// One body's share of the budget; given back when it ends. May outlive the edge.
class BodyCharge {
public:
    BodyCharge() = default;
    BodyCharge(BodyCharge&& other) noexcept
        : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
    BodyCharge& operator=(BodyCharge&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~BodyCharge() {
        if (budget_) budget_->give_back(bytes_);
    }

    /// Makes the share cover `bytes`, in steps of 4 KiB; false, and nothing changed, when the budget is spent.
    bool cover(const std::shared_ptr<BodyBudget>& budget, std::size_t bytes) {
        constexpr std::size_t step = 4096;
        if (bytes <= bytes_) return true;
        const auto wanted = (bytes + step - 1) / step * step;
        if (!budget->take(wanted - bytes_)) return false;
        budget_ = budget;
        bytes_ = wanted;
        return true;
    }
    std::size_t bytes() const { return bytes_; }

private:
    std::shared_ptr<BodyBudget> budget_;
    std::size_t bytes_ = 0;
};

}  // namespace treasurer::http
